"""Solutions of shipped problems through a Judge0 that really runs them: right ones accepted, wrong ones refused."""

from __future__ import annotations

import pytest
from pytest_httpserver import HTTPServer

from evaluations.judge import Verdict
from evaluations.judge0 import Judge0Client, Judge0Settings
from tests.evaluations.judge0_server import JAVASCRIPT_ID, PYTHON_ID, local_judge0
from tests.evaluations.shipped import PROBLEMS, shipped_bundle
from tests.evaluations.test_wrong_solutions import PATHS, SOLUTIONS

RIGHT = [
    ("calm-spells", "python"),
    ("carousel-segment", "javascript"),
    ("tasting-menus", "python"),
    ("tasting-menus", "javascript"),
    ("trail-log", "python"),
    ("trail-log", "javascript"),
]
WRONG = {path.name: solution for path, solution in zip(PATHS, SOLUTIONS, strict=True)}
CHOSEN = (
    "fairest-cut__last-of-equal-cuts.py",
    "matched-trios__sorts-as-text.js",
    "bracelet-designs__fails-on-an-empty-strand.py",
)


@pytest.fixture
def client(httpserver: HTTPServer) -> Judge0Client:
    local_judge0(httpserver)
    languages = {"python": PYTHON_ID, "javascript": JAVASCRIPT_ID}
    return Judge0Client(Judge0Settings(httpserver.url_for(""), 60, languages), pause=lambda seconds: None)


@pytest.mark.parametrize(("problem_id", "language"), RIGHT)
def test_a_reference_solution_is_accepted(client: Judge0Client, problem_id: str, language: str) -> None:
    code = PROBLEMS[problem_id]["solutions"][language]

    judgement = client.evaluate(shipped_bundle(problem_id, language), language, code)

    assert judgement.verdict is Verdict.ACCEPTED, judgement.message
    assert judgement.passed == judgement.total


@pytest.mark.parametrize("name", CHOSEN)
def test_a_solution_that_is_almost_right_is_refused(client: Judge0Client, name: str) -> None:
    wrong = WRONG[name]

    judgement = client.evaluate(shipped_bundle(wrong.problem_id, wrong.language), wrong.language, wrong.code)

    assert judgement.verdict is wrong.expected, judgement.message
    assert 0 < judgement.passed < judgement.total
