"""The words of judging: tests, results and verdicts. Pure values, no I/O, no Django."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any


class Verdict(StrEnum):
    """What became of one test or of a whole submission; the values are stored for ever."""

    ACCEPTED = "accepted"
    WRONG_ANSWER = "wrong_answer"
    TIME_LIMIT = "time_limit"
    MEMORY_LIMIT = "memory_limit"
    OUTPUT_LIMIT = "output_limit"
    RUNTIME_ERROR = "runtime_error"
    COMPILE_ERROR = "compile_error"
    INFRASTRUCTURE_ERROR = "infrastructure_error"
    CANCELLED = "cancelled"
    SKIPPED = "skipped"
    """Of a single test only: not run, because the submission had already failed by time limit or was
    cancelled."""


WORST_FIRST: tuple[Verdict, ...] = (
    Verdict.INFRASTRUCTURE_ERROR,
    Verdict.CANCELLED,
    Verdict.COMPILE_ERROR,
    Verdict.RUNTIME_ERROR,
    Verdict.MEMORY_LIMIT,
    Verdict.TIME_LIMIT,
    Verdict.OUTPUT_LIMIT,
    Verdict.WRONG_ANSWER,
    Verdict.ACCEPTED,
)
"""A submission's verdict is the first of these that one of its tests has.

What says nothing about the learner comes first (it is no attempt); then what kept the code from answering,
the graver first; then wrong answers. `skipped` is never a submission's verdict.
"""


@dataclass(frozen=True, slots=True)
class TestCase:
    """One test. `expected` never leaves the worker for the local sandbox."""

    __test__ = False

    id: str
    visible: bool
    input: Any
    expected: Any
    category: str = ""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a submission may use besides CPU time and memory; None where the problem decides (see `Bundle`).

    `threads` counts those of the language's runtime and of the sandbox too; `depth` is that of a returned value.
    """

    wall_ms: int | None = None
    output_kb: int = 256
    threads: int = 64
    open_files: int = 64
    depth: int = 500
    total_cpu_ms: int | None = None


_WALL_FACTOR, _WALL_EXTRA_MS = 4, 2000
_LONGEST_TOTAL_CPU_MS = 60_000


@dataclass(frozen=True, slots=True)
class Bundle:
    """All that judging one problem needs. `entry_point` is the function's name in the submission's
    language; `checker` is None or `{"lang", "code"}` with a function `check(input, expected, got) ->
    bool`."""

    problem_id: str
    problem_version: int
    kind: str
    params: tuple[str, ...]
    entry_point: str
    comparison: str
    checker: dict[str, str] | None
    time_limit_ms: int
    memory_limit_mb: int
    tests: tuple[TestCase, ...]
    limits: Limits = Limits()

    @property
    def wall_ms(self) -> int:
        """How long a test may wait. By default far above the CPU time: it only stops what sleeps."""
        stated = self.limits.wall_ms
        return self.time_limit_ms * _WALL_FACTOR + _WALL_EXTRA_MS if stated is None else stated

    @property
    def total_cpu_ms(self) -> int:
        """CPU time of all tests together. By default every test may use its whole limit, up to a minute."""
        stated = self.limits.total_cpu_ms
        most = min(self.time_limit_ms * len(self.tests), _LONGEST_TOTAL_CPU_MS)
        return most if stated is None else stated

    def all_limits(self) -> dict[str, int]:
        """Every limit with its number, in the words of the problem file."""
        derived = {"wall_ms": self.wall_ms, "total_cpu_ms": self.total_cpu_ms}
        return {**asdict(self.limits), **derived}


@dataclass(frozen=True, slots=True)
class CaseResult:
    """One test's result. `runtime_ms` is CPU time; `memory_kb` the measured peak, for JavaScript functions
    the peak of the process so far. `details` (visible tests only): input, expected, got, diff, stdout,
    error."""

    id: str
    visible: bool
    category: str
    verdict: Verdict
    runtime_ms: int = 0
    memory_kb: int = 0
    details: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Judgement:
    """The result of one submission. `runtime_ms` and `memory_mb` are the maxima over its tests; `message`
    holds the compiler's text, the cleaned traceback of the first failure that may be shown, or why the
    infrastructure failed."""

    verdict: Verdict
    cases: tuple[CaseResult, ...] = ()
    passed: int = 0
    total: int = 0
    runtime_ms: int = 0
    memory_mb: int = 0
    message: str = ""


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """The overall verdict by `WORST_FIRST`; accepted when there is none."""
    found = set(verdicts)
    return next((verdict for verdict in WORST_FIRST if verdict in found), Verdict.ACCEPTED)


def judgement_of(cases: Iterable[CaseResult], *, total: int, message: str = "") -> Judgement:
    """Sum up the results of a submission that was run."""
    results = tuple(cases)
    return Judgement(
        verdict=worst(case.verdict for case in results),
        cases=results,
        passed=sum(case.verdict is Verdict.ACCEPTED for case in results),
        total=total,
        runtime_ms=max((case.runtime_ms for case in results), default=0),
        memory_mb=math.ceil(max((case.memory_kb for case in results), default=0) / 1024),
        message=message,
    )


def uniform_judgement(bundle: Bundle, verdict: Verdict, message: str) -> Judgement:
    """The same verdict for every test, none of which was run: compile errors, infrastructure errors,
    cancellation."""
    cases = tuple(CaseResult(test.id, test.visible, test.category, verdict) for test in bundle.tests)
    return Judgement(verdict=verdict, cases=cases, total=len(cases), message=message)
