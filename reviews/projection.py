"""What the log says about reviews. Pure, like studypaths.projection; registered with it when the app is ready.

A completed task rates its problem: `review_scheduled` puts the problem into the queue by its first rating,
`review_rated` is every later one. `review_scheduled` without a rating puts an item off whose task was skipped or
expired. `created` of a review task links it to its item.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from studypaths.events import Event
from studypaths.projection import Key, Projection, Row, existing, instant

STATE_COLUMNS = ("stability", "memory_difficulty", "last_reviewed_at", "due_at", "reason", "reps", "lapses")
FACT_COLUMNS = (
    "problem_id", "problem_version", "module", "topic_tags", "difficulty", "minutes_target", "track_id",
)  # fmt: skip
INSTANTS = frozenset({"last_reviewed_at", "due_at"})


def state_of(item: Row) -> dict[str, Any]:
    """The part of an item that a rating changes and an undo brings back."""
    return {column: item[column] for column in STATE_COLUMNS}


def _state(stored: dict[str, Any]) -> dict[str, Any]:
    return {name: instant(value) if name in INSTANTS else value for name, value in stored.items()}


# review_queue


def _item_keys(event: Event) -> list[Key]:
    item = event.payload.get("review_item")
    return [(UUID(item),)] if item else []


def _new_item(event: Event, key: Key) -> Row:
    payload = event.payload
    return {
        "id": key[0],
        "learner_id": event.learner_id,
        **{column: payload["problem"][column] for column in FACT_COLUMNS},
        **_state(payload["after"]),
        "open_task_id": None,
        "offered_at": None,
        "misses": 0,
        "last_log_id": UUID(payload["review_log"]),
        "created_at": event.occurred_at,
        "updated_at": event.occurred_at,
    }


def _offered(item: Row, event: Event) -> None:
    item["open_task_id"] = event.task_id
    item["offered_at"] = event.occurred_at


def _rated(item: Row, event: Event) -> None:
    item.update(_state(event.payload["after"]))
    item.update({column: event.payload["problem"][column] for column in FACT_COLUMNS})
    item.update(last_log_id=UUID(event.payload["review_log"]), misses=0)
    _free(item, event)


def _put_off(item: Row, event: Event) -> None:
    item.update(due_at=instant(event.payload["due_at"]), misses=event.payload["misses"])
    _free(item, event)


def _undone(item: Row, event: Event) -> None:
    item.update(_state(event.payload["after"]))
    item["last_log_id"] = None


def _free(item: Row, event: Event) -> None:
    if item["open_task_id"] == event.task_id:
        item["open_task_id"] = None


def apply_to_item(row: Row | None, event: Event, key: Key) -> Row:
    """An item after `review_scheduled`, `review_rated`, `review_undone`, or `created` of its task."""
    if row is None and event.event_type == "review_scheduled" and "rating" in event.payload:
        return _new_item(event, key)
    item = existing(row, event)
    if event.event_type == "review_scheduled":
        _put_off(item, event)
    else:
        {"created": _offered, "review_rated": _rated, "review_undone": _undone}[event.event_type](item, event)
    item["updated_at"] = event.occurred_at
    return item


REVIEW_ITEMS = Projection(
    table="review_queue",
    key_columns=("id",),
    columns=(
        "id", "learner_id", *FACT_COLUMNS, *STATE_COLUMNS, "open_task_id", "offered_at", "misses", "last_log_id",
        "created_at", "updated_at",
    ),
    json_columns=frozenset(),
    event_types=frozenset({"created", "review_scheduled", "review_rated", "review_undone"}),
    creates=frozenset({"review_scheduled"}),
    keys=_item_keys,
    apply=apply_to_item,
)  # fmt: skip


# review_logs


def _log_keys(event: Event) -> Iterable[Key]:
    logs = (event.payload.get("review_log"), event.payload.get("replaces"))
    return [(UUID(log),) for log in logs if log]


def apply_to_log(row: Row | None, event: Event, key: Key) -> Row:
    """A rating, or the same after it was undone or replaced by the rating of a corrected outcome."""
    payload = event.payload
    if event.event_type == "review_undone" or str(key[0]) == payload.get("replaces"):
        return {**existing(row, event), "undone_at": event.occurred_at}
    return {
        "id": key[0],
        "item_id": UUID(payload["review_item"]),
        "learner_id": event.learner_id,
        "task_id": event.task_id,
        "rating": payload["rating"],
        "elapsed_days": payload["elapsed_days"],
        "interval_days": payload["interval_days"],
        "duration_seconds": payload["duration_seconds"],
        "state_before": payload["before"],
        "state_after": payload["after"],
        "source": payload["source"],
        "scheduler": payload["scheduler"],
        "reviewed_at": instant(payload["reviewed_at"]),
        "undone_at": None,
    }


REVIEW_LOGS = Projection(
    table="review_logs",
    key_columns=("id",),
    columns=(
        "id", "item_id", "learner_id", "task_id", "rating", "elapsed_days", "interval_days", "duration_seconds",
        "state_before", "state_after", "source", "scheduler", "reviewed_at", "undone_at",
    ),
    json_columns=frozenset({"state_before", "state_after", "source", "scheduler"}),
    event_types=frozenset({"review_scheduled", "review_rated", "review_undone"}),
    creates=frozenset({"review_scheduled", "review_rated"}),
    keys=_log_keys,
    apply=apply_to_log,
)  # fmt: skip


# review_settings


def _settings_keys(event: Event) -> list[Key]:
    return [(event.learner_id,)]


def apply_to_settings(row: Row | None, event: Event, key: Key) -> Row:
    """A learner's settings: every event tells all of them, so a later default changes nobody's."""
    settings = event.payload["settings"]
    return {
        "learner_id": key[0],
        **settings,
        "vacation_from": _date(settings["vacation_from"]),
        "vacation_to": _date(settings["vacation_to"]),
        "version": (row["version"] if row else 0) + 1,
        "updated_at": event.occurred_at,
    }


def _date(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


REVIEW_SETTINGS = Projection(
    table="review_settings",
    key_columns=("learner_id",),
    columns=(
        "learner_id", "daily_cap", "vacation_from", "vacation_to", "easy_days", "desired_retention", "parameters",
        "parameters_version", "version", "updated_at",
    ),
    json_columns=frozenset({"easy_days", "parameters"}),
    event_types=frozenset({"review_settings_changed"}),
    creates=frozenset(),
    keys=_settings_keys,
    apply=apply_to_settings,
)  # fmt: skip
