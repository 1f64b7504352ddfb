"""What the rows are, given the events: the one definition that living through an act and replaying the log share.

A projection names the columns that the log determines and folds events into rows. Everything here is pure: copies in,
copies out, no clock, no database. Rows hold Python types (UUID, aware datetime, dict for JSON columns).
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from studypaths.events import Event

Row = dict[str, Any]
Key = tuple[Any, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Projection:
    """How one table follows from the log.

    `keys` lists the rows that an event touches; events of the types in `creates` make a row that was not there before.
    A table may also have columns that the log does not know, such as the lease of a running evaluation: `resets` are
    those that every recorded change sets to NULL, `read_as` gives the SQL under which a shared column is the log's.
    """

    table: str
    key_columns: tuple[str, ...]
    columns: tuple[str, ...]
    json_columns: frozenset[str]
    event_types: frozenset[str]
    creates: frozenset[str]
    keys: Callable[[Event], Iterable[Key]]
    apply: Callable[[Row | None, Event, Key], Row]
    binary_columns: frozenset[str] = frozenset()
    read_as: Mapping[str, str] = field(default_factory=dict)
    resets: tuple[str, ...] = ()

    def key_of(self, row: Row) -> Key:
        return tuple(row[column] for column in self.key_columns)


class BrokenLog(Exception):
    """An event refers to a row that no earlier event made."""


def instant(text: str) -> datetime:
    """An instant out of a payload."""
    return datetime.fromisoformat(text)


def existing(row: Row | None, event: Event) -> Row:
    """A copy of the row that `event` continues; `BrokenLog` when there is none."""
    if row is None:
        raise BrokenLog(
            f"event {event.sequence} of learner {event.learner_id} changes a row that was never made"
        )
    return dict(row)


# study_paths


def _path_keys(event: Event) -> list[Key]:
    return [(event.path_id,)]


def apply_to_path(row: Row | None, event: Event, key: Key) -> Row:
    """A path after `event`: `path_created`, `path_config_changed`, `path_superseded`."""
    payload = event.payload
    if event.event_type == "path_created":
        supersedes = payload["supersedes"]
        return {
            "id": key[0],
            "learner_id": event.learner_id,
            "track_id": payload["track_id"],
            "config": payload["config"],
            "status": "active",
            "algorithm_version": payload["algorithm_version"],
            "supersedes_id": supersedes and UUID(supersedes),
            "version": 1,
            "created_at": event.occurred_at,
            "updated_at": event.occurred_at,
        }
    path = existing(row, event)
    if event.event_type == "path_config_changed":
        path["config"] = payload["config"]
    else:
        path["status"] = "superseded"
    path["version"] += 1
    path["updated_at"] = event.occurred_at
    return path


PATHS = Projection(
    table="study_paths",
    key_columns=("id",),
    columns=(
        "id", "learner_id", "track_id", "config", "status", "algorithm_version", "supersedes_id", "version",
        "created_at", "updated_at",
    ),
    json_columns=frozenset({"config"}),
    event_types=frozenset({"path_created", "path_config_changed", "path_superseded"}),
    creates=frozenset({"path_created"}),
    keys=_path_keys,
    apply=apply_to_path,
)  # fmt: skip


# study_tasks


def _created(event: Event, key: Key) -> Row:
    payload = event.payload
    return {
        "id": key[0],
        "path_id": event.path_id,
        "learner_id": event.learner_id,
        "problem_id": payload["problem_id"],
        "problem_version": payload["problem_version"],
        "module": payload["module"],
        "topic_tags": payload["topic_tags"],
        "difficulty": payload["difficulty"],
        "kind": payload["kind"],
        "status": "scheduled",
        "scheduled_at": instant(payload["scheduled_at"]),
        "expires_at": instant(payload["expires_at"]),
        "started_at": None,
        "completed_at": None,
        "score": None,
        "passed": None,
        "attempts": 0,
        "time_spent_seconds": None,
        "hints_used": 0,
        "metadata": payload["metadata"],
        "decision": payload["decision"],
        "version": 1,
        "created_at": event.occurred_at,
        "updated_at": event.occurred_at,
    }


def _started(task: Row, event: Event) -> None:
    task["status"] = "in_progress"
    task["started_at"] = event.occurred_at


PLANNED_COLUMNS = ("problem_id", "problem_version", "module", "topic_tags", "difficulty", "decision")


def _replanned(task: Row, event: Event) -> None:
    """Another problem takes the place of the one planned before; the task was not started."""
    task.update({column: event.payload[column] for column in PLANNED_COLUMNS})


def _evaluated(task: Row, event: Event) -> None:
    task["attempts"] = event.payload["attempts"]
    task["metadata"] = {**task["metadata"], "evaluation": event.payload["summary"]}


def _rejudged(task: Row, event: Event) -> None:
    """A completed task stays completed; its outcome is corrected where its evaluations had decided it."""
    task["metadata"] = {**task["metadata"], "evaluation": event.payload["summary"]}
    if outcome := event.payload["outcome"]:
        task["score"] = outcome["score"]
        task["passed"] = outcome["passed"]


def _status_changed(task: Row, event: Event) -> None:
    payload = event.payload
    task["status"] = payload["to"]
    if payload["to"] == "completed":
        task["completed_at"] = event.occurred_at
        task["score"] = payload["score"]
        task["passed"] = payload["passed"]
        task["time_spent_seconds"] = payload["time_spent_seconds"]
    elif payload.get("reason"):
        task["metadata"] = {**task["metadata"], "reason": payload["reason"]}


def _progress_reported(task: Row, event: Event) -> None:
    payload = event.payload
    task["metadata"] = {**task["metadata"], **payload["metadata"]}
    for column in ("time_spent_seconds", "hints_used"):
        if column in payload:
            task[column] = payload[column]


def _no_change(task: Row, event: Event) -> None:
    """The event belongs to the task's story and changes none of its columns but `version`."""


