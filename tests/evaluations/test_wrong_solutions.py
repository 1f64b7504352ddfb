"""Solutions of the shipped problems that are almost right are refused, each with the verdict that its fault deserves.

They are files below `wrong/<module>/`, named `<problem>__<what is wrong>`. The first line says the verdict and the
family of the fault, the second what is subtly wrong.
"""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest

from evaluations.judge import Judgement, Verdict
from evaluations.outcomes import facts_of, report_of
from evaluations.runner import judge
from tests.evaluations.programs import LANGUAGE_OF
from tests.evaluations.shipped import PROBLEMS, shipped_bundle

WRONG = Path(__file__).parent / "wrong"
NAMED = ("off-by-one", "tie", "mutation", "slow")
OTHERS = ("aliasing", "duplicates", "empty", "order", "other", "overflow", "recursion", "rounding", "state")
VERDICT_OF = {"slow": Verdict.TIME_LIMIT, "recursion": Verdict.RUNTIME_ERROR}
"""Faults that keep code from answering. An answer to `empty` input or a `mutation` may fail either way."""


@dataclass(frozen=True, slots=True)
class WrongSolution:
    """One file: code that is almost right, what is wrong with it, and what it must get."""

    module: str
    problem_id: str
    language: str
    family: str
    expected: Verdict
    reason: str
    code: str


def read_wrong_solution(path: Path) -> WrongSolution:
    code = path.read_text()
    head, reason = (line.lstrip("#/ ") for line in code.splitlines()[:2])
    fields = dict(field.strip().split(": ") for field in head.split(";"))
    return WrongSolution(
        module=path.parent.name,
        problem_id=path.name.partition("__")[0],
        language=LANGUAGE_OF[path.suffix],
        family=fields["family"],
        expected=Verdict(fields["expect"]),
        reason=reason,
        code=code,
    )


PATHS = sorted(path for path in WRONG.glob("*/*") if path.suffix in LANGUAGE_OF)
SOLUTIONS = [read_wrong_solution(path) for path in PATHS]


def assert_hidden_tests_tell_their_category_only(judgement: Judgement) -> None:
    """Of what failed there, nothing is kept but id, verdict, category and rounded figures."""
    shown = report_of(judgement)["cases"]
    kept = {case["id"]: case for case in facts_of(judgement)["cases"]}
    for case in judgement.cases:
        if not case.visible:
            assert case.details is None
            assert case.id not in shown
            assert case.category in {"basic", "edge", "large"}
            assert kept[case.id]["category"] == case.category
    if all(case.verdict == Verdict.ACCEPTED for case in judgement.cases if case.visible):
        assert judgement.message == ""


@pytest.mark.parametrize("solution", SOLUTIONS, ids=[f"{path.parent.name}/{path.name}" for path in PATHS])
def test_a_solution_that_is_almost_right_is_refused_with_the_right_verdict(solution: WrongSolution) -> None:
    bundle = shipped_bundle(solution.problem_id, solution.language)

    judgement = judge(bundle, solution.language, solution.code)

    assert judgement.verdict == solution.expected, (solution.reason, judgement)
    assert judgement.total == len(bundle.tests)
    assert 0 < judgement.passed < judgement.total, "subtly wrong: some tests do not notice"
    verdicts = {case.verdict for case in judgement.cases}
    assert verdicts <= {Verdict.ACCEPTED, Verdict.SKIPPED, solution.expected}, "one fault, one verdict"
    assert_hidden_tests_tell_their_category_only(judgement)


def test_every_module_has_at_least_three_wrong_solutions_of_the_named_families() -> None:
    modules = {problem["module"] for problem in PROBLEMS.values()}
    counts = Counter(solution.module for solution in SOLUTIONS if solution.family in NAMED)

    assert {module: counts[module] for module in modules if counts[module] < 3} == {}
    assert all(PROBLEMS[solution.problem_id]["module"] == solution.module for solution in SOLUTIONS)


@pytest.mark.parametrize("family", NAMED)
def test_a_named_family_is_found_in_most_modules(family: str) -> None:
    modules = {solution.module for solution in SOLUTIONS if solution.family == family}

    assert len(modules) >= 8


def test_every_other_family_occurs() -> None:
    counts = Counter(solution.family for solution in SOLUTIONS)

    assert set(counts) == {*NAMED, *OTHERS}
    assert min(counts.values()) >= 2


@pytest.mark.parametrize("language", ["python", "javascript"])
def test_both_languages_are_well_represented(language: str) -> None:
    families = {solution.family for solution in SOLUTIONS if solution.language == language}

    assert set(NAMED) <= families
    assert sum(solution.language == language for solution in SOLUTIONS) >= 25


def test_a_fault_that_keeps_code_from_answering_expects_the_verdict_of_its_kind() -> None:
    for solution in SOLUTIONS:
        allowed = VERDICT_OF.get(solution.family, solution.expected)

        assert solution.expected == allowed, solution.reason
        assert solution.reason.endswith(".")
