"""A large log with the rows that follow from it, made in bulk: hashed by studypaths.events, written by COPY."""

import gc
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from io import BytesIO
from random import Random
from typing import Any
from uuid import UUID

import orjson
from django.db import connection, transaction

from accounts.services import ensure_learner
from common.crypto import seal_digest
from common.ids import uuid7
from studypaths.events import GENESIS_HASH, Event, chained, head_message, rfc3339
from studypaths.journal import EVENT_COLUMNS
from studypaths.path_config import complete_config
from studypaths.projection import Key, Row, fold, projections

BEGINNING = datetime(2026, 3, 2, 12, tzinfo=UTC)
EXPIRES = datetime(2090, 1, 1, tzinfo=UTC)
MODULES = ("arrays-strings", "linked-lists", "stacks-queues", "trees", "graphs", "dynamic-programming")
TOPICS = ("two-pointers", "string-scan", "sliding-window", "hashing", "prefix-sums", "binary-search")
WORKED_SHARE = 0.5
LEARNERS_AT_ONCE = 50


@dataclass(slots=True)
class Log:
    """One learner's events while they are made."""

    learner_id: UUID
    random: Random
    at: datetime = BEGINNING
    events: list[Event] = field(default_factory=list)
    rows: dict[tuple[str, Key], Row] = field(default_factory=dict)

    def add(self, event_type: str, payload: dict[str, Any], **columns: Any) -> None:
        """`payload` in JSON types."""
        self.at += timedelta(seconds=37, microseconds=self.random.randrange(1_000_000))
        event = Event(
            id=uuid7(),
            learner_id=self.learner_id,
            sequence=len(self.events) + 1,
            task_id=columns.get("task_id"),
            path_id=columns.get("path_id"),
            event_type=event_type,
            payload=payload,
            sealed=columns.get("sealed"),
            actor=f"learner:{self.learner_id}",
            occurred_at=self.at,
            created_at=self.at,
            previous_hash=self.events[-1].hash if self.events else GENESIS_HASH,
            hash=GENESIS_HASH,
        )
        self.events.append(chained(event))
        fold(self.rows, self.events[-1])


def write_log(*, learners: int, tasks_each: int, name: str) -> tuple[list[UUID], int]:
    """Learners with one path and that many tasks each, half of them worked on; their ids and the number of events."""
    at = datetime.now(UTC)
    ids = [ensure_learner(user_id=f"{name}-{n}", issuer="api.scimigo.com", at=at) for n in range(learners)]
    events = 0
    gc.disable()  # nothing here is a cycle, and looking for them takes as long as the rest
    for start in range(0, learners, LEARNERS_AT_ONCE):
        logs = [_log_of(each, tasks_each) for each in ids[start : start + LEARNERS_AT_ONCE]]
        _write(logs)
        events += sum(len(log.events) for log in logs)
    gc.enable()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE task_events, study_tasks, task_evaluations, chain_heads")
    return ids, events


def _log_of(learner_id: UUID, tasks_each: int) -> Log:
    log = Log(learner_id, Random(learner_id.int))
    path_id = uuid7()
    config = complete_config({"completion_policy": "pass_or_exhausted", "max_attempts": 3}, {})
    log.add(
        "path_created",
        {
            "track_id": "coding-interview-meta",
            "config": config,
            "algorithm_version": "planner-1",
            "supersedes": None,
        },
        path_id=path_id,
    )
    for number in range(tasks_each):
        task_id = uuid7()
        _plan(log, path_id, task_id, number)
        if log.random.random() < WORKED_SHARE:
            _work(log, path_id, task_id, number)
    return log


def _plan(log: Log, path_id: UUID, task_id: UUID, number: int) -> None:
    payload = {
        "expires_at": rfc3339(EXPIRES),
        "problem_id": f"problem-{number % 70}",
        "problem_version": 1,
        "module": MODULES[number % len(MODULES)],
        "topic_tags": [TOPICS[number % len(TOPICS)]],
        "difficulty": 1 + number % 5,
        "kind": "problem",
        "scheduled_at": rfc3339(log.at),
        "metadata": {},
        "decision": {
            "algorithm_version": "planner-1",
            "seed": str(path_id),
            "rule": "first_task",
            "why": "Your path starts here: an easy problem on string scan shows where you stand.",
            "inputs": {"module": MODULES[number % len(MODULES)], "target_difficulty": 1},
            "candidates": [["longest-climb", 1.0], ["fair-split", 0.9375], ["quiet-hours", 0.875]],
        },
    }
    log.add("created", payload, path_id=path_id, task_id=task_id)


