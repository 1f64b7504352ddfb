"""Paths and tasks for tests, made through the services."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from common.ids import uuid7
from studypaths.path_config import complete_config
from studypaths.projection import Row
from studypaths.services import paths, tasks

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
CO = "service:curriculum-orchestrator"


def me(learner_id: UUID) -> str:
    """The learner as an actor."""
    return f"learner:{learner_id}"


def new_path(learner_id: UUID, *, at: datetime = NOON, **config: Any) -> Row:
    """An active path without tasks."""
    plan = paths.PathPlan(uuid7(), "coding-interview-meta", complete_config({}, config), [])
    return paths.create_path(learner_id=learner_id, plan=plan, by=me(learner_id), at=at).path


def planned(problem_id: str = "longest-climb", *, at: datetime = NOON, **columns: Any) -> dict[str, Any]:
    """The columns of a new task."""
    return {
        "problem_id": problem_id,
        "problem_version": 1,
        "module": "arrays-strings",
        "topic_tags": ["string-scan"],
        "difficulty": 1,
        "kind": "problem",
        "scheduled_at": at,
        "metadata": {},
        "decision": {},
        **columns,
    }


def new_tasks(
    learner_id: UUID, path_id: UUID, count: int = 1, *, at: datetime = NOON, **columns: Any
) -> list[Row]:
    """Scheduled tasks of a path."""
    return tasks.create_tasks_batch(
        learner_id=learner_id,
        path_id=path_id,
        tasks=[planned(at=at, **columns) for _ in range(count)],
        by=CO,
        at=at,
    )


def new_task(learner_id: UUID, *, at: datetime = NOON, **config: Any) -> Row:
    """One scheduled task on a new path."""
    return new_tasks(learner_id, new_path(learner_id, at=at, **config)["id"], at=at)[0]


def started_task(learner_id: UUID, *, at: datetime = NOON, **config: Any) -> Row:
    """One task in progress on a new path."""
    task = new_task(learner_id, at=at, **config)
    return tasks.start_task(learner_id=learner_id, task_id=task["id"], by=me(learner_id), at=at + MINUTE)
