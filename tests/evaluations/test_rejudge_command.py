"""manage.py rejudge: the matrix, who changes, applying and discarding, and what it says when it cannot."""

import json
from io import StringIO
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command

from common.ids import uuid7
from evaluations import services
from evaluations.judge import Verdict
from evaluations.models import Rejudging
from studypaths.models import TaskEvent
from tests.catalog.samples import a_problem, write_lines
from tests.evaluations.rejudged import applied, begun, new_tests, ready, tried
from tests.evaluations.scenes import (
    HALF_RIGHT,
    RIGHT,
    claimed,
    judged,
    stored,
    submitted,
    task_in_progress,
    tasks_in_progress,
)
from tests.studypaths.builders import MINUTE, NOON

ACCEPTED = (Verdict.ACCEPTED, 4)
HALF = (Verdict.WRONG_ANSWER, 2)


@pytest.fixture(autouse=True)
def nobody_types(monkeypatch: pytest.MonkeyPatch) -> None:
    """Questions of the command meet the end of the input."""
    monkeypatch.setattr("sys.stdin", StringIO(""))


def rejudge(*arguments: Any) -> str:
    told = StringIO()
    call_command("rejudge", *map(str, arguments), stdout=told, stderr=told)
    return told.getvalue()


def last_rejudging() -> Rejudging:
    return Rejudging.objects.latest("id")


@pytest.mark.django_db(transaction=True)
def test_a_problem_is_rejudged_here_and_applied(alice: UUID) -> None:
    """Two jobs, the real sandbox, and a learner who passed by tests that asked for too little."""
    lucky, right = tasks_in_progress(alice, 2)
    for task, code in ((lucky, HALF_RIGHT), (right, RIGHT)):
        submitted(task, code)
        services.finish(claimed(), judged(*ACCEPTED), at=NOON + 3 * MINUTE)
    new_tests()

    told = rejudge("shout", "--jobs", 2, "--reason", "Too lenient.", "--yes")

    assert "2 of 2 judged, 1 changed" in told
    assert "accepted -> wrong_answer" in told
    assert "the task is not passed any more" in told
    assert "mastery of string-scan" in told
    assert "is applied: 1 confirmed, 1 applied" in told
    assert (stored(lucky).passed, stored(right).passed) == (False, True)


def test_without_an_answer_nothing_is_applied(alice: UUID) -> None:
    task = task_in_progress(alice)
    tried(task, HALF)
    new_tests()
    rejudging = ready()

    with pytest.raises(CommandError, match="Nothing was changed"):
        rejudge("--apply", rejudging.id)

    assert stored(task).passed is None
    assert last_rejudging().state == "ready"


def test_applying_and_discarding_by_id(alice: UUID) -> None:
    first, second = tasks_in_progress(alice, 2)
    tried(first, HALF)
    new_tests()
    rejudge("--apply", ready().id, "--yes")
    tried(second, HALF, at=NOON + 90 * MINUTE)
    new_tests(statement="Shout it.")

    told = rejudge("--discard", ready(at=NOON + 99 * MINUTE).id, "--yes")

    assert "nothing was changed" in told
    assert (stored(first).passed, stored(second).passed) == (True, None)


def test_what_is_left_after_applying_is_said(alice: UUID) -> None:
    first, second = tasks_in_progress(alice, 2)
    tried(first, HALF)
    new_tests()
    rejudging = ready()
    tried(second, HALF)

    told = rejudge("--apply", rejudging.id, "--yes")

    assert "1 submissions were not judged by version 2" in told
    assert "manage.py rejudge shout takes them" in told


def test_json_has_the_matrix_and_everybody_who_changes(alice: UUID) -> None:
    task = task_in_progress(alice)
    tried(task, HALF)
    new_tests()
    rejudging = ready()

    told = json.loads(rejudge("--show", rejudging.id, "--json"))

    assert told["matrix"] == [{"old": "wrong_answer", "new": "accepted", "submissions": 1}]
    [change] = told["changes"]
    assert (change["user_id"], change["task_id"]) == ("alice", str(task["id"]))
    assert change["old"] == {"version": 1, "verdict": "wrong_answer", "score": 0.5}
    assert change["new"] == {"verdict": "accepted", "score": 1.0}
    assert change["follows"] == [
        "the task is completed, passed", "score of the task none -> 1", "mastery of string-scan 0 -> 20",
    ]  # fmt: skip
    assert (told["state"], told["submissions"], told["changed"]) == ("ready", 1, 1)


def test_rejudgings_are_listed(alice: UUID) -> None:
    assert "There was no rejudging yet" in rejudge("--list")
    tried(task_in_progress(alice), HALF)
    new_tests()
    rejudging = begun()

    told = rejudge("--list")

    assert str(rejudging.id) in told
    assert "0 / 1" in told


def test_it_can_be_left_to_the_workers(alice: UUID) -> None:
    tried(task_in_progress(alice), HALF)
    new_tests()

    told = rejudge("shout", "--no-wait")

    assert "1 submissions are waiting" in told
    assert last_rejudging().state == "judging"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nonsense"], "There is no problem nonsense"),
        (["shout"], "Nothing was submitted to shout"),
        ([], "Name a problem"),
        (["--show", uuid7()], "There is no rejudging"),
        (["--apply", uuid7(), "--yes"], "There is no rejudging"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(alice: UUID, arguments: list[Any], said: str) -> None:
    with pytest.raises(CommandError, match=said) as refused:
        rejudge(*arguments)

    assert refused.value.returncode == 1


@pytest.mark.parametrize("act", ["--apply", "--discard"])
def test_what_is_applied_stays_applied(alice: UUID, act: str) -> None:
    tried(task_in_progress(alice), HALF)
    new_tests()
    rejudging = applied(ready())

    with pytest.raises(CommandError, match="The rejudging is applied"):
        rejudge(act, rejudging.id, "--yes")

    assert TaskEvent.objects.filter(event_type="rejudged").count() == 1


def test_an_import_names_the_command_when_older_tests_judged_something(alice: UUID, tmp_path: Path) -> None:
    tried(task_in_progress(alice), HALF)
    new_tests()
    call = {
        "params": ["text"],
        "visible_tests": [{"input": {"text": "a"}, "expected": "A"}],
        "hidden_tests": [],
    }
    changed = a_problem(id="shout", **call)
    told = StringIO()

    call_command("import_problems", str(write_lines(tmp_path / "problems.jsonl", changed)), stdout=told)

    assert "shout: 1 submission was judged by older tests. manage.py rejudge shout" in told.getvalue()