TASK_CHANGES: dict[str, Callable[[Row, Event], None]] = {
    "task_replanned": _replanned,
    "started": _started,
    "submitted": _no_change,
    "evaluation_requested": _no_change,
    "evaluated": _evaluated,
    "rejudged": _rejudged,
    "status_changed": _status_changed,
    "progress_reported": _progress_reported,
}


def _task_keys(event: Event) -> list[Key]:
    return [(event.task_id,)]


def apply_to_task(row: Row | None, event: Event, key: Key) -> Row:
    """A task after `event`. Every event of a task counts into its `version`."""
    if event.event_type == "created":
        return _created(event, key)
    task = existing(row, event)
    TASK_CHANGES[event.event_type](task, event)
    task["version"] += 1
    task["updated_at"] = event.occurred_at
    return task


TASKS = Projection(
    table="study_tasks",
    key_columns=("id",),
    columns=(
        "id", "path_id", "learner_id", "problem_id", "problem_version", "module", "topic_tags", "difficulty", "kind",
        "status", "scheduled_at", "expires_at", "started_at", "completed_at", "score", "passed", "attempts",
        "time_spent_seconds", "hints_used", "metadata", "decision", "version", "created_at", "updated_at",
    ),
    json_columns=frozenset({"metadata", "decision"}),
    event_types=frozenset({"created", *TASK_CHANGES}),
    creates=frozenset({"created"}),
    keys=_task_keys,
    apply=apply_to_task,
)  # fmt: skip


# mastery


def _mastery_keys(event: Event) -> list[Key]:
    return [(event.learner_id, topic) for topic in event.payload.get("mastery", ())]


def apply_to_mastery(row: Row | None, event: Event, key: Key) -> Row:
    """Mastery of one topic after a completion, or the correction of one.

    The value stands in the event: a new formula rewrites no past.
    """
    learner_id, topic = key
    after = event.payload["mastery"][topic]
    return {
        "learner_id": learner_id,
        "topic": topic,
        "value": after["value"],
        "observations": after["observations"],
        "model_version": after["model_version"],
        "updated_at": event.occurred_at,
    }


MASTERY = Projection(
    table="mastery",
    key_columns=("learner_id", "topic"),
    columns=("learner_id", "topic", "value", "observations", "model_version", "updated_at"),
    json_columns=frozenset(),
    event_types=frozenset({"status_changed", "rejudged"}),
    creates=frozenset(),
    keys=_mastery_keys,
    apply=apply_to_mastery,
)

_projections: list[Projection] = [PATHS, TASKS, MASTERY]
_by_event_type: dict[str, list[Projection]] = {}


def register(projection: Projection) -> None:
    """Add the projection of an app above this one (called once, when that app is ready)."""
    if projection not in _projections:
        _projections.append(projection)
        _by_event_type.clear()


def projections() -> tuple[Projection, ...]:
    """All projections, in an order in which foreign keys can be satisfied."""
    return tuple(_projections)


def projections_of(event_type: str) -> list[Projection]:
    """The projections that events of this type touch."""
    found = _by_event_type.get(event_type)
    if found is None:
        found = _by_event_type[event_type] = [p for p in _projections if event_type in p.event_types]
    return found


def fold(rows: dict[tuple[str, Key], Row], event: Event) -> None:
    """Replay one event into `rows`, keyed by (table, key)."""
    for projection in projections_of(event.event_type):
        for key in projection.keys(event):
            place = (projection.table, key)
            rows[place] = projection.apply(rows.get(place), event, key)
