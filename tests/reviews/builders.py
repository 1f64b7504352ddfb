"""Completed tasks, review items and due reviews for tests, made as the services make them."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from reviews import services
from reviews.models import ReviewItem
from reviews.scheduling import item_id_of
from studypaths.journal import open_journal
from studypaths.models import StudyTask
from studypaths.projection import TASKS, Row
from studypaths.selectors import task_row
from studypaths.services.completion import complete_task
from studypaths.services.moves import change_status, record_on
from studypaths.services.tasks import start_task
from studypaths.states import TaskStatus
from tests.studypaths.builders import CO, MINUTE, NOON, me, new_path, new_tasks

DAY = timedelta(days=1)
BEAT = "system:beat"


def finish(
    task: Row,
    *,
    passed: bool = True,
    attempts: int = 1,
    hints: int = 0,
    minutes: int = 20,
    at: datetime | None = None,
) -> Row:
    """Work on a scheduled task for so many minutes until `at` and complete it; then what follows of its result."""
    done_at = at or task["scheduled_at"] + minutes * MINUTE
    learner_id = task["learner_id"]
    start_task(learner_id=learner_id, task_id=task["id"], by=me(learner_id), at=done_at - minutes * MINUTE)
    with open_journal(learner_ids=[learner_id], by="system:evaluations", at=done_at) as journal:
        record_on(
            journal,
            journal.task(task["id"]),
            "progress_reported",
            {"metadata": {}, "hints_used": hints, "time_spent_seconds": minutes * 60},
        )
        _judged(journal, journal.task(task["id"]), attempts, passed)
        complete_task(journal, journal.task(task["id"]), score=float(passed), passed=passed)
        services.after_result(journal, [journal.task(task["id"])])
        return journal.task(task["id"])


def _judged(journal: Any, task: Row, attempts: int, passed: bool) -> None:
    """As `evaluated` leaves the task; there is no row of an evaluation to it."""
    summary = {"verdict": "accepted" if passed else "wrong_answer", "score": float(passed)}
    for attempt in range(1, attempts + 1):
        record_on(
            journal,
            journal.task(task["id"]),
            "evaluated",
            {"attempts": attempt, "summary": summary, **NO_ROW},
        )


#: An `evaluated` event that belongs to no evaluation.
NO_ROW = {"evaluation_id": None}


def close(tasks: list[Row], status: TaskStatus, *, at: datetime) -> None:
    """Skip or expire open tasks, then what follows of that."""
    with open_journal(learner_ids=[t["learner_id"] for t in tasks], by=BEAT, at=at) as journal:
        journal.load(TASKS, [(task["id"],) for task in tasks])
        for task in tasks:
            change_status(journal, journal.task(task["id"]), status)
        services.after_result(journal, [journal.task(task["id"]) for task in tasks])


def solved(
    learner_id: UUID,
    path_id: UUID,
    problem_id: str = "longest-climb",
    *,
    at: datetime = NOON,
    columns: dict[str, Any] | None = None,
    **result: Any,
) -> ReviewItem:
    """The item of a problem that was just completed (passed unless `result` says otherwise)."""
    begun = at - timedelta(minutes=result.get("minutes", 20))
    task = new_tasks(learner_id, path_id, at=begun, problem_id=problem_id, **columns or {})[0]
    finish(task, at=at, **result)
    return item_of(learner_id, problem_id)


def item_of(learner_id: UUID, problem_id: str = "longest-climb") -> ReviewItem:
    return ReviewItem.objects.get(id=item_id_of(learner_id, problem_id))


def make_due(at: datetime, **arguments: Any) -> int:
    return services.make_due_tasks(by=BEAT, at=at, **arguments)


def review_tasks(learner_id: UUID) -> list[StudyTask]:
    """The learner's review tasks, oldest first."""
    return list(StudyTask.objects.filter(learner_id=learner_id, kind="review").order_by("id"))


def as_row(task: StudyTask) -> Row:
    """A stored task as services take it."""
    return task_row(task.id)


__all__ = [
    "BEAT",
    "CO",
    "DAY",
    "MINUTE",
    "NOON",
    "as_row",
    "close",
    "finish",
    "item_of",
    "make_due",
    "new_path",
    "review_tasks",
    "solved",
]
