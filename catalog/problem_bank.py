"""The problem bank in use: our own tables, or the service at PROBLEM_BANK_URL behind the same interface."""

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
from catalog.local_bank import LocalProblemBank

__all__ = [
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
    return LocalProblemBank()
