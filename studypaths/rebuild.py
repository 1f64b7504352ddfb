"""Replays the log and compares the tables with it, or makes the tables what the log says.

Replay uses the same `apply` functions as the live path (studypaths.projection), so a difference means that somebody
changed a row behind the log's back, or the log itself: run `verify_history` first.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from common.collector import without_garbage_collection
from studypaths.journal import as_json, insert_sql, lock_heads, select_sql, update_sql
from studypaths.log_reader import (
    REPLAY_FIELDS,
    Replay,
    all_learners,
    copy_lines,
    select_events,
    snapshot,
)
from studypaths.projection import Key, Projection, Row, fold, projections

EVENTS_PER_READ = 50_000  # bounds the rows that are held at once
Rows = dict[tuple[str, Key], Row]


@dataclass(frozen=True, slots=True)
class Difference:
    """A row that is not what the log says: `missing` (in the log only), `unrecorded` (in the table only), `changed`."""

    table: str
    key: Key
    kind: str
    columns: tuple[str, ...] = ()


@dataclass(slots=True)
class Comparison:
    """What was compared, and every difference."""

    learners: int = 0
    events: int = 0
    rows: int = 0
    differences: list[Difference] = field(default_factory=list)


def check_all(*, report: Callable[[Comparison], None]) -> Comparison:
    """Compare every learner's rows with the log; `report` gets the totals after each chunk. Changes nothing."""
    return _over_all(check_learners, report)


def apply_all(*, report: Callable[[Comparison], None]) -> Comparison:
    """Make every learner's rows what the log says; the differences that there were."""
    return _over_all(apply_learners, report)


@without_garbage_collection()
def check_learners(learner_ids: Sequence[UUID]) -> Comparison:
    """Compare the rows of these learners with the log, in one snapshot."""
    with snapshot():
        return _compare(learner_ids)[0]


@without_garbage_collection()
def apply_learners(learner_ids: Sequence[UUID]) -> Comparison:
    """Make the rows of these learners what the log says, while their logs are locked."""
    with transaction.atomic():
        lock_heads(learner_ids)
        comparison, replayed = _compare(learner_ids)
        for projection in projections():
            _write(projection, comparison.differences, replayed)
        for projection in reversed(projections()):
            _remove(projection, comparison.differences)
    return comparison


def _over_all(
    act: Callable[[Sequence[UUID]], Comparison], report: Callable[[Comparison], None]
) -> Comparison:
    total = Comparison()
    for learner_ids in all_learners(events=EVENTS_PER_READ):
        part = act(learner_ids)
        total.learners += part.learners
        total.events += part.events
        total.rows += part.rows
        total.differences += part.differences
        report(total)
    return total


def replay(learner_ids: Sequence[UUID], *, until_sequence: int | None = None) -> tuple[Rows, int]:
    """The rows that the log of these learners says, and how many events were read."""
    return _replay(learner_ids, Replay(), until_sequence)


def _replay(learner_ids: Sequence[UUID], reader: Replay, until_sequence: int | None) -> tuple[Rows, int]:
    rows: Rows = {}
    count = 0

    def feed(line: bytes) -> None:
        nonlocal count
        event = reader.event(line)
        if until_sequence is None or event.sequence <= until_sequence:
            fold(rows, event)
            count += 1

    copy_lines(*select_events(REPLAY_FIELDS, learner_ids), feed)
    return rows, count


def _compare(learner_ids: Sequence[UUID]) -> tuple[Comparison, Rows]:
    reader = Replay()
    replayed, events = _replay(learner_ids, reader, None)
    comparison = Comparison(learners=len(learner_ids), events=events, rows=len(replayed))
    missing = dict(replayed)
    for projection in projections():
        query = f"{select_sql(projection)} WHERE learner_id = ANY(%s)"
        stored = reader.fetched(query, [list(learner_ids)])
        comparison.differences += _differences(projection, stored, missing)
    comparison.differences += [Difference(table, key, "missing") for table, key in missing]
    return comparison, replayed


def _differences(
    projection: Projection, stored: Sequence[tuple[Any, ...]], replayed: Rows
) -> Iterator[Difference]:
    """Takes the rows that are stored out of `replayed`."""
    in_order = itemgetter(*projection.columns)
    key_places = [projection.columns.index(column) for column in projection.key_columns]
    for values in stored:
        key = tuple([values[place] for place in key_places])
        row = replayed.pop((projection.table, key), None)
        if row is None:
            yield Difference(projection.table, key, "unrecorded")
        elif values != in_order(row):
            yield Difference(projection.table, key, "changed", _changed_columns(projection, values, row))


def _changed_columns(projection: Projection, values: tuple[Any, ...], row: Row) -> tuple[str, ...]:
    pairs = zip(projection.columns, values, strict=True)
    return tuple(column for column, value in pairs if value != row[column])


def _write(projection: Projection, differences: list[Difference], replayed: Rows) -> None:
    for kind, statement in (("missing", insert_sql(projection)), ("changed", update_sql(projection))):
        rows = [
            replayed[d.table, d.key] for d in differences if d.table == projection.table and d.kind == kind
        ]
        if rows:
            with connection.cursor() as cursor:
                cursor.execute(statement, [as_json(rows)])


def _remove(projection: Projection, differences: list[Difference]) -> None:
    same_key = " AND ".join(f"{column} = %s" for column in projection.key_columns)
    keys: list[tuple[Any, ...]] = [
        d.key for d in differences if d.table == projection.table and d.kind == "unrecorded"
    ]
    with connection.cursor() as cursor:
        for key in keys:
            cursor.execute(f"DELETE FROM {projection.table} WHERE {same_key}", list(key))
