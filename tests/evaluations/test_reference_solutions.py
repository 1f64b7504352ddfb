"""Every reference solution that is shipped, in both languages, is accepted by all tests of its problem."""

import pytest

from evaluations.judge import Verdict
from evaluations.runner import judge
from tests.evaluations.shipped import PROBLEMS, shipped_bundle

EACH = [(problem_id, language) for problem_id, fields in PROBLEMS.items() for language in fields["solutions"]]


@pytest.mark.parametrize(("problem_id", "language"), EACH)
def test_a_reference_solution_is_accepted(problem_id: str, language: str) -> None:
    code = PROBLEMS[problem_id]["solutions"][language]

    judgement = judge(shipped_bundle(problem_id, language), language, code)

    assert judgement.verdict == Verdict.ACCEPTED, judgement


def test_there_are_two_for_every_problem() -> None:
    assert len(EACH) == 2 * len(PROBLEMS)
    assert {language for _, language in EACH} == {"python", "javascript"}
