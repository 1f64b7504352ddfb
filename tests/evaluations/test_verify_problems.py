"""verify_problems: every reference solution through the evaluator; what is not accepted is named and is exit 1."""

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from catalog.services import sync_tracks
from tests.catalog.samples import a_stdio_problem, imported

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def tracks(db: None) -> None:
    sync_tracks()


def verified(*options: str) -> tuple[str, str]:
    """What the command said, and the last words of its refusal ("" when it was content)."""
    out = StringIO()
    try:
        call_command("verify_problems", *options, stdout=out)
    except CommandError as refusal:
        return out.getvalue(), str(refusal)
    return out.getvalue(), ""


def a_wrong_solution(**changes: Any) -> dict[str, Any]:
    return {"id": "wrong", "solutions": {"python": "def longest_climb(heights):\n    return -1\n"}} | changes


def test_accepted_solutions_are_counted() -> None:
    imported({})

    said, refusal = verified()

    assert said.startswith("2 / 2 reference solutions accepted in ")
    assert refusal == ""


def test_a_wrong_solution_is_named_with_language_verdict_and_first_test() -> None:
    imported({}, a_wrong_solution())

    said, refusal = verified()

    assert "2 / 3 reference solutions accepted" in said
    (row,) = (line for line in said.splitlines() if "│ wrong" in line)
    for part in ("python", "wrong_answer", "0 / 2", "visible-1"):
        assert part in row
    assert refusal == "1 reference solutions were not accepted."


def test_the_message_of_code_that_fails_is_shown_as_it_is() -> None:
    code = "def longest_climb(heights):\n    raise ValueError('[bold] and [/]')\n"
    imported(a_wrong_solution(solutions={"python": code}))

    said, refusal = verified()

    assert "runtime_error" in said
    assert "ValueError: [bold] and [/]" in said
    assert refusal == "1 reference solutions were not accepted."


def test_a_program_that_reads_stdin_is_verified_too() -> None:
    problem = a_stdio_problem(solutions={"python": "print(input())"})
    imported({name: problem.get(name, ...) for name in {*problem, "params", "entry_points", "starter"}})

    said, refusal = verified()

    assert said.startswith("1 / 1 ")
    assert refusal == ""


def test_only_the_chosen_problems_are_verified() -> None:
    in_hashing = {"id": "h", "module": "hashing", "topics": ["hash-map"]}
    imported({}, in_hashing, a_wrong_solution())

    assert verified("--problem", "longest-climb")[0].startswith("2 / 2 ")
    assert verified("--module", "hashing", "--jobs", "1")[0].startswith("2 / 2 ")
    assert (
        verified("--problem", "longest-climb", "--problem", "wrong")[0].splitlines()[-1].startswith("2 / 3 ")
    )


def test_the_current_version_is_verified() -> None:
    imported(a_wrong_solution())
    imported(a_wrong_solution(solutions={"python": "def longest_climb(heights):\n    return len(heights)\n"}))

    assert verified()[1] == ""


@pytest.mark.parametrize(
    "options",
    [("--problem", "nothing"), ("--module", "design"), ("--problem", "longest-climb", "--problem", "x")],
)
def test_a_problem_that_is_not_there_is_a_mistake_and_no_success(options: tuple[str, ...]) -> None:
    imported({})

    said, refusal = verified(*options)

    assert said == ""
    assert refusal.startswith("The catalogue has no reference solution of ")


@pytest.mark.parametrize("jobs", ["0", "-1", "many", "65"])
def test_jobs_is_a_sensible_number(jobs: str) -> None:
    assert "--jobs" in verified("--jobs", jobs)[1]
