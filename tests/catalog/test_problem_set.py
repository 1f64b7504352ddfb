"""The shipped problem set as a whole: every module is served, every problem has all that a learner needs.

That the solutions are accepted is shown by `tests/evaluations/test_reference_solutions.py`.
"""

from collections import Counter
from pathlib import Path

import pytest
from django.conf import settings

from catalog.problem_files import read_problems
from catalog.records import ProblemRecord
from catalog.track_files import read_tracks

MINUTES = {1: (5, 15), 2: (10, 25), 3: (20, 30), 4: (30, 40), 5: (40, 60)}

(TRACK,) = read_tracks()
TOPICS = {module.slug: {topic.slug for topic in module.topics} for module in TRACK.modules}
FILES = read_problems(Path(settings.BASE_DIR) / "catalog" / "problem_set")
EACH_PROBLEM = pytest.mark.parametrize("problem", FILES.records, ids=lambda problem: problem.id)


def test_the_set_has_no_fault() -> None:
    assert [str(fault) for fault in FILES.faults] == []


def test_each_of_the_14_modules_has_five_problems_and_there_are_70() -> None:
    counts = Counter(record.fields["module"] for record in FILES.records)

    assert set(counts) == set(TOPICS)
    assert min(counts.values()) >= 5
    assert counts.total() >= 70


def test_every_difficulty_occurs_and_the_first_batch_has_a_choice() -> None:
    """R085: the first tasks are of arrays-strings, difficulty 1-2, five to ten of them."""
    difficulties = Counter(record.fields["difficulty"] for record in FILES.records)
    first = [
        record
        for record in FILES.records
        if record.fields["module"] == "arrays-strings" and record.fields["difficulty"] <= 2
    ]

    assert set(difficulties) == {1, 2, 3, 4, 5}
    assert len(first) >= 5


def test_introduction_has_a_program_that_reads_stdin() -> None:
    kinds = {record.fields["kind"] for record in FILES.records if record.fields["module"] == "introduction"}

    assert kinds == {"function", "stdio"}


@EACH_PROBLEM
def test_a_problem_has_all_that_a_learner_needs(problem: ProblemRecord) -> None:
    fields = problem.fields

    assert set(fields["hints"]) == {"L1", "L2", "L3"}
    assert set(fields["solutions"]) == {"python", "javascript"}
    assert fields["constraints"].strip()
    assert len(fields["objectives"]) >= 2
    assert set(fields["topics"]) <= TOPICS[fields["module"]]
    if fields["kind"] == "function":
        assert set(fields["starter"]) == set(fields["entry_points"]) == {"python", "javascript"}


@EACH_PROBLEM
def test_a_problem_takes_the_time_that_its_difficulty_says(problem: ProblemRecord) -> None:
    low, high = MINUTES[problem.fields["difficulty"]]

    assert low <= problem.fields["minutes_target"] <= high


@EACH_PROBLEM
def test_hidden_tests_cover_edges_and_size(problem: ProblemRecord) -> None:
    categories = Counter(test["category"] for test in problem.fields["hidden_tests"])

    assert 2 <= len(problem.fields["visible_tests"]) <= 4
    assert len(problem.fields["hidden_tests"]) >= 6
    assert set(categories) <= {"basic", "edge", "large"}
    assert categories["edge"] >= 2
    assert categories["large"] >= 1


@EACH_PROBLEM
def test_no_test_is_there_twice(problem: ProblemRecord) -> None:
    tests = [*problem.fields["visible_tests"], *problem.fields["hidden_tests"]]

    assert len({repr(test["input"]) for test in tests}) == len(tests)


@EACH_PROBLEM
def test_hints_do_not_give_the_solution_away(problem: ProblemRecord) -> None:
    lines = {
        line.strip()
        for code in problem.fields["solutions"].values()
        for line in code.splitlines()
        if len(line.strip()) >= 25
    }

    for hint in problem.fields["hints"].values():
        assert not [line for line in lines if line in hint]
