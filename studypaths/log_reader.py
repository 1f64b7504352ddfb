"""Reads the log in bulk: events in the order of learners and sequences, without building models.

PostgreSQL writes the rows with COPY in its text format; the fields arrive as bytes. This is what makes verifying and
replaying millions of events a matter of seconds.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from django.db import connection, transaction

from studypaths.events import Event

NULL = b"\\N"
INSTANT = "to_char({} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"  # as hashed: events.rfc3339

# The fields of a line, in this order.
CHAIN_FIELDS = (
    "learner_id", "sequence", "id", "task_id", "path_id", "event_type", "actor",
    INSTANT.format("occurred_at"), INSTANT.format("created_at"),
    "encode(previous_hash, 'hex')", "encode(hash, 'hex')", "encode(sha256(sealed), 'hex')", "payload",
)  # fmt: skip
REPLAY_FIELDS = (
    "learner_id", "sequence", "id", "task_id", "path_id", "event_type",
    INSTANT.format("occurred_at"), "encode(sealed, 'hex')", "payload",
)  # fmt: skip


@contextmanager
def snapshot() -> Iterator[None]:
    """One consistent, read-only view of the database; the caller's own transaction where there is one."""
    if connection.in_atomic_block:
        yield
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield


def all_learners(chunk: int) -> Iterator[list[UUID]]:
    """The ids of all learners in chunks, in order."""
    after = UUID(int=0)
    while found := _learners_after(after, chunk):
        yield found
        after = found[-1]


def _learners_after(after: UUID, limit: int) -> list[UUID]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM learners WHERE id > %s ORDER BY id LIMIT %s", [after, limit])
        return [learner_id for (learner_id,) in cursor.fetchall()]


class _Sink:
    """What `copy_expert` writes to: each call is one line of the answer."""

    def __init__(self, feed: Callable[[bytes], None]) -> None:
        self.write = feed


def copy_lines(select: str, parameters: Sequence[Any], feed: Callable[[bytes], None]) -> None:
    """Call `feed` with every line of `COPY (select) TO STDOUT`, the line break included."""
    with connection.cursor() as cursor:
        query = cursor.mogrify(select, parameters).decode()
        cursor.copy_expert(f"COPY ({query}) TO STDOUT", _Sink(feed), size=1 << 16)


def select_events(fields: Sequence[str], learner_ids: Sequence[UUID]) -> tuple[str, list[Any]]:
    """The query of the events of these learners, in the order in which they must be read."""
    query = f"SELECT {', '.join(fields)} FROM task_events WHERE learner_id = ANY(%s) ORDER BY learner_id, sequence"
    return query, [list(learner_ids)]


def json_field(field: bytes) -> Any:
    """A jsonb field of a COPY line. Its text has no control characters, so backslashes are all that COPY escapes."""
    return orjson.loads(field.replace(b"\\\\", b"\\") if b"\\" in field else field)


def uuid_field(field: bytes) -> UUID | None:
    """A uuid field of a COPY line."""
    return None if field == NULL else UUID(field.decode())


def replayed_event(line: bytes) -> Event:
    """A line of `REPLAY_FIELDS` as an event; what replay does not need is left empty."""
    learner_id, sequence, event_id, task_id, path_id, event_type, occurred_at, sealed, payload = line[
        :-1
    ].split(b"\t")
    at = datetime.fromisoformat(occurred_at.decode())
    return Event(
        id=UUID(event_id.decode()),
        learner_id=UUID(learner_id.decode()),
        sequence=int(sequence),
        task_id=uuid_field(task_id),
        path_id=uuid_field(path_id),
        event_type=event_type.decode(),
        payload=json_field(payload),
        sealed=None if sealed == NULL else bytes.fromhex(sealed.decode()),
        actor="",
        occurred_at=at,
        created_at=at,
        previous_hash=b"",
        hash=b"",
    )
