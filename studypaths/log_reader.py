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
from psycopg2.extensions import new_type, register_type

from studypaths.events import Event, rfc3339

NULL = b"\\N"
UUID_OID, TIMESTAMPTZ_OID, JSONB_OID, BYTEA_OID = 2950, 1184, 3802, 17
LEARNERS_PER_LOOK = 2_000
NO_ID = UUID(int=0)

# The fields of a line, in this order. Instants are text as PostgreSQL writes it, which costs it a tenth of `to_char`.
CHAIN_FIELDS = (
    "learner_id", "sequence", "id", "task_id", "path_id", "event_type", "actor",
    "occurred_at", "created_at",
    "encode(previous_hash, 'hex')", "encode(hash, 'hex')", "encode(sha256(sealed), 'hex')", "payload",
)  # fmt: skip
REPLAY_FIELDS = (
    "learner_id", "sequence", "task_id", "path_id", "event_type", "occurred_at", "encode(sealed, 'hex')", "payload",
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


def all_learners(*, events: int) -> Iterator[list[UUID]]:
    """The ids of all learners, in order, in chunks of at least one learner and at most about that many events."""
    after = UUID(int=0)
    while found := _learners_after(after):
        chunk: list[UUID] = []
        size = 0
        for learner_id, length in found:
            if chunk and size + length > events:
                yield chunk
                chunk, size = [], 0
            chunk.append(learner_id)
            size += length
        yield chunk
        after = found[-1][0]


def learners_removed() -> list[UUID]:
    """Learners of whom there are events or chain heads, although foreign keys would not let them be removed."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT learner_id FROM task_events e WHERE NOT EXISTS (SELECT FROM learners l WHERE l.id = e.learner_id)"
            " UNION SELECT learner_id FROM chain_heads h"
            " WHERE NOT EXISTS (SELECT FROM learners l WHERE l.id = h.learner_id) ORDER BY 1"
        )
        return [learner_id for (learner_id,) in cursor.fetchall()]


def _learners_after(after: UUID) -> list[tuple[UUID, int]]:
    """The next learners with the lengths of their logs, as the chain heads tell them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT l.id, coalesce(h.sequence, 0) FROM learners l LEFT JOIN chain_heads h ON h.learner_id = l.id"
            " WHERE l.id > %s ORDER BY l.id LIMIT %s",
            [after, LEARNERS_PER_LOOK],
        )
        return list(cursor.fetchall())


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


def rfc3339_field(field: bytes) -> bytes:
    """A timestamptz field of a COPY line as it is hashed (events.rfc3339). psycopg2 sees to the ISO date style."""
    if len(field) == 29 and field.endswith(b"+00"):
        return field[:10] + b"T" + field[11:26] + b"Z"
    return rfc3339(datetime.fromisoformat(field.decode())).encode()


class Parsed(dict[str | None, Any]):
    """Values by their text. What stands in many rows is parsed once, and compared by identity."""

    def __init__(self, parse: Callable[[str], Any]) -> None:
        super().__init__({None: None, "\\N": None})
        self._parse = parse

    def __missing__(self, text: str) -> Any:
        value = self[text] = self._parse(text)
        return value


class Replay:
    """Reads events and rows as Python values for one replay; ids and instants are shared between them."""

    def __init__(self) -> None:
        self.uuids = Parsed(UUID)
        self.instants = Parsed(datetime.fromisoformat)

    def event(self, line: bytes) -> Event:
        """A line of `REPLAY_FIELDS` as an event; what replay does not need is left empty."""
        learner_id, sequence, task_id, path_id, event_type, occurred_at, sealed, payload = (
            line[:-1].decode().split("\t")
        )
        at = self.instants[occurred_at]
        return Event(
            id=NO_ID,
            learner_id=self.uuids[learner_id],
            sequence=int(sequence),
            task_id=self.uuids[task_id],
            path_id=self.uuids[path_id],
            event_type=event_type,
            payload=orjson.loads(payload.replace("\\\\", "\\") if "\\" in payload else payload),
            sealed=None if sealed == "\\N" else bytes.fromhex(sealed),
            actor="",
            occurred_at=at,
            created_at=at,
            previous_hash=b"",
            hash=b"",
        )

    def fetched(self, select: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
        """All records of a query; JSON parsed, `bytea` as bytes."""
        casts = {
            UUID_OID: _cast_by(self.uuids),
            TIMESTAMPTZ_OID: _cast_by(self.instants),
            JSONB_OID: _json_of,
            BYTEA_OID: _bytes_of,
        }
        with connection.cursor() as cursor:
            for oid, cast in casts.items():
                register_type(new_type((oid,), str(oid), cast), cursor.cursor)
            cursor.execute(select, parameters)
            return list(cursor.fetchall())


def _cast_by(parsed: Parsed) -> Callable[[Any, Any], Any]:
    return lambda text, _: parsed[text]


def _json_of(text: Any, _: Any) -> Any:
    return None if text is None else orjson.loads(text)


def _bytes_of(text: Any, _: Any) -> bytes | None:
    return None if text is None else bytes.fromhex(text[2:])
