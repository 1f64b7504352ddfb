"""What the clients of remote engines share: errors, and HTTP that is bounded in time and size.

No answer, a late one and one that contradicts itself all mean the same: nothing is known about the
submission. They are `EvalServiceUnreachable`; only what an engine plainly will not do is
`EvalServiceRefused`. No message names an address's path or query, nor a header: tokens stand there.
"""

from __future__ import annotations

import json
import random
import socket
import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

import requests
import urllib3
from requests.adapters import HTTPAdapter

from common.circuit import CircuitBreaker, CircuitOpen

# No compression: a small answer must not become a large one.
_HEADERS = {"Content-Type": "application/json", "Accept": "application/json", "Accept-Encoding": "identity"}
_ATTEMPTS = 3
_CONNECT_SECONDS = 3.0
_FIRST_PAUSE_SECONDS = 0.2
_LONGEST_PAUSE_SECONDS = 5.0
_CHUNK = 1 << 16
_TRANSIENT = frozenset({408, 425, 429, 500, 502, 503, 504})


class EvalServiceRefused(Exception):
    """The engine understood and will not: asking again with the same submission changes nothing."""


class EvalServiceUnreachable(Exception):
    """Nothing is known of the submission. `retry_after_seconds` when the engine named a time."""

    def __init__(self, reason: str, retry_after_seconds: float | None = None) -> None:
        super().__init__(reason)
        self.retry_after_seconds = retry_after_seconds


class EvalServiceAnswerInvalid(EvalServiceUnreachable):
    """The engine answered, and the answer cannot be believed."""


class EvaluationStopped(Exception):
    """Whoever wanted the verdict does not want it any more."""


class AnswerInvalid(Exception):
    """An answer is malformed, partial or contradictory."""


class TooLate(EvalServiceUnreachable):
    """The time is spent: another attempt would take as long again."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole answer with a status that was asked for."""

    status: int
    body: bytes


def parsed_answer(body: bytes) -> Any:
    """The JSON of an answer; AnswerInvalid for what is none, and where an object says one thing twice."""
    try:
        return json.loads(body, object_pairs_hook=_object)
    except (ValueError, RecursionError) as problem:
        raise AnswerInvalid(f"no JSON: {str(problem)[:200]}") from problem


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) < len(pairs):
        raise AnswerInvalid("an object names a key twice")
    return fields


@contextmanager
def _cut_off_after(seconds: float, shutdown: Callable[[], None]) -> Iterator[None]:
    """Let another thread end the reading of a socket after so long; TimeoutError if it came to that.

    A socket's own timeout bounds the gap between two packets: whoever sends a byte now and then is never late.
    """
    late = threading.Event()

    def cut_off() -> None:
        late.set()
        with suppress(OSError, RuntimeError, ValueError):  # it has just been closed, or given back
            shutdown()

    timer = threading.Timer(seconds, cut_off)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        if late.is_set():
            raise TimeoutError


class _BoundedHTTP(urllib3.connection.HTTPConnection):
    """Status line and headers come within the read timeout, all of them."""

    def getresponse(self) -> Any:  # urllib3's own answer, which is none of http.client's
        with _cut_off_after(self.timeout or 0.0, partial(self.sock.shutdown, socket.SHUT_RD)):
            return super().getresponse()


class _BoundedHTTPS(urllib3.connection.HTTPSConnection):
    """As `_BoundedHTTP`."""

    def getresponse(self) -> Any:  # urllib3's own answer, which is none of http.client's
        with _cut_off_after(self.timeout or 0.0, partial(self.sock.shutdown, socket.SHUT_RD)):
            return super().getresponse()


class _HTTPPool(urllib3.HTTPConnectionPool):
    ConnectionCls = _BoundedHTTP


class _HTTPSPool(urllib3.HTTPSConnectionPool):
    ConnectionCls = _BoundedHTTPS


class _BoundedAdapter(HTTPAdapter):
    """Connections whose headers are bounded in time, directly and by way of a proxy."""

    def init_poolmanager(self, *arguments: Any, **options: Any) -> None:
        super().init_poolmanager(*arguments, **options)
        self.poolmanager.pool_classes_by_scheme = _POOLS

    def proxy_manager_for(self, proxy: Any, **options: Any) -> Any:
        manager = super().proxy_manager_for(proxy, **options)
        manager.pool_classes_by_scheme = _POOLS
        return manager


_POOLS = {"http": _HTTPPool, "https": _HTTPSPool}


