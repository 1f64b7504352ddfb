"""Summing up results."""

from __future__ import annotations

import pytest

from evaluations.judge import WORST_FIRST, CaseResult, Verdict, judgement_of, uniform_judgement, worst
from tests.evaluations.bundles import function_bundle


def result(verdict: Verdict, runtime_ms: int = 0, memory_kb: int = 0) -> CaseResult:
    return CaseResult("t", True, "plain", verdict, runtime_ms, memory_kb)


def test_every_verdict_but_skipped_has_its_place_in_the_order() -> None:
    assert set(WORST_FIRST) == set(Verdict) - {Verdict.SKIPPED}
    assert len(WORST_FIRST) == len(set(WORST_FIRST))


@pytest.mark.parametrize(
    ("verdicts", "overall"),
    [
        ([], Verdict.ACCEPTED),
        ([Verdict.ACCEPTED, Verdict.WRONG_ANSWER], Verdict.WRONG_ANSWER),
        ([Verdict.WRONG_ANSWER, Verdict.TIME_LIMIT, Verdict.SKIPPED], Verdict.TIME_LIMIT),
        ([Verdict.RUNTIME_ERROR, Verdict.TIME_LIMIT], Verdict.RUNTIME_ERROR),
        ([Verdict.RUNTIME_ERROR, Verdict.INFRASTRUCTURE_ERROR], Verdict.INFRASTRUCTURE_ERROR),
    ],
)
def test_the_overall_verdict_is_the_worst(verdicts: list[Verdict], overall: Verdict) -> None:
    assert worst(verdicts) is overall


def test_a_judgement_counts_what_passed_and_reports_the_largest_use() -> None:
    cases = [result(Verdict.ACCEPTED, 10, 2048), result(Verdict.WRONG_ANSWER, 30, 1025)]

    judgement = judgement_of(cases, total=3)

    assert (judgement.passed, judgement.total) == (1, 3)
    assert (judgement.runtime_ms, judgement.memory_mb) == (30, 2)
    assert judgement.verdict is Verdict.WRONG_ANSWER


def test_a_uniform_judgement_passes_nothing() -> None:
    judgement = uniform_judgement(function_bundle((1, 1), (2, 2)), Verdict.COMPILE_ERROR, "line 1")

    assert (judgement.passed, judgement.total, judgement.message) == (0, 2, "line 1")
    assert {case.verdict for case in judgement.cases} == {Verdict.COMPILE_ERROR}
