"""Acts on tasks through the services (007, 008-2, R015, R059, R063, R072)."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from accounts.models import Learner
from common.errors import NotFound
from common.ids import uuid7
from studypaths.generation.success import updated_value
from studypaths.models import ChainHead, Mastery, StudyTask, TaskEvent
from studypaths.rebuild import check_learners
from studypaths.services import tasks
from studypaths.services.moves import IllegalTransition
from studypaths.services.paths import PathNotActive
from studypaths.services.tasks import MetadataTooLarge, NothingScheduled, TaskClosed, TaskOverdue
from studypaths.states import TaskStatus
from studypaths.verification import verify_learners
from tests.callers import Caller
from tests.studypaths.builders import (
    CO,
    MINUTE,
    NOON,
    me,
    new_path,
    new_task,
    new_tasks,
    planned,
    started_task,
)


@pytest.fixture
def alice(learner: Caller) -> UUID:
    assert learner.learner_id is not None
    return learner.learner_id


def event_types(task_id: UUID) -> list[str]:
    events = TaskEvent.objects.filter(task_id=task_id).order_by("sequence")
    return list(events.values_list("event_type", flat=True))


def start(alice: UUID, task_id: UUID) -> None:
    tasks.start_task(learner_id=alice, task_id=task_id, by=me(alice), at=NOON + MINUTE)


def skip(alice: UUID, task_id: UUID) -> None:
    tasks.skip_task(learner_id=alice, task_id=task_id, reason="", by=me(alice), at=NOON + MINUTE)


def test_starting_a_task_records_when_and_by_whom(alice: UUID) -> None:
    task = new_task(alice)

    started = tasks.start_task(learner_id=alice, task_id=task["id"], by=me(alice), at=NOON + MINUTE)

    assert (started["status"], started["started_at"]) == ("in_progress", NOON + MINUTE)
    event = TaskEvent.objects.get(task_id=task["id"], event_type="started")
    assert (event.actor, event.occurred_at) == (me(alice), NOON + MINUTE)


def test_a_started_task_cannot_be_started_again_and_leaves_no_event(alice: UUID) -> None:
    task = started_task(alice)

    with pytest.raises(IllegalTransition, match="in_progress"):
        start(alice, task["id"])

    assert event_types(task["id"]) == ["created", "started"]
    assert check_learners([alice]).differences == []


@pytest.mark.parametrize("end", ["skipped", "expired"])
def test_a_closed_task_takes_no_further_act(alice: UUID, end: str) -> None:
    task = new_task(alice)
    if end == "skipped":
        skip(alice, task["id"])
    else:
        tasks.expire_overdue_tasks(by=CO, at=NOON + timedelta(days=7))
    before = ChainHead.objects.get(learner_id=alice).sequence

    with pytest.raises(IllegalTransition):
        start(alice, task["id"])
    with pytest.raises(IllegalTransition):
        skip(alice, task["id"])

    assert StudyTask.objects.get(id=task["id"]).status == end
    assert ChainHead.objects.get(learner_id=alice).sequence == before


def test_every_terminal_move_appends_status_changed(alice: UUID) -> None:
    """R063."""
    skipped, expired, completed = new_tasks(alice, new_path(alice)["id"], 3)
    skip(alice, skipped["id"])
    start(alice, completed["id"])
    report_completed(alice, completed["id"], 1.0)
    tasks.expire_overdue_tasks(by=CO, at=NOON + timedelta(days=7))

    for task in (skipped, expired, completed):
        [moved] = TaskEvent.objects.filter(task_id=task["id"], event_type="status_changed")
        assert moved.payload["to"] == StudyTask.objects.get(id=task["id"]).status


def report_completed(alice: UUID, task_id: UUID, score: float) -> dict[str, object]:
    return tasks.report_progress(
        learner_id=alice,
        task_id=task_id,
        status=TaskStatus.COMPLETED,
        score=score,
        measured={"metadata": {"runtime_ms": 12}, "hints_used": 2},
        by=CO,
        at=NOON + 10 * MINUTE,
    )


def test_a_service_reports_metrics_and_completion(alice: UUID) -> None:
    """R065."""
    task = started_task(alice)

    done = report_completed(alice, task["id"], 0.5)

    assert (done["status"], done["score"], done["passed"]) == ("completed", 0.5, False)
    assert (done["hints_used"], done["metadata"]) == (2, {"runtime_ms": 12})
    assert done["time_spent_seconds"] == 9 * 60
    assert event_types(task["id"]) == [
        "created", "started", "progress_reported", "status_changed", "review_scheduled",
    ]  # fmt: skip


def test_what_a_closed_task_counts_stays(alice: UUID) -> None:
    task = started_task(alice)
    report_completed(alice, task["id"], 1.0)
    later: dict[str, Any] = {"learner_id": alice, "task_id": task["id"], "by": CO, "at": NOON + 20 * MINUTE}

    noted = tasks.report_progress(**later, measured={"metadata": {"note": "seen"}})

    assert noted["metadata"]["note"] == "seen"
    for measured in ({"hints_used": 9}, {"time_spent_seconds": 1, "metadata": {}}):
        with pytest.raises(TaskClosed):
            tasks.report_progress(**later, measured=dict(measured))


def test_metadata_does_not_grow_for_ever(alice: UUID) -> None:
    task = started_task(alice)
    report: dict[str, Any] = {"learner_id": alice, "task_id": task["id"], "by": CO, "at": NOON + MINUTE}
    tasks.report_progress(**report, measured={"metadata": {"first": "x" * 40_000}})

    with pytest.raises(MetadataTooLarge):
        tasks.report_progress(**report, measured={"metadata": {"second": "x" * 40_000}})


def test_completion_by_a_service_moves_mastery_too(alice: UUID) -> None:
    """R092."""
    task = started_task(alice)

    report_completed(alice, task["id"], 1.0)

    assert list(Mastery.objects.values_list("topic", "value", "observations")) == [
        ("string-scan", updated_value(None, difficulty=1, passed=True), 1)
    ]


def test_a_scheduled_task_cannot_be_completed(alice: UUID) -> None:
    task = new_task(alice)

    with pytest.raises(IllegalTransition):
        report_completed(alice, task["id"], 1.0)

    assert event_types(task["id"]) == ["created"]


def test_a_stranger_has_no_such_task(alice: UUID, stranger: Caller) -> None:
    task = new_task(alice)
    assert stranger.learner_id is not None

    with pytest.raises(NotFound):
        tasks.start_task(
            learner_id=stranger.learner_id, task_id=task["id"], by=me(stranger.learner_id), at=NOON
        )

    assert event_types(task["id"]) == ["created"]


def test_a_batch_is_all_or_nothing(alice: UUID) -> None:
    """R070: the second task breaks a constraint of the table, so the first is not there either."""
    path = new_path(alice)

    with pytest.raises(Exception, match="study_tasks_expire_after_they_are_scheduled"):
        tasks.create_tasks_batch(
            learner_id=alice, path_id=path["id"], tasks=[planned(), planned(expires_at=NOON)], by=CO, at=NOON
        )


def test_no_task_is_added_to_a_superseded_path(alice: UUID) -> None:
    old = new_path(alice)
    new_path(alice, at=NOON + MINUTE)

    with pytest.raises(PathNotActive):
        new_tasks(alice, old["id"])


def test_the_next_task_is_the_one_in_progress_then_the_first_scheduled(alice: UUID) -> None:
    path = new_path(alice)
    late, early = new_tasks(alice, path["id"], at=NOON + MINUTE), new_tasks(alice, path["id"])
    first = tasks.start_next_task(learner_id=alice, track_id=None, by=me(alice), at=NOON + 2 * MINUTE)

    again = tasks.start_next_task(learner_id=alice, track_id=None, by=me(alice), at=NOON + 3 * MINUTE)

    assert first["id"] == early[0]["id"]
    assert again["id"] == first["id"], "K-05: a second tab starts no second task"
    assert late[0]["status"] == "scheduled"


def test_tasks_of_a_superseded_path_are_not_next(alice: UUID) -> None:
    new_task(alice)
    new_path(alice, at=NOON + MINUTE)

    with pytest.raises(NothingScheduled):
        tasks.next_task_id(learner_id=alice, track_id=None, at=NOON + MINUTE)


def test_an_overdue_task_cannot_be_started_before_the_sweep_comes(alice: UUID) -> None:
    task = new_task(alice)

    with pytest.raises(TaskOverdue):
        tasks.start_task(learner_id=alice, task_id=task["id"], by=me(alice), at=task["expires_at"])
    with pytest.raises(NothingScheduled):
        tasks.next_task_id(learner_id=alice, track_id=None, at=task["expires_at"])


def test_expiry_takes_scheduled_tasks_only_and_counts_them(alice: UUID) -> None:
    """007-6, K-08, K-09: seven days after the schedule, never while in progress."""
    path = new_path(alice)
    waiting, working = new_tasks(alice, path["id"], 2)
    later = new_tasks(alice, path["id"], at=NOON + timedelta(days=1))[0]
    start(alice, working["id"])

    expired = tasks.expire_overdue_tasks(by=CO, at=NOON + timedelta(days=7))
    again = tasks.expire_overdue_tasks(by=CO, at=NOON + timedelta(days=7))

    assert (expired, again) == (1, 0)
    statuses = dict(StudyTask.objects.values_list("id", "status"))
    assert statuses == {waiting["id"]: "expired", working["id"]: "in_progress", later["id"]: "scheduled"}


def test_expiry_of_many_learners_goes_in_chunks_and_keeps_every_chain(db: None) -> None:
    learners = [Learner.objects.create(user_id=f"learner-{number}").id for number in range(7)]
    for each in learners:
        new_tasks(each, new_path(each)["id"], 3)

    expired = tasks.expire_overdue_tasks(by=CO, at=NOON + timedelta(days=8), chunk=5)

    assert expired == 21
    assert verify_learners(learners).breaks == []
    assert check_learners(learners).differences == []


def test_a_reported_skip_keeps_its_reason(alice: UUID) -> None:
    task = new_task(alice)

    skipped = tasks.skip_task(learner_id=alice, task_id=task["id"], reason="known", by=me(alice), at=NOON)

    assert skipped["metadata"] == {"reason": "known"}


def test_an_unknown_task_is_not_found(alice: UUID) -> None:
    with pytest.raises(NotFound):
        start(alice, uuid7())
