"""manage.py rejudge: the matrix, who changes, applying and discarding, and what it says when it cannot."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from io import StringIO
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command

from common.ids import uuid7
from evaluations import services
from evaluations.judge import Verdict
from evaluations.models import Rejudging, RejudgingItem
from evaluations.rejudging.judging import judge_all
from studypaths.mastery import mastery_after
from studypaths.models import TaskEvent
from tests.catalog.samples import a_problem, write_lines
from tests.conftest import new_learner
from tests.evaluations.rejudged import applied, begun, new_tests, ready, tried
from tests.evaluations.scenes import (
    HALF_RIGHT,
    RIGHT,
    claimed,
    evaluation,
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


def test_newer_tests_are_named_before_somebody_decides(alice: UUID) -> None:
    tried(task_in_progress(alice), HALF)
    new_tests()
    rejudging = ready()
    assert "newer" not in rejudge("--show", rejudging.id)
    assert json.loads(rejudge("--show", rejudging.id, "--json"))["warning"] is None
    new_tests(statement="Shout it.")

    shown = rejudge("--show", rejudging.id)
    document = json.loads(rejudge("--show", rejudging.id, "--json"))
    decided = rejudge("--apply", rejudging.id, "--yes")

    for told in (shown, document["warning"], decided):
        assert "Version 3 of the tests is newer than version 2" in told
    assert "newer" not in rejudge("--show", rejudging.id)


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
    once = mastery_after(None, difficulty=1, passed=True)["value"]
    assert (change["user_id"], change["task_id"]) == ("alice", str(task["id"]))
    assert change["old"] == {"version": 1, "verdict": "wrong_answer", "score": 0.5}
    assert change["new"] == {"verdict": "accepted", "score": 1.0}
    assert change["follows"] == [
        "the task is completed, passed", "score of the task none -> 1", f"mastery of string-scan 0 -> {once:g}",
    ]  # fmt: skip
    assert (told["state"], told["submissions"], told["changed"]) == ("ready", 1, 1)


@pytest.mark.django_db(transaction=True)
def test_a_program_that_applies_at_once_gets_one_document(alice: UUID) -> None:
    task = task_in_progress(alice)
    tried(task, HALF)
    new_tests()

    told = json.loads(rejudge("shout", "--jobs", 1, "--yes", "--json"))

    assert (told["state"], told["states"], told["changed"]) == ("applied", {"applied": 1}, 1)
    assert [change["state"] for change in told["changes"]] == ["applied"]


def test_whatever_is_done_can_be_told_as_json(alice: UUID) -> None:
    tried(task_in_progress(alice), HALF)
    new_tests()

    begun = json.loads(rejudge("shout", "--no-wait", "--json"))
    [listed] = json.loads(rejudge("--list", "--json"))
    discarded = json.loads(rejudge("--discard", begun["id"], "--yes", "--json"))

    assert (begun["state"], begun["states"]) == ("judging", {"waiting": 1})
    assert listed == {name: begun[name] for name in listed}
    assert (discarded["state"], discarded["states"]) == ("discarded", {"cancelled": 1})


def test_a_program_is_not_asked(alice: UUID, capsys: pytest.CaptureFixture[str]) -> None:
    tried(task_in_progress(alice), HALF)
    new_tests()
    rejudging = ready()

    with pytest.raises(CommandError, match="give --yes"):
        rejudge("--apply", rejudging.id, "--json")

    assert capsys.readouterr().out == ""


def test_ids_are_shown_whole_whatever_else_the_row_holds(bob: UUID) -> None:
    learner_id = new_learner("a-learner-with-a-name-" * 5)
    task = task_in_progress(learner_id)
    [evaluation_id] = tried(task, HALF)
    new_tests()

    told = rejudge("--show", ready().id)

    assert str(task["id"]) in told
    assert str(evaluation(evaluation_id).submission_id) in told


SLOW = """
import time

def shout(text):
    until = time.process_time() + 0.5
    while time.process_time() < until:
        pass
    return text.upper()
"""


@pytest.mark.django_db(transaction=True)
def test_judging_here_stops_after_the_submission_it_is_at(alice: UUID) -> None:
    """Ctrl-C: what is left waits for the workers, and nothing was begun that nobody finishes."""
    for task in tasks_in_progress(alice, 3):
        submitted(task, SLOW)
        services.finish(claimed(), judged(*HALF), at=NOON + 3 * MINUTE)
    new_tests()
    rejudging = begun()
    stopped = threading.Event()

    with ThreadPoolExecutor(1) as pool:
        judging = pool.submit(judge_all, rejudging.id, stopped)
        while not RejudgingItem.objects.filter(state="running").exists() and not judging.done():
            pass
        stopped.set()
        judging.result()

    assert sorted(rejudging.items.values_list("state", flat=True)) == ["judged", "waiting", "waiting"]


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


def test_a_reason_that_does_not_fit_is_refused(alice: UUID) -> None:
    tried(task_in_progress(alice), HALF)
    new_tests()

    with pytest.raises(CommandError, match="more than 500 characters"):
        rejudge("shout", "--no-wait", "--reason", "x" * 501)

    assert not Rejudging.objects.exists()


def test_before_anything_is_judged_there_is_no_matrix(alice: UUID) -> None:
    tried(task_in_progress(alice), HALF)
    new_tests()

    told = rejudge("--show", begun().id)

    assert told.splitlines()[0].endswith("judging, 0 of 1 judged, 0 changed.")
    assert "from" not in told


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
