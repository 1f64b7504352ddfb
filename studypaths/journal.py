"""The write path of the record: lock chain heads, record events, write events and rows together.

    with open_journal(learner_ids=[learner_id], by=actor, at=now) as journal:
        task = journal.task(task_id)          # read under the lock
        ...                                   # check the rule
        journal.record("started", learner_id=learner_id, task_id=task_id, path_id=task["path_id"], payload={})

Nothing is written before the block ends; then all events, the rows they change and the heads go out in one statement
a table, inside the transaction of the caller or one of its own. An error inside the block leaves no trace.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from io import StringIO
from typing import Any
from uuid import UUID

import orjson
from django.db import connection, transaction

from common.crypto import seal_digest
from common.errors import NotFound
from common.ids import uuid7
from studypaths.copying import field, json_field, lines
from studypaths.events import GENESIS_HASH, Event, as_stored, chained, head_message
from studypaths.projection import PATHS, TASKS, Key, Projection, Row, projections, projections_of

EVENT_COLUMNS = Event._fields
ACTOR = re.compile(r"[a-z]+:[A-Za-z0-9:._@|+/=%-]+")  # nothing that JSON or COPY would escape
ACTOR_CHARACTERS = 120
COPIED_FROM = 500  # new rows that are written by COPY


VersionCheck = Callable[[int], None]


def any_version(version: int) -> None:
    """The check of a caller that acts on whatever state the object is in.

    Services call such a check with the version they find under the lock; an interface passes one that raises
    `PreconditionFailed` when its caller has seen another (If-Match).
    """


class ChainHeadMoved(RuntimeError):
    """A chain head changed although it was locked: somebody writes to it past the journal."""


@dataclass(slots=True)
class Head:
    """The end of one learner's chain: as it was read, and where it stands after what was recorded.

    `at` is the time of the last event. No event is earlier than the one before it: a caller that took its time and
    then waited for the lock records at the time of whoever was first.
    """

    read_sequence: int
    sequence: int
    hash: bytes
    at: datetime


class Journal:
    """The open end of one or more learners' logs. Made by `open_journal`; `record` and the row readers are its use."""

    def __init__(self, *, heads: dict[UUID, Head], by: str, at: datetime) -> None:
        if len(by) > ACTOR_CHARACTERS or not ACTOR.fullmatch(by):
            raise ValueError(f"not an actor: {by!r}")
        self.by = by
        self.at = at
        self._heads = heads
        self._events: list[tuple[Event, bytes]] = []  # with the payload as JSON
        self._rows: dict[tuple[str, Key], Row] = {}
        self._stored: dict[tuple[str, Key], Row] = {}  # as read: what events change are copies
        self._absent: set[tuple[str, Key]] = set()
        self._changed: dict[str, dict[Key, Row]] = {}

    # Reading under the lock

    def load(self, projection: Projection, keys: Iterable[Key]) -> None:
        """Read the rows of `keys` that were not read yet, in one query; there is none for those it does not find."""
        places = [(projection.table, key) for key in keys]
        missing = [place[1] for place in places if place not in self._rows and place not in self._absent]
        if not missing:
            return
        self._absent.update((projection.table, key) for key in missing)
        for row in rows_by_key(projection, missing):
            place = (projection.table, projection.key_of(row))
            if (
                place not in self._rows
            ):  # keys of two columns may bring rows along that were changed meanwhile
                self._rows[place] = row
                self._stored[place] = row

    def row(self, projection: Projection, *key: Any) -> Row | None:
        """The row as the record has it now, or None. Do not change it: record an event."""
        self.load(projection, [key])
        return self._rows.get((projection.table, key))

    def recorded(self, projection: Projection, *key: Any) -> Row:
        """A row that an event of this journal made or changed."""
        return self._rows[projection.table, key]

    def task(self, task_id: UUID) -> Row:
        """A task of a learner whose log is open; `NotFound` for any other."""
        return self._own(TASKS, task_id)

    def path(self, path_id: UUID) -> Row:
        """A path of a learner whose log is open; `NotFound` for any other."""
        return self._own(PATHS, path_id)

    def _own(self, projection: Projection, row_id: UUID) -> Row:
        row = self._rows.get((projection.table, (row_id,))) or self.row(projection, row_id)
        if row is None or row["learner_id"] not in self._heads:
            raise NotFound("There is no such object.")
        return row

    # Recording

    def record(
        self,
        event_type: str,
        *,
        learner_id: UUID,
        payload: dict[str, Any],
        task_id: UUID | None = None,
        path_id: UUID | None = None,
        sealed: bytes | None = None,
        occurred_at: datetime | None = None,
    ) -> Event:
        """Append an event to the learner's chain and apply it to the rows it touches. Written when the block ends."""
        head = self._heads[learner_id]
        at = max(self.at, head.at)
        stored, text = as_stored(payload)
        event = chained(
            Event(
                id=uuid7(),
                learner_id=learner_id,
                sequence=head.sequence + 1,
                task_id=task_id,
                path_id=path_id,
                event_type=event_type,
                payload=stored,
                sealed=sealed,
                actor=self.by,
                occurred_at=occurred_at or at,
                created_at=at,
                previous_hash=head.hash,
                hash=GENESIS_HASH,
            ),
            text,
        )
        self._apply(event)
        head.sequence, head.hash, head.at = event.sequence, event.hash, at
        self._events.append((event, text))
        return event

    def _apply(self, event: Event) -> None:
        for projection in projections_of(event.event_type):
            table, changed = projection.table, self._changed.setdefault(projection.table, {})
            keys = list(projection.keys(event))
            if event.event_type not in projection.creates:
                self.load(projection, [key for key in keys if key not in changed])
            for key in keys:
                row = projection.apply(self._rows.get((table, key)), event, key)
                self._rows[table, key] = changed[key] = row

    # Writing

    def flush(self) -> None:
        """Write what was recorded: new and changed rows, events, heads. Called once, when the block ends."""
        if not self._events:
            return
        with connection.cursor() as cursor:
            for projection in projections():
                self._write_rows(cursor, projection)
            _insert_events(cursor, self._events)
            cursor.execute(MOVE_HEADS, self._moved_heads())
            if cursor.rowcount != len({event.learner_id for event, _ in self._events}):
                raise ChainHeadMoved("a chain head moved under its lock")

    def _write_rows(self, cursor: Any, projection: Projection) -> None:
        """Changed rows first: a new path may only become active once the old one is superseded."""
        changed = self._changed.get(projection.table, {})
        new = [row for key, row in changed.items() if (projection.table, key) not in self._stored]
        old = [row for key, row in changed.items() if (projection.table, key) in self._stored]
        if old:
            self._update_rows(cursor, projection, old)
        if len(new) >= COPIED_FROM:
            text = lines(new, projection.columns, projection.json_columns)
            _copy(cursor, projection.table, projection.columns, text)
        elif new:
            cursor.execute(insert_sql(projection), [as_json(new)])

    def _update_rows(self, cursor: Any, projection: Projection, rows: list[Row]) -> None:
        """Only the columns that the log changed travel, unless others write them too (`read_as`)."""
        before = [self._stored[projection.table, projection.key_of(row)] for row in rows]
        columns = tuple(
            column
            for column in projection.columns
            if column in projection.read_as
            or any(row[column] is not old[column] for row, old in zip(rows, before, strict=True))
        )
        sent = [{column: row[column] for column in (*projection.key_columns, *columns)} for row in rows]
        if len(sent) == 1:
            statement = update_sql(projection, columns, rows="json_populate_record")
            cursor.execute(statement, [as_json(sent[0])])
        else:
            cursor.execute(update_sql(projection, columns), [as_json(sent)])

    def _moved_heads(self) -> dict[str, Any]:
        moved = {key: head for key, head in self._heads.items() if head.sequence != head.read_sequence}
        return {
            "learner_ids": list(moved),
            "read_sequences": [head.read_sequence for head in moved.values()],
            "sequences": [head.sequence for head in moved.values()],
            "hashes": [head.hash for head in moved.values()],
            "seals": [
                seal_digest(head_message(key, head.sequence, head.hash)) for key, head in moved.items()
            ],
            "times": [head.at for head in moved.values()],
        }


