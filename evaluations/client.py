"""The HTTP evaluation service: `POST /evaluate/code` (R089, R130). It is trusted with hidden tests."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable
from typing import Any

from common.circuit import CircuitBreaker
from evaluations.client_answers import judgement_from
from evaluations.judge import Bundle, Judgement, TestCase
from evaluations.remote import AnswerInvalid, EvalServiceAnswerInvalid, Transport

_PATH = "/evaluate/code"


class EvalServiceClient:
    """One session to one service, for one process. `timeout_seconds` bounds each attempt from connect to
    last byte."""

    def __init__(
        self,
        base_url: str,
        timeout_seconds: float = 30.0,
        *,
        breaker: CircuitBreaker | None = None,
        pause: Callable[[float], None] = time.sleep,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._transport = Transport(
            "the evaluation service", base_url, timeout_seconds, breaker=breaker, pause=pause, jitter=jitter
        )

    def evaluate(
        self, bundle: Bundle, language: str, code: str, should_stop: Callable[[], bool] | None = None
    ) -> Judgement:
        """Judge `code`. Raises EvalServiceRefused (final), EvalServiceUnreachable (unknown), and
        EvaluationStopped when `should_stop` says so between two attempts."""
        body = json.dumps(request_body(bundle, language, code)).encode()
        answer = self._transport.exchange("POST", _PATH, body=body, should_stop=should_stop)
        try:
            return judgement_from(answer.body, bundle)
        except AnswerInvalid as problem:
            raise EvalServiceAnswerInvalid(
                f"the evaluation service answered nonsense: {problem}"
            ) from problem


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
        "limits": bundle.all_limits(),
        "visible_tests": [_test(test) for test in bundle.tests if test.visible],
        "hidden_tests": [
            {**_test(test), "category": test.category} for test in bundle.tests if not test.visible
        ],
    }


def _test(test: TestCase) -> dict[str, Any]:
    return {"id": test.id, "input": test.input, "expected": test.expected}
