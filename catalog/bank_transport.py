"""GET against the problem bank service: bounded in time and size, retried with jitter, behind a breaker."""

import random
import threading
import time
from collections.abc import Callable, Mapping
from email.utils import parsedate_to_datetime
from typing import Any

import requests
import urllib3

from catalog.bank import ProblemBankRefused, ProblemBankUnreachable
from catalog.problem_files import Unreadable, parsed_json
from common.circuit import CircuitBreaker, CircuitOpen

MAX_ATTEMPTS = 3
MAX_ANSWER_BYTES = 8 * 1024 * 1024
CHUNK_BYTES = 64 * 1024
BACKOFF_SECONDS = 0.1
RETRY_LATER_SECONDS = 5.0
PASSING_STATUSES = frozenset({408, 425, 429, 500, 502, 503, 504})

_jitter = random.SystemRandom()


class Missing(Exception):
    """The bank answered 404: it has nothing at that address."""


class _Failed(Exception):
    """An attempt without a usable answer. `wait` is how long the bank asked us to stay away, in seconds."""

    def __init__(self, why: str, *, wait: float | None = None) -> None:
        super().__init__(why)
        self.wait = wait


class BankTransport:
    """One bank. `timeout_seconds` bounds a whole call, retries and pauses included."""

    def __init__(
        self,
        *,
        base_url: str,
        api_key: str,
        timeout_seconds: float,
        breaker: CircuitBreaker,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.base_url = base_url.rstrip("/")
        self._api_key = api_key
        self._timeout_seconds = timeout_seconds
        self._breaker = breaker
        self._sleep = sleep
        self._local = threading.local()

    def get(self, path: str, params: Mapping[str, str]) -> tuple[bytes, Any]:
        """The bank's 200: its JSON text, and the value that the text stands for.

        Raises `Missing` for 404, `ProblemBankRefused` for other final answers, `ProblemBankUnreachable` when
        no attempt within the time brought an answer, and at once while the circuit is open.
        """
        deadline = time.monotonic() + self._timeout_seconds
        for attempt in range(1, MAX_ATTEMPTS + 1):
            try:
                return self._guarded(path, params, deadline)
            except _Failed as failure:
                pause = _pause(failure, attempt)
                if attempt == MAX_ATTEMPTS or time.monotonic() + pause >= deadline:
                    raise _unreachable(failure) from failure
                self._sleep(pause)
        raise AssertionError("the last attempt returns or raises")

    def _guarded(self, path: str, params: Mapping[str, str], deadline: float) -> tuple[bytes, Any]:
        """One attempt. Only `_Failed` says that the bank is not well: a refusal is an answer."""
        try:
            with self._breaker.guard(_Failed):
                return self._attempt(path, params, deadline)
        except CircuitOpen as error:
            raise ProblemBankUnreachable(f"{error}.", retry_after=error.retry_after_seconds) from error

    def _attempt(self, path: str, params: Mapping[str, str], deadline: float) -> tuple[bytes, Any]:
        try:
            with self._session().get(
                self.base_url + path,
                params=params,
                timeout=max(0.001, deadline - time.monotonic()),
                stream=True,
                allow_redirects=False,
            ) as response:
                _judge_status(response)
                text = _body(response, deadline)
        except (requests.RequestException, urllib3.exceptions.HTTPError) as error:
            raise _Failed(type(error).__name__) from error
        try:
            return text, parsed_json(text)
        except Unreadable as error:
            raise _Failed(f"its answer {error}") from error

    def _session(self) -> requests.Session:
        """A session of this thread: connections are kept, and never shared between threads."""
        session: requests.Session | None = getattr(self._local, "session", None)
        if session is None:
            session = self._local.session = requests.Session()
            session.auth = self._authorised
        return session

    def _authorised(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Our headers, set as `auth` so that no .netrc puts others in their place."""
        request.headers["X-Service"] = "curriculum-orchestrator"
        request.headers["Accept"] = "application/json"
        if self._api_key:
            request.headers["Authorization"] = f"Bearer {self._api_key}"
        return request


def _judge_status(response: requests.Response) -> None:
    status = response.status_code
    if status == 404:
        raise Missing
    if status in PASSING_STATUSES:
        raise _Failed(f"it answered {status}", wait=retry_after(response.headers.get("Retry-After")))
    if status != 200:
        raise ProblemBankRefused(f"The problem bank answered {status}.")


def _body(response: requests.Response, deadline: float) -> bytes:
    """The whole body, read as it arrives: the deadline holds for a bank that drips, too."""
    body = bytearray()
    while chunk := response.raw.read1(CHUNK_BYTES, decode_content=True):
        body += chunk
        if len(body) > MAX_ANSWER_BYTES:
            raise ProblemBankRefused(f"The problem bank answered with more than {MAX_ANSWER_BYTES} bytes.")
        if time.monotonic() > deadline:
            raise _Failed("its answer took too long")
    return bytes(body)


def _pause(failure: _Failed, attempt: int) -> float:
    """Full jitter (Brooker, Exponential Backoff And Jitter, 2015) on top of what the bank asked for."""
    return (failure.wait or 0.0) + _jitter.uniform(0, BACKOFF_SECONDS * 2**attempt)


def _unreachable(failure: _Failed) -> ProblemBankUnreachable:
    wait = RETRY_LATER_SECONDS if failure.wait is None else failure.wait
    return ProblemBankUnreachable(f"The problem bank gave no usable answer: {failure}.", retry_after=wait)


def retry_after(header: str | None) -> float | None:
    """Seconds from a Retry-After header, a number or a date (RFC 9110, 10.2.3); None when unreadable."""
    if header is None:
        return None
    if header.strip().isascii() and header.strip().isdigit():
        return float(header)
    try:
        moment = parsedate_to_datetime(header)
    except ValueError:
        return None
    return max(0.0, moment.timestamp() - time.time())
