"""Answers of a problem bank that speaks the contract, and a client whose pauses and clock tests control."""

from typing import Any
from uuid import uuid4

from django.core.cache import BaseCache
from django.core.cache.backends.locmem import LocMemCache
from pytest_httpserver import HTTPServer

from catalog.bank_transport import BankTransport
from catalog.client import HttpProblemBank
from common.circuit import CircuitBreaker
from tests.catalog.samples import a_problem

PROBLEM = "/internal/problems/longest-climb"
BUNDLE = f"{PROBLEM}/hidden-bundle"
LIST = "/internal/problems"
TRACK = "/internal/tracks/coding-interview-meta"

SUMMARY_FIELDS = ("id", "title", "module", "topics", "difficulty", "minutes_target")
JUDGING_FIELDS = (
    "kind",
    "params",
    "entry_points",
    "comparison",
    "time_limit_ms",
    "memory_limit_mb",
    "visible_tests",
)


def a_summary(**changes: Any) -> dict[str, Any]:
    problem = a_problem()
    return {name: problem[name] for name in SUMMARY_FIELDS} | {"version": 3} | changes


def a_detail(**changes: Any) -> dict[str, Any]:
    problem = a_problem(hidden_tests=..., solutions=..., hints=...)
    return problem | {"version": 3} | changes


def a_bundle(**changes: Any) -> dict[str, Any]:
    problem = a_problem()
    return (
        {name: problem[name] for name in ("id", *JUDGING_FIELDS, "hidden_tests")} | {"version": 3} | changes
    )


def a_track(**changes: Any) -> dict[str, Any]:
    modules = [
        {"slug": "hashing", "title": "Hashing", "topics": [{"slug": "hash-map", "title": "Hash maps"}]}
    ]
    return {"slug": "coding-interview-meta", "title": "Track", "modules": modules} | changes


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Bank:
    """A client of the test's server: pauses are noted instead of slept, the circuit has a clock of its own."""

    def __init__(self, url: str, *, fresh_seconds: int = 300, timeout_seconds: float = 60.0) -> None:
        self.pauses: list[float] = []
        self.clock = Clock()
        self.cache: BaseCache = LocMemCache(str(uuid4()), {})
        self.breaker = CircuitBreaker("bank", failure_threshold=5, reset_after_seconds=10, clock=self.clock)
        self.transport = BankTransport(
            base_url=url,
            api_key="secret-key",
            timeout_seconds=timeout_seconds,
            breaker=self.breaker,
            sleep=self.pauses.append,
        )
        self.client = self.with_freshness(fresh_seconds)

    def with_freshness(self, fresh_seconds: int) -> HttpProblemBank:
        """The same bank and cache for a client to which answers older than `fresh_seconds` are old."""
        return HttpProblemBank(transport=self.transport, cache=self.cache, fresh_seconds=fresh_seconds)


def requests_to(httpserver: HTTPServer) -> int:
    """How many requests the server has had."""
    return len(httpserver.log)