@contextmanager
def open_journal(*, learner_ids: Sequence[UUID], by: str, at: datetime) -> Iterator[Journal]:
    """Lock the chain heads of `learner_ids` and yield their journal; write what was recorded when the block ends well.

    Joins the caller's transaction if there is one. Heads are locked in the order of their ids, so two journals never
    wait for each other in a circle.
    """
    with one_transaction():
        journal = Journal(heads=lock_heads(learner_ids), by=by, at=at)
        yield journal
        journal.flush()


def one_transaction() -> AbstractContextManager[None]:
    """The caller's transaction if there is one, else a new one."""
    return nullcontext() if connection.in_atomic_block else transaction.atomic()


LOCK_HEADS = """
    SELECT learner_id, sequence, hash, updated_at FROM chain_heads WHERE learner_id = ANY(%s)
    ORDER BY learner_id FOR UPDATE
"""
MAKE_HEADS = """
    INSERT INTO chain_heads (learner_id, sequence, hash, seal, updated_at)
    SELECT h.learner_id, 0, h.hash, h.seal, 'epoch' FROM json_populate_recordset(NULL::chain_heads, %s) h
    ORDER BY h.learner_id ON CONFLICT (learner_id) DO NOTHING
"""
# The planner knows how many elements an array has, but takes any JSON array for a hundred rows: joined to a few
# thousand heads, it would read them all.
MOVE_HEADS = """
    UPDATE chain_heads SET sequence = h.sequence, hash = h.hash, seal = h.seal, updated_at = h.at
    FROM unnest(%(learner_ids)s::uuid[], %(read_sequences)s::bigint[], %(sequences)s::bigint[], %(hashes)s::bytea[],
        %(seals)s::bytea[], %(times)s::timestamptz[]) h (learner_id, read_sequence, sequence, hash, seal, at)
    WHERE chain_heads.learner_id = h.learner_id AND chain_heads.sequence = h.read_sequence
"""
INSERT_EVENTS = f"""
    INSERT INTO task_events ({", ".join(EVENT_COLUMNS)})
    SELECT {", ".join(EVENT_COLUMNS)} FROM json_populate_recordset(NULL::task_events, %s)
"""


