"""Rows as JSON."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID

import orjson

from accounts.selectors import user_id_of
from studypaths.comparison import PathFigures
from studypaths.projection import PATHS, TASKS, Row

# The columns of a task as a list shows it, in this order; a single task adds `decision`.
LISTED_COLUMNS = tuple(column for column in TASKS.columns if column not in ("learner_id", "decision"))
EVENT_COLUMNS = (
    "id", "sequence", "task_id", "path_id", "event_type", "payload", "actor", "occurred_at", "created_at",
    "previous_hash", "hash",
)  # fmt: skip


def path(row: Row) -> dict[str, Any]:
    """A path: its columns, with the canonical user id for the learner."""
    shown = {column: row[column] for column in PATHS.columns if column != "learner_id"}
    return {"user_id": user_id_of(row["learner_id"]), **shown}


def task(row: Row) -> dict[str, Any]:
    """A single task, with why it was chosen."""
    shown = {column: row[column] for column in LISTED_COLUMNS}
    return {"user_id": user_id_of(row["learner_id"]), **shown, "decision": row["decision"]}


def listed_tasks(learner_id: UUID, rows: Iterable[Sequence[Any]]) -> list[dict[str, Any]]:
    """Tasks of one learner, fetched as `LISTED_COLUMNS` past the ORM."""
    user_id = user_id_of(learner_id)
    shown = [{"user_id": user_id, **dict(zip(LISTED_COLUMNS, row, strict=True))} for row in rows]
    for each in shown:
        each["metadata"] = orjson.Fragment(each["metadata"])  # JSON text goes through as it is
    return shown


def event(values: Sequence[Any]) -> dict[str, Any]:
    """An event, fetched as `EVENT_COLUMNS`; hashes in hexadecimal. Sealed bodies are no part of it."""
    shown = dict(zip(EVENT_COLUMNS, values, strict=True))
    shown["payload"] = orjson.Fragment(shown["payload"])
    shown["previous_hash"] = bytes(shown["previous_hash"]).hex()
    shown["hash"] = bytes(shown["hash"]).hex()
    return shown


def progress(counts: dict[str, int], passed: int) -> dict[str, Any]:
    """How far a path is: tasks per status, and accuracy = passed / completed (K-28), null without a completion."""
    completed = counts.get("completed", 0)
    return {
        "total": sum(counts.values()),
        "counts_by_status": counts,
        "completed": completed,
        "accuracy": round(passed / completed, 4) if completed else None,
    }


def path_figures(figures: PathFigures) -> dict[str, Any]:
    """What a path came to, beside another one."""
    return asdict(figures)