class Transport:
    """One session with one engine, for one process. `timeout_seconds` bounds each attempt.

    Asking has no effect that matters when it is repeated, so connection errors, 5xx and 429 are tried again, with
    full jitter and as `Retry-After` asks. What came late, or makes no sense, is left to the queue's own retries.
    `pause` and `jitter` are arguments so that tests need not wait.
    """

    def __init__(
        self,
        name: str,
        base_url: str,
        timeout_seconds: float,
        *,
        headers: Mapping[str, str] | None = None,
        breaker: CircuitBreaker | None = None,
        pause: Callable[[float], None] = time.sleep,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self.name, self.timeout_seconds = name, timeout_seconds
        self.pause, self.jitter = pause, jitter
        self._url = base_url.rstrip("/")
        self._breaker = breaker or CircuitBreaker(name)
        self._session = requests.Session()
        for scheme in _POOLS:
            self._session.mount(f"{scheme}://", _BoundedAdapter())
        self._session.headers.update({**_HEADERS, **(headers or {})})

    def exchange(
        self,
        method: str,
        path: str,
        *,
        body: bytes | None = None,
        accepted: Collection[int] = (200,),
        largest: int = 4 << 20,
        should_stop: Callable[[], bool] | None = None,
    ) -> Reply:
        """One request, tried up to three times. The answer's status is one of `accepted`, its body at most `largest`
        bytes; EvaluationStopped when `should_stop` says so before an attempt."""
        ask = _Request(method, self._url + path, body, frozenset(accepted), largest)
        try:
            with self._breaker.guard(EvalServiceUnreachable):
                return self._ask(ask, should_stop)
        except CircuitOpen as waiting:
            raise EvalServiceUnreachable(str(waiting), waiting.retry_after_seconds) from waiting

    def _ask(self, ask: _Request, should_stop: Callable[[], bool] | None) -> Reply:
        attempt = 1
        while True:
            if should_stop and should_stop():
                raise EvaluationStopped
            try:
                return self._attempt(ask)
            except EvalServiceUnreachable as problem:
                if attempt == _ATTEMPTS or not _may_retry(problem):
                    raise
                self.pause(self._wait(attempt, problem.retry_after_seconds))
                attempt += 1

    def _wait(self, attempt: int, asked: float | None) -> float:
        backoff = _FIRST_PAUSE_SECONDS * (1 << attempt) * self.jitter()
        return min(max(backoff, asked or 0.0), _LONGEST_PAUSE_SECONDS)

    def _attempt(self, ask: _Request) -> Reply:
        limit = self.timeout_seconds
        started = time.monotonic()
        timeout = (min(_CONNECT_SECONDS, limit), limit)
        try:
            with self._session.request(
                ask.method, ask.url, data=ask.body, timeout=timeout, stream=True, allow_redirects=False
            ) as response:
                self._check_status(response, ask.accepted)
                left = max(started + limit - time.monotonic(), 0.0)
                with _cut_off_after(left, response.raw.shutdown):
                    return Reply(response.status_code, self._read(response, ask.largest))
        except (requests.ReadTimeout, urllib3.exceptions.ReadTimeoutError, TimeoutError) as problem:
            raise TooLate(f"no answer of {self.name} within {limit:g} s") from problem
        except (requests.RequestException, urllib3.exceptions.HTTPError) as problem:
            # Without the cause: its text, which a log of the traceback would hold, names the whole address.
            raise EvalServiceUnreachable(f"{self.name} cannot be reached: {_cause(problem)}") from None

    def _check_status(self, response: requests.Response, accepted: frozenset[int]) -> None:
        status = response.status_code
        if status in accepted:
            return
        text = f"{self.name} answered {status}"
        if status in _TRANSIENT or status >= requests.codes.server_error:
            raise EvalServiceUnreachable(text, _retry_after(response))
        if status < requests.codes.bad_request:
            raise EvalServiceAnswerInvalid(text)
        raise EvalServiceRefused(text)

    def _read(self, response: requests.Response, largest: int) -> bytes:
        body = bytearray()
        while chunk := response.raw.read1(_CHUNK, decode_content=False):
            body += chunk
            if len(body) > largest:
                raise EvalServiceAnswerInvalid(f"the answer of {self.name} is too long")
        return bytes(body)


@dataclass(frozen=True, slots=True)
class _Request:
    method: str
    url: str
    body: bytes | None
    accepted: frozenset[int]
    largest: int


def _may_retry(problem: EvalServiceUnreachable) -> bool:
    wait = problem.retry_after_seconds
    at_once = not isinstance(problem, (TooLate, EvalServiceAnswerInvalid))
    return at_once and (wait is None or wait <= _LONGEST_PAUSE_SECONDS)


def _cause(problem: Exception) -> str:
    """The innermost trouble, without the address that the outer ones name."""
    first = problem.args[0] if problem.args else None
    reason = getattr(first, "reason", None)
    return type(reason if isinstance(reason, Exception) else problem).__name__


def _retry_after(response: requests.Response) -> float | None:
    """Seconds of a Retry-After header (RFC 9110, 10.2.3); a date or nonsense counts as none."""
    value = response.headers.get("Retry-After", "")
    return float(value) if value.isascii() and value.isdigit() else None
