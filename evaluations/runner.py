"""Which engine judges: the evaluation service when EVAL_SERVICE_URL is set, else the local sandbox."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from django.conf import settings

from evaluations.client import EvalServiceClient, EvalServiceRefused, EvalServiceUnreachable
from evaluations.judge import Bundle, Judgement, Verdict, uniform_judgement
from evaluations.sandbox import SandboxUnavailable, judge_locally


def judge(
    bundle: Bundle, language: str, code: str, *, should_stop: Callable[[], bool] | None = None
) -> Judgement:
    """Judge one submission. Trouble that is not the learner's is the verdict `infrastructure_error`, whose
    message says what happened; it never counts as an attempt. Blocks for as long as the tests take: call it
    outside transactions."""
    try:
        if settings.EVAL_SERVICE_URL:
            client = _client(settings.EVAL_SERVICE_URL, settings.EVAL_SERVICE_TIMEOUT_SECONDS)
            return client.evaluate(bundle, language, code)
        return judge_locally(bundle, language, code, should_stop=should_stop)
    except (EvalServiceRefused, EvalServiceUnreachable, SandboxUnavailable) as problem:
        return uniform_judgement(bundle, Verdict.INFRASTRUCTURE_ERROR, str(problem))


@lru_cache(maxsize=2)
def _client(url: str, timeout_seconds: float) -> EvalServiceClient:
    """One per process: it holds the connections and the circuit."""
    return EvalServiceClient(url, timeout_seconds)
