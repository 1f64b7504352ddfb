"""The HTTP evaluation service: `POST /evaluate/code` (R089, R130). It is trusted with hidden tests.

No answer, a late one and one that contradicts itself all mean the same: nothing is known about the
submission. They are `EvalServiceUnreachable`; only what the service plainly will not do is
`EvalServiceRefused`.
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable
from typing import Any

import requests
import urllib3

from common.circuit import CircuitBreaker, CircuitOpen
from evaluations.client_answers import AnswerInvalid, judgement_from
from evaluations.judge import Bundle, Judgement, TestCase

_PATH = "/evaluate/code"
# No compression: a small answer must not become a large one.
_HEADERS = {"Content-Type": "application/json", "Accept": "application/json", "Accept-Encoding": "identity"}
_ATTEMPTS = 3
_CONNECT_SECONDS = 3.0
_FIRST_PAUSE_SECONDS = 0.2
_LONGEST_PAUSE_SECONDS = 5.0
_LARGEST_ANSWER = 4 << 20
_CHUNK = 1 << 16
_TRANSIENT = frozenset({408, 425, 429, 500, 502, 503, 504})


class EvalServiceRefused(Exception):
    """The service understood and will not: asking again with the same submission changes nothing."""


class EvalServiceUnreachable(Exception):
    """Nothing is known of the submission. `retry_after_seconds` when the service named a time."""

    def __init__(self, reason: str, retry_after_seconds: float | None = None) -> None:
        super().__init__(reason)
        self.retry_after_seconds = retry_after_seconds


class EvalServiceAnswerInvalid(EvalServiceUnreachable):
    """The service answered, and the answer cannot be believed."""


class EvalServiceClient:
    """One session to one service, for one process. `timeout_seconds` bounds each attempt from connect to
    last byte.

    Evaluating has no effect on the service, so connection errors, 5xx and 429 are tried again, with full
    jitter and as `Retry-After` asks. `pause` and `jitter` are arguments so that tests need not wait.
    """

    def __init__(
        self,
        base_url: str,
        timeout_seconds: float = 30.0,
        *,
        breaker: CircuitBreaker | None = None,
        pause: Callable[[float], None] = time.sleep,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._url = base_url.rstrip("/") + _PATH
        self._timeout = timeout_seconds
        self._breaker = breaker or CircuitBreaker("evaluation service")
        self._pause, self._jitter = pause, jitter
        self._session = requests.Session()

    def evaluate(self, bundle: Bundle, language: str, code: str) -> Judgement:
        """Judge `code`. Raises EvalServiceRefused (final) or EvalServiceUnreachable (unknown)."""
        body = json.dumps(request_body(bundle, language, code)).encode()
        try:
            with self._breaker.guard(EvalServiceUnreachable):
                answer = self._ask(body)
        except CircuitOpen as waiting:
            raise EvalServiceUnreachable(str(waiting), waiting.retry_after_seconds) from waiting
        try:
            return judgement_from(answer, bundle)
        except AnswerInvalid as problem:
            raise EvalServiceAnswerInvalid(
                f"the evaluation service answered nonsense: {problem}"
            ) from problem

    def _ask(self, body: bytes) -> bytes:
        attempt = 1
        while True:
            try:
                return self._attempt(body)
            except EvalServiceUnreachable as problem:
                if attempt == _ATTEMPTS or not self._may_retry(problem):
                    raise
                self._pause(self._wait(attempt, problem.retry_after_seconds))
                attempt += 1

    @staticmethod
    def _may_retry(problem: EvalServiceUnreachable) -> bool:
        wait = problem.retry_after_seconds
        return not isinstance(problem, _TooLate) and (wait is None or wait <= _LONGEST_PAUSE_SECONDS)

    def _wait(self, attempt: int, asked: float | None) -> float:
        backoff = _FIRST_PAUSE_SECONDS * (1 << attempt) * self._jitter()
        return min(max(backoff, asked or 0.0), _LONGEST_PAUSE_SECONDS)

    def _attempt(self, body: bytes) -> bytes:
        deadline = time.monotonic() + self._timeout
        timeout = (min(_CONNECT_SECONDS, self._timeout), self._timeout)
        try:
            with self._session.post(
                self._url, data=body, headers=_HEADERS, timeout=timeout, stream=True, allow_redirects=False
            ) as response:
                _check_status(response)
                return _read(response, deadline)
        except (requests.ReadTimeout, urllib3.exceptions.ReadTimeoutError) as problem:
            raise _TooLate(f"no answer within {self._timeout:g} s") from problem
        except (requests.RequestException, urllib3.exceptions.HTTPError) as problem:
            raise EvalServiceUnreachable(f"the evaluation service cannot be reached: {problem}") from problem


class _TooLate(EvalServiceUnreachable):
    """The time is spent: another attempt would take as long again."""


def _check_status(response: requests.Response) -> None:
    if response.status_code == requests.codes.ok:
        return
    text = f"the evaluation service answered {response.status_code}"
    if response.status_code in _TRANSIENT or response.status_code >= requests.codes.server_error:
        raise EvalServiceUnreachable(text, _retry_after(response))
    if response.status_code < requests.codes.bad_request:
        raise EvalServiceAnswerInvalid(text)
    raise EvalServiceRefused(text)


def _retry_after(response: requests.Response) -> float | None:
    """Seconds of a Retry-After header (RFC 9110, 10.2.3); a date or nonsense counts as none."""
    value = response.headers.get("Retry-After", "")
    return float(value) if value.isascii() and value.isdigit() else None


def _read(response: requests.Response, deadline: float) -> bytes:
    """The whole body, in time: `requests` bounds only the gap between two packets."""
    body = bytearray()
    while chunk := response.raw.read1(_CHUNK, decode_content=False):
        body += chunk
        if len(body) > _LARGEST_ANSWER:
            raise EvalServiceAnswerInvalid("the evaluation service's answer is too long")
        if time.monotonic() > deadline:
            raise _TooLate("the evaluation service's answer came too slowly")
    return bytes(body)


def request_body(bundle: Bundle, language: str, code: str) -> dict[str, Any]:
    """What the service is sent: `{problem_id, language, code, test_bundle, timeout_ms}` (design, section
    7)."""
    return {
        "problem_id": bundle.problem_id,
        "language": language,
        "code": code,
        "test_bundle": _test_bundle(bundle),
        "timeout_ms": bundle.time_limit_ms,
    }


def _test_bundle(bundle: Bundle) -> dict[str, Any]:
    return {
        "problem_version": bundle.problem_version,
        "kind": bundle.kind,
        "params": list(bundle.params),
        "entry_point": bundle.entry_point,
        "comparison": bundle.comparison,
        "checker": bundle.checker,
        "memory_limit_mb": bundle.memory_limit_mb,
        "visible_tests": [_test(test) for test in bundle.tests if test.visible],
        "hidden_tests": [
            {**_test(test), "category": test.category} for test in bundle.tests if not test.visible
        ],
    }


def _test(test: TestCase) -> dict[str, Any]:
    return {"id": test.id, "input": test.input, "expected": test.expected}