def _work(log: Log, path_id: UUID, task_id: UUID, number: int) -> None:
    place = {"path_id": path_id, "task_id": task_id}
    evaluation, submission = str(uuid7()), str(uuid7())
    ids = {"evaluation_id": evaluation, "submission_id": submission}
    log.add("started", {}, **place)
    log.add(
        "submitted",
        {**ids, "language": "python", "problem_id": f"problem-{number % 70}", "problem_version": 1},
        sealed=log.random.randbytes(360),
        **place,
    )
    log.add("evaluated", _verdict(evaluation, log.random), sealed=log.random.randbytes(180), **place)
    mastery = {"value": 64.25, "observations": number + 1, "model_version": "ema-1"}
    completion = {"score": 1.0, "passed": True, "time_spent_seconds": 1260}
    moved = {"from": "in_progress", "to": "completed", "mastery": {TOPICS[number % len(TOPICS)]: mastery}}
    log.add("status_changed", {**moved, **completion}, **place)


def _verdict(evaluation_id: str, random: Random) -> dict[str, Any]:
    summary = {"evaluation_id": evaluation_id, "verdict": "accepted", "score": 1.0}
    case = {"visible": True, "category": "", "verdict": "accepted", "runtime_ms": 1, "memory_kb": 9216}
    return {
        "evaluation_id": evaluation_id,
        "attempts": 1,
        "verdict": "accepted",
        "attempt": 1,
        "score": 1.0,
        "test_cases_passed": 8,
        "test_cases_total": 8,
        "runtime_ms": random.randrange(1, 40),
        "memory_mb": 10,
        "error_message": "",
        "cases": [{"id": f"visible-{number}", **case} for number in range(1, 9)],
        "summary": {**summary, "best_score": 1.0, "passed_once": True},
    }


def _write(logs: Sequence[Log]) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        # Foreign keys hold by construction; checking them one by one would take longer than the rest.
        cursor.execute("SET LOCAL session_replication_role = replica")
        for projection in projections():
            table, names = projection.table, projection.columns
            rows = (row for log in logs for (t, _), row in log.rows.items() if t == table)
            copy_rows(table, names, ([row[name] for name in names] for row in rows), projection.json_columns)
        copy_rows("task_events", EVENT_COLUMNS, (event for log in logs for event in log.events), {"payload"})
        copy_rows("chain_heads", ("learner_id", "sequence", "hash", "seal"), map(_head, logs), set())


def _head(log: Log) -> tuple[Any, ...]:
    last = log.events[-1]
    message = head_message(log.learner_id, last.sequence, last.hash)
    return log.learner_id, last.sequence, last.hash, seal_digest(message)


def copy_rows(
    table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]], json_columns: Iterable[str]
) -> None:
    """COPY rows of Python values into a table; lists are arrays except in `json_columns`."""
    as_json = {columns.index(name) for name in json_columns}
    lines = BytesIO(b"".join(_lines(rows, as_json)))
    with connection.cursor() as cursor:
        cursor.copy_expert(f"COPY {table} ({', '.join(columns)}) FROM STDIN", lines)


def _lines(rows: Iterable[Sequence[Any]], as_json: set[int]) -> Iterator[bytes]:
    for row in rows:
        fields = [_json(v) if place in as_json else _text(v) for place, v in enumerate(row)]
        yield b"\t".join(fields) + b"\n"


def _json(value: Any) -> bytes:
    return b"\\N" if value is None else orjson.dumps(value).replace(b"\\", b"\\\\")


def _text(value: Any) -> bytes:
    if value is None:
        return b"\\N"
    if isinstance(value, bytes):
        return b"\\\\x" + value.hex().encode()
    if isinstance(value, list):
        return b"{" + ",".join(value).encode() + b"}"
    return str(value).encode()
