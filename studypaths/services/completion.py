"""When a task is completed, and what its score does to mastery."""

from datetime import datetime
from typing import Any
from uuid import UUID

from studypaths.journal import Journal
from studypaths.mastery import mastery_after
from studypaths.models import StudyTask
from studypaths.path_config import is_complete
from studypaths.projection import MASTERY, Row
from studypaths.services.moves import change_status
from studypaths.states import TaskKind, TaskStatus


def complete_task(
    journal: Journal, task: Row, *, score: float, passed: bool, worked_until: datetime | None = None
) -> None:
    """Record the completion of a task in progress, with the new mastery of its topics (R092); a review has none.

    `worked_until` is when the learner was done with it, where that was not just now.
    """
    seconds = task["time_spent_seconds"]
    if seconds is None:
        seconds = int(((worked_until or journal.at) - task["started_at"]).total_seconds())
    change_status(
        journal,
        task,
        TaskStatus.COMPLETED,
        score=score,
        passed=passed,
        time_spent_seconds=max(seconds, 0),
        mastery=_mastery(journal, task, passed),
    )


def complete_if_due(journal: Journal, task: Row, *, worked_until: datetime | None = None) -> Row | None:
    """Complete a task in progress for whose judged attempts the path's policy says so (K-06); the completed task."""
    judged = task["metadata"].get("evaluation")
    if task["status"] != TaskStatus.IN_PROGRESS or not judged or not task["attempts"]:
        return None
    config = journal.path(task["path_id"])["config"]
    if not is_complete(config, passed=judged["passed_once"], attempts=task["attempts"]):
        return None
    complete_task(
        journal,
        task,
        score=judged["best_score"],
        passed=judged["passed_once"],
        worked_until=worked_until,
    )
    return journal.task(task["id"])


def complete_all_due(journal: Journal, path_id: UUID) -> list[Row]:
    """`complete_if_due` for the tasks in progress of a path, after its policy was changed; those completed."""
    in_progress = StudyTask.objects.filter(path_id=path_id, status=TaskStatus.IN_PROGRESS)
    ids = in_progress.order_by("id").values_list("id", flat=True)
    completed = [complete_if_due(journal, journal.task(task_id)) for task_id in ids]
    return [task for task in completed if task]


def _mastery(journal: Journal, task: Row, passed: bool) -> dict[str, Any]:
    """What passing a problem once more says is how well its solution is remembered: FSRS keeps that (ADR 0011)."""
    if task["kind"] == TaskKind.REVIEW:
        return {}
    learner_id = task["learner_id"]
    journal.load(MASTERY, [(learner_id, topic) for topic in task["topic_tags"]])
    return {
        topic: mastery_after(
            journal.row(MASTERY, learner_id, topic), difficulty=task["difficulty"], passed=passed
        )
        for topic in task["topic_tags"]
    }
