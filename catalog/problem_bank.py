"""The problem bank in use: our own tables, or the service at PROBLEM_BANK_URL behind the same interface."""

from functools import lru_cache

from django.conf import settings
from django.core.cache import cache

from catalog.bank import (
    ModuleOutline,
    ProblemBank,
    ProblemBankRefused,
    ProblemBankUnreachable,
    ProblemDetail,
    ProblemNotFound,
    ProblemSummary,
    TestBundle,
    TopicOutline,
    TrackNotFound,
    TrackOutline,
)
from catalog.bank_transport import BankTransport
from catalog.client import HttpProblemBank
from catalog.local_bank import LocalProblemBank
from common.circuit import CircuitBreaker

FAILURES_THAT_OPEN = 5
OPEN_SECONDS = 15.0

__all__ = [
    "HttpProblemBank",
    "LocalProblemBank",
    "ModuleOutline",
    "ProblemBank",
    "ProblemBankRefused",
    "ProblemBankUnreachable",
    "ProblemDetail",
    "ProblemNotFound",
    "ProblemSummary",
    "TestBundle",
    "TopicOutline",
    "TrackNotFound",
    "TrackOutline",
    "problem_bank",
]


def problem_bank() -> ProblemBank:
    """The bank that the settings name."""
    if not settings.PROBLEM_BANK_URL:
        return LocalProblemBank()
    return _http_bank(
        settings.PROBLEM_BANK_URL,
        settings.PROBLEM_BANK_API_KEY,
        settings.PROBLEM_BANK_TIMEOUT_SECONDS,
        settings.PROBLEM_BANK_CACHE_SECONDS,
    )


@lru_cache(maxsize=8)
def _http_bank(url: str, api_key: str, timeout_seconds: float, cache_seconds: int) -> HttpProblemBank:
    """One client per process: it holds connections and the state of the circuit."""
    breaker = CircuitBreaker(
        "problem-bank", failure_threshold=FAILURES_THAT_OPEN, reset_after_seconds=OPEN_SECONDS
    )
    transport = BankTransport(base_url=url, api_key=api_key, timeout_seconds=timeout_seconds, breaker=breaker)
    return HttpProblemBank(transport=transport, cache=cache, fresh_seconds=cache_seconds)
