"""Versions of a path side by side: what was served on each of them, and what the learner had of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import fmean
from typing import NamedTuple
from uuid import UUID

from django.db import connection

from studypaths.mastery import UNKNOWN
from studypaths.projection import Row
from studypaths.states import PathStatus

BAND = (0.60, 0.75)  # predicted success at which practice teaches most (docs/learning.md)

SERVED = """
    SELECT passed, difficulty, time_spent_seconds, (decision->>'predicted_success')::float FROM study_tasks
    WHERE path_id = %s AND status IN ('completed', 'skipped')
    ORDER BY coalesce(completed_at, started_at, updated_at), id
"""
# By the unique index of (learner, sequence) of each partition.
MASTERY_VALUES = """
    SELECT e.path_id, e.occurred_at, topic, (after->>'value')::float
    FROM task_events e CROSS JOIN LATERAL jsonb_each(e.payload->'mastery') mastery (topic, after)
    WHERE e.learner_id = %s AND e.event_type IN ('status_changed', 'rejudged') ORDER BY e.sequence
"""


class Served(NamedTuple):
    """A task that was completed or skipped. `passed` is None where it was skipped; `predicted` success is 0-1."""

    passed: bool | None
    difficulty: int
    seconds: int | None
    predicted: float | None


class Valued(NamedTuple):
    """Mastery (0-100) of a topic from `at` on, by a task of the path."""

    path_id: UUID
    at: datetime
    topic: str
    value: float


@dataclass(frozen=True, slots=True)
class MasteryGained:
    """Mean mastery (0-100) of the topics practised on a path: when it began, and when it was closed or now."""

    topics: int
    then: float | None
    now: float | None


@dataclass(frozen=True, slots=True)
class PathFigures:
    """What a path came to. Shares are 0-1, and null where there is nothing to take them of."""

    path_id: UUID
    algorithm_version: str
    status: str
    created_at: datetime
    closed_at: datetime | None
    served: int
    completed: int
    success_rate: float | None
    mean_difficulty: float | None
    longest_run_of_failures: int
    predicted: int
    share_in_band: float | None
    minutes_per_task: float | None
    mastery: MasteryGained


def figures_of(paths: Sequence[Row]) -> list[PathFigures]:
    """The figures of paths of one learner, in their order. One query, and one for each path."""
    with connection.cursor() as cursor:
        cursor.execute(MASTERY_VALUES, [paths[0]["learner_id"]])
        values = [Valued(*row) for row in cursor.fetchall()]
        served = []
        for path in paths:
            cursor.execute(SERVED, [path["id"]])
            served.append([Served(*row) for row in cursor.fetchall()])
    return [summary(path, tasks, values) for path, tasks in zip(paths, served, strict=True)]


def summary(path: Row, served: Sequence[Served], values: Iterable[Valued]) -> PathFigures:
    """The figures of a path by its tasks in the order of serving and the mastery of its learner."""
    outcomes = [task.passed for task in served if task.passed is not None]
    predicted = [task.predicted for task in served if task.predicted is not None]
    low, high = BAND
    closed_at = None if path["status"] == PathStatus.ACTIVE else path["updated_at"]
    return PathFigures(
        path_id=path["id"],
        algorithm_version=path["algorithm_version"],
        status=path["status"],
        created_at=path["created_at"],
        closed_at=closed_at,
        served=len(served),
        completed=len(outcomes),
        success_rate=_mean(outcomes),
        mean_difficulty=_mean([task.difficulty for task in served]),
        longest_run_of_failures=_longest_run(outcomes),
        predicted=len(predicted),
        share_in_band=_mean([low <= chance <= high for chance in predicted]),
        minutes_per_task=_mean([task.seconds / 60 for task in served if task.seconds is not None]),
        mastery=_mastery(path, closed_at, values),
    )


def _mean(values: Sequence[float]) -> float | None:
    return round(fmean(values), 4) if values else None


def _longest_run(outcomes: Iterable[bool]) -> int:
    longest = run = 0
    for passed in outcomes:
        run = 0 if passed else run + 1
        longest = max(longest, run)
    return longest


def _mastery(path: Row, closed_at: datetime | None, values: Iterable[Valued]) -> MasteryGained:
    then: dict[str, float] = {}
    now: dict[str, float] = {}
    topics: set[str] = set()
    for valued in values:
        if valued.at <= path["created_at"]:
            then[valued.topic] = valued.value
        if closed_at is None or valued.at <= closed_at:
            now[valued.topic] = valued.value
        if valued.path_id == path["id"]:
            topics.add(valued.topic)
    practised = sorted(topics & now.keys())
    return MasteryGained(
        topics=len(practised),
        then=_mean([then.get(topic, UNKNOWN) for topic in practised]),
        now=_mean([now[topic] for topic in practised]),
    )
