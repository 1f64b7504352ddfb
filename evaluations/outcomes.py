"""What is recorded of a judgement: counts, figures and each test's outcome, with nothing of a hidden test in them.

Pure: no I/O, no Django.
"""

from __future__ import annotations

from typing import Any

from evaluations.judge import CaseResult, Judgement, Verdict
from evaluations.shown_values import cut

NO_ATTEMPT = frozenset({Verdict.INFRASTRUCTURE_ERROR, Verdict.CANCELLED})
NO_SINGLE_TEST = NO_ATTEMPT | {Verdict.COMPILE_ERROR}  # verdicts about the submission as a whole
TIME_STEP_MS = 50
MEMORY_STEP_MB = 4
"""Exact figures would tell code that spends time or memory by its input what a hidden input is, many bits a run."""


def facts_of(judgement: Judgement) -> dict[str, Any]:
    """The part of an `evaluated` event that follows from the judgement alone. None where it is no attempt."""
    counts = judgement.verdict not in NO_ATTEMPT
    return {
        "verdict": judgement.verdict,
        "score": score_of(judgement) if counts else None,
        "test_cases_passed": judgement.passed if counts else None,
        "test_cases_total": judgement.total if counts else None,
        "runtime_ms": rounded_up(judgement.runtime_ms, TIME_STEP_MS),
        "memory_mb": rounded_up(judgement.memory_mb, MEMORY_STEP_MB),
        "error_message": error_message(judgement),
        "cases": [_case(case) for case in judgement.cases],
    }


def score_of(judgement: Judgement) -> float:
    """The share of tests that passed, 0 to 1."""
    counts = judgement.verdict not in NO_ATTEMPT
    return judgement.passed / judgement.total if counts and judgement.total else 0.0


def report_of(judgement: Judgement) -> dict[str, Any]:
    """What the learner's own code printed, returned and raised: to be sealed."""
    return {
        "message": cut(judgement.message),
        "cases": {case.id: case.details for case in judgement.cases if case.details},
    }


def rounded_up(amount: int, step: int) -> int:
    """The next multiple of `step`; 0 stays 0."""
    return -(-amount // step) * step


def _case(case: CaseResult) -> dict[str, Any]:
    """A test's outcome without anything of the learner's or of a hidden test."""
    time_step, memory_step = (1, 1) if case.visible else (TIME_STEP_MS, MEMORY_STEP_MB << 10)
    return {
        "id": case.id,
        "visible": case.visible,
        "category": case.category,
        "verdict": case.verdict,
        "runtime_ms": rounded_up(case.runtime_ms, time_step),
        "memory_kb": rounded_up(case.memory_kb, memory_step),
    }


def error_message(judgement: Judgement) -> str:
    """One line without the learner's text: what went wrong, where something did."""
    if judgement.verdict == Verdict.ACCEPTED:
        return ""
    what = str(judgement.verdict).replace("_", " ")
    failed = next((case for case in judgement.cases if case.verdict == judgement.verdict), None)
    if failed is None or judgement.verdict in NO_SINGLE_TEST:
        return what
    place = f"test {failed.id}" if failed.visible else f"a hidden test ({failed.category})"
    return f"{what} at {place}"