def lock_heads(learner_ids: Sequence[UUID]) -> dict[UUID, Head]:
    """Lock the chain heads of these learners until the transaction ends; heads that were never made are made."""
    wanted = list(set(learner_ids))
    with connection.cursor() as cursor:
        heads = _locked(cursor, wanted)
        missing = [learner_id for learner_id in wanted if learner_id not in heads]
        if missing:
            cursor.execute(MAKE_HEADS, [as_json([_new_head(each) for each in missing])])
            heads = _locked(cursor, wanted)
    return heads


def _locked(cursor: Any, learner_ids: list[UUID]) -> dict[UUID, Head]:
    cursor.execute(LOCK_HEADS, [learner_ids])
    return {
        learner_id: Head(read_sequence=sequence, sequence=sequence, hash=bytes(head_hash), at=at)
        for learner_id, sequence, head_hash, at in cursor.fetchall()
    }


def _new_head(learner_id: UUID) -> dict[str, Any]:
    seal = seal_digest(head_message(learner_id, 0, GENESIS_HASH))
    return {"learner_id": learner_id, "hash": GENESIS_HASH, "seal": seal}


def _hex(value: bytes) -> str:
    """Bytes as `bytea` reads them from text."""
    return "\\x" + value.hex()


def as_json(rows: list[Row] | Row) -> str:
    """Rows as the JSON array, or a row as the JSON object, that the statements of this module read."""
    return orjson.dumps(rows, default=_hex).decode()


def _insert_events(cursor: Any, events: list[tuple[Event, bytes]]) -> None:
    if len(events) < COPIED_FROM:
        cursor.execute(INSERT_EVENTS, [_events_as_json(events)])
        return
    place = EVENT_COLUMNS.index("payload")
    text = "".join(
        "\t".join([*map(field, event[:place]), json_field(payload), *map(field, event[place + 1 :])]) + "\n"
        for event, payload in events
    )
    _copy(cursor, "task_events", EVENT_COLUMNS, text)


def _copy(cursor: Any, table: str, columns: Sequence[str], text: str) -> None:
    with connection.wrap_database_errors:
        cursor.copy_expert(f"COPY {table} ({', '.join(columns)}) FROM STDIN", StringIO(text))


def _events_as_json(events: list[tuple[Event, bytes]]) -> str:
    return as_json([{**event._asdict(), "payload": orjson.Fragment(text)} for event, text in events])


# SQL of projections


@cache
def insert_sql(projection: Projection) -> str:
    """New rows of a projection, from a JSON array of rows."""
    columns = ", ".join(projection.columns)
    return (
        f"INSERT INTO {projection.table} ({columns}) "
        f"SELECT {columns} FROM json_populate_recordset(NULL::{projection.table}, %s)"
    )


@cache
def update_sql(
    projection: Projection, columns: tuple[str, ...] = (), *, rows: str = "json_populate_recordset"
) -> str:
    """Changed rows of a projection, from a JSON array of rows; with `json_populate_record` from one JSON object.

    `columns` are those to set, all but the key if none are named.

    The planner takes the array for a hundred rows and may read a small table from end to end for one.
    """
    others = [column for column in columns or projection.columns if column not in projection.key_columns]
    assignments = ", ".join(
        [f"{column} = changed.{column}" for column in others]
        + [f"{column} = NULL" for column in projection.resets]
    )
    same_key = " AND ".join(f"stored.{column} = changed.{column}" for column in projection.key_columns)
    return (
        f"UPDATE {projection.table} stored SET {assignments} "
        f"FROM {rows}(NULL::{projection.table}, %s) changed WHERE {same_key}"
    )


@cache
def select_sql(projection: Projection) -> str:
    """The columns of a projection's rows."""
    columns = ", ".join(projection.read_as.get(column, column) for column in projection.columns)
    return f"SELECT {columns} FROM {projection.table}"


def rows_by_key(projection: Projection, keys: Sequence[Key]) -> list[Row]:
    """The stored rows with these keys."""
    first, *others = projection.key_columns
    condition = f"{first} = ANY(%s)" + "".join(f" AND {column} = ANY(%s)" for column in others)
    values = [list({key[index] for key in keys}) for index in range(len(projection.key_columns))]
    with connection.cursor() as cursor:
        cursor.execute(f"{select_sql(projection)} WHERE {condition}", values)
        return [as_row(projection, values) for values in cursor.fetchall()]


def as_row(projection: Projection, values: Sequence[Any]) -> Row:
    """A fetched record as a row: JSON columns parsed, binary columns as bytes."""
    row = dict(zip(projection.columns, values, strict=True))
    for column in projection.binary_columns:
        row[column] = None if row[column] is None else bytes(row[column])
    for column in projection.json_columns:
        row[column] = orjson.loads(row[column])
    return row
