"""How tasks come into the record: planned by a service, chosen by a planner, planned anew."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from common.ids import uuid7
from studypaths.generation import Choice
from studypaths.journal import Journal
from studypaths.projection import PLANNED_COLUMNS, TASKS, Row
from studypaths.services.moves import record_on
from studypaths.states import TaskKind


def record_task(journal: Journal, *, learner_id: UUID, path_id: UUID, task: dict[str, Any]) -> Row:
    """Record `created` for a task of a path whose log is open; `expires_at` follows from the path's config."""
    days = journal.path(path_id)["config"]["expire_after_days"]
    task_id = uuid7()
    journal.record(
        "created",
        learner_id=learner_id,
        path_id=path_id,
        task_id=task_id,
        payload={"expires_at": task["scheduled_at"] + timedelta(days=days), **task},
    )
    return journal.recorded(TASKS, task_id)


def record_choice(journal: Journal, *, learner_id: UUID, path_id: UUID, choice: Choice) -> Row:
    """Record `created` for a planner's choice."""
    task = {**_planned(choice), "kind": TaskKind.PROBLEM, "scheduled_at": journal.at, "metadata": {}}
    return record_task(journal, learner_id=learner_id, path_id=path_id, task=task)


def record_replanned(journal: Journal, *, task_id: UUID, choice: Choice) -> Row:
    """Record `task_replanned` for a scheduled task: the same task, another problem."""
    task = journal.task(task_id)
    before = {column: task[column] for column in PLANNED_COLUMNS if column != "decision"}
    record_on(journal, task, "task_replanned", {**_planned(choice), "before": before})
    return journal.task(task_id)


def _planned(choice: Choice) -> dict[str, Any]:
    candidate = choice.candidate
    return {
        "problem_id": candidate.problem_id,
        "problem_version": candidate.problem_version,
        "module": candidate.module,
        "topic_tags": list(candidate.topics),
        "difficulty": candidate.difficulty,
        "decision": {**choice.decision, "minutes_target": candidate.minutes_target},
    }
