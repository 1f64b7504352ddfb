"""Which engine judges: the evaluation service when EVAL_SERVICE_URL is set, a Judge0 when JUDGE0_URL is, else the
local sandbox."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from urllib.parse import urlsplit

from django.conf import settings

from evaluations.client import EvalServiceClient
from evaluations.judge import Bundle, Judgement, Verdict, uniform_judgement
from evaluations.judge0 import Judge0Client, Judge0Settings
from evaluations.remote import EvalServiceRefused, EvalServiceUnreachable, EvaluationStopped
from evaluations.sandbox import SandboxUnavailable, judge_locally


def judge(
    bundle: Bundle, language: str, code: str, *, should_stop: Callable[[], bool] | None = None
) -> Judgement:
    """Judge one submission. Trouble that is not the learner's is the verdict `infrastructure_error`, whose
    message says what happened; it never counts as an attempt. Blocks for as long as the tests take: call it
    outside transactions."""
    try:
        remote = _remote_engine()
        if remote:
            return remote.evaluate(bundle, language, code, should_stop)
        return judge_locally(bundle, language, code, should_stop=should_stop)
    except EvaluationStopped:
        return uniform_judgement(bundle, Verdict.CANCELLED, "cancelled")
    except (EvalServiceRefused, EvalServiceUnreachable, SandboxUnavailable) as problem:
        return uniform_judgement(bundle, Verdict.INFRASTRUCTURE_ERROR, str(problem))


def _remote_engine() -> EvalServiceClient | Judge0Client | None:
    timeout = settings.EVAL_SERVICE_TIMEOUT_SECONDS
    if settings.EVAL_SERVICE_URL:
        return _service(settings.EVAL_SERVICE_URL, timeout)
    if settings.JUDGE0_URL:
        languages = tuple(settings.JUDGE0_LANGUAGES.items())
        return _judge0(
            settings.JUDGE0_URL, timeout, languages, settings.JUDGE0_BATCH_SIZE, tuple(_judge0_headers())
        )
    return None


def _judge0_headers() -> list[tuple[str, str]]:
    """Judge0's own authentication and authorisation, or those of RapidAPI before it."""
    key = settings.JUDGE0_RAPIDAPI_KEY
    headers = {
        "X-Auth-Token": settings.JUDGE0_AUTH_TOKEN,
        "X-Auth-User": settings.JUDGE0_AUTH_USER,
        "X-RapidAPI-Key": key,
        "X-RapidAPI-Host": urlsplit(settings.JUDGE0_URL).hostname or "" if key else "",
    }
    return [(name, value) for name, value in headers.items() if value]


@lru_cache(maxsize=2)
def _service(url: str, timeout_seconds: float) -> EvalServiceClient:
    """One per process: it holds the connections and the circuit."""
    return EvalServiceClient(url, timeout_seconds)


@lru_cache(maxsize=2)
def _judge0(
    url: str,
    timeout_seconds: float,
    languages: tuple[tuple[str, int], ...],
    batch_size: int,
    headers: tuple[tuple[str, str], ...],
) -> Judge0Client:
    """One per process, as above."""
    return Judge0Client(Judge0Settings(url, timeout_seconds, dict(languages), batch_size, dict(headers)))
