"""Is this process alive, and can it do its work? For load balancers and people.

Apps above `common` add their own checks with `register`, in the `ready` of their configuration.
"""

import logging
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache, wraps
from threading import Lock

import redis
from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse
from kombu import Connection

from common.errors import MethodNotAllowed, answer
from common.json_body import json_response

TIMEOUT_SECONDS = 2.0
FRESH_SECONDS = 1.0
ALIVE = b'{"status":"ok"}'

logger = logging.getLogger(__name__)


class NotReady(Exception):
    """Raised by a check: its text is shown to everyone."""


@dataclass(frozen=True, slots=True)
class Check:
    """`run` returns a word on how it is, or raises; where that is `essential`, the answer is a 503."""

    name: str
    run: Callable[[], str]
    essential: bool


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found, as it is answered."""

    ok: bool
    detail: str
    milliseconds: float


_registered: dict[str, Check] = {}


def register(name: str, run: Callable[[], str], *, essential: bool) -> None:
    """Add a check to `/health/ready`; the same name again replaces it."""
    _registered[name] = Check(name, run, essential)


def _reading_only(view: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    @wraps(view)
    def guarded(request: HttpRequest) -> HttpResponse:
        if request.method in {"GET", "HEAD"}:
            return view(request)
        refusal = MethodNotAllowed(f"{request.method} is not allowed here.", headers={"Allow": "GET, HEAD"})
        return answer(refusal, path=request.path)

    return guarded


class _Latest:
    """What the registered checks found last. Callers who come while they run wait for them."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._checks: tuple[Check, ...] = ()
        self._findings: dict[str, Finding] = {}
        self._until = 0.0

    def findings(self) -> dict[str, Finding]:
        checks = tuple(_registered.values())
        with self._lock:
            if checks != self._checks or time.monotonic() >= self._until:
                self._findings = run_checks(list(checks), timeout=TIMEOUT_SECONDS)
                self._checks, self._until = checks, time.monotonic() + FRESH_SECONDS
            return self._findings


_latest = _Latest()


@_reading_only
def live(request: HttpRequest) -> HttpResponse:
    """200 as long as the process answers at all; touches nothing."""
    return HttpResponse(ALIVE, content_type="application/json", headers={"Cache-Control": "no-store"})


@_reading_only
def ready(request: HttpRequest) -> HttpResponse:
    """200 when requests can be served, else 503; `degraded` without something that they can do without.

    All checks run at once, each in a thread of its own, and have two seconds together. What they find is told for
    one second: anybody may ask, and as often as they like.
    """
    findings = _latest.findings()
    failed = {name for name, finding in findings.items() if not finding.ok}
    essential = any(_registered[name].essential for name in failed)
    status = "unavailable" if essential else "degraded" if failed else "ok"
    return json_response(
        {"status": status, "checks": findings},
        status=503 if essential else 200,
        headers={"Cache-Control": "no-store"},
    )


def run_checks(checks: list[Check], *, timeout: float) -> dict[str, Finding]:
    """What each check found; one that is not back in `timeout` seconds has failed, and keeps its thread."""
    deadline = time.monotonic() + timeout
    running = [(check, _threads().submit(_find, check)) for check in checks]
    return {check.name: _outcome(future, deadline, timeout) for check, future in running}


@cache
def _threads() -> ThreadPoolExecutor:
    """Made on first use, so after a server has forked; a check that hangs holds one of them, no request."""
    return ThreadPoolExecutor(max_workers=8, thread_name_prefix="health")


def _outcome(future: "Future[Finding]", deadline: float, timeout: float) -> Finding:
    try:
        return future.result(timeout=max(0.0, deadline - time.monotonic()))
    except TimeoutError:
        future.cancel()
        return Finding(False, "no answer", round(timeout * 1000, 1))


def _find(check: Check) -> Finding:
    started = time.perf_counter()
    try:
        ok, detail = True, check.run()
    except NotReady as reason:
        ok, detail = False, str(reason)
    except Exception as error:  # a failing check is an answer, whatever it failed with
        logger.warning("health check %s failed", check.name, exc_info=error)
        ok, detail = False, "failed"
    return Finding(ok, detail, round((time.perf_counter() - started) * 1000, 1))


def _database() -> str:
    """A new connection each time: an old one proves nothing about the next."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        return "reachable"
    finally:
        connection.close()


def _migrations() -> str:
    """Found applied once, they stay applied for the life of the process."""
    if not _applied:
        try:
            executor = MigrationExecutor(connection)
            missing = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
        finally:
            connection.close()
        if missing:
            raise NotReady(f"{missing} migrations are not applied")
        _applied.append(True)
    return "applied"


_applied: list[bool] = []


def _cache() -> str:
    with redis.Redis.from_url(
        settings.REDIS_URL, socket_timeout=TIMEOUT_SECONDS, socket_connect_timeout=TIMEOUT_SECONDS
    ) as client:
        client.ping()
    return "reachable"


def _broker() -> str:
    options = settings.CELERY_BROKER_TRANSPORT_OPTIONS
    with Connection(settings.CELERY_BROKER_URL, connect_timeout=1, transport_options=options) as broker:
        broker.ensure_connection(max_retries=1, timeout=1)
    return "reachable"


# Without Redis nobody is limited, without the broker evaluations wait for the sweeper: requests are served.
register("database", _database, essential=True)
register("migrations", _migrations, essential=True)
register("cache", _cache, essential=False)
register("broker", _broker, essential=False)
