"""Verifying and rebuilding, beside reading the same rows; expiring, beside one statement."""

import time
from collections import deque
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from statistics import median
from uuid import UUID, uuid4

from django.db import connection, transaction

from benchmarks.bulk_log import write_log
from benchmarks.installation import Installation
from benchmarks.people import new_person, new_task_ids
from benchmarks.processor import own_and_backend_seconds
from benchmarks.results import Result, interleaved
from benchmarks.scales import Scale
from studypaths.log_reader import CHAIN_FIELDS, REPLAY_FIELDS, copy_lines, select_events
from studypaths.projection import projections
from studypaths.rebuild import EVENTS_PER_READ as REPLAYED_AT_ONCE
from studypaths.rebuild import check_learners
from studypaths.services.tasks import expire_overdue_tasks
from studypaths.verification import EVENTS_PER_READ as VERIFIED_AT_ONCE
from studypaths.verification import verify_learners

OVERDUE = datetime(2089, 1, 1, tzinfo=UTC)
EXPIRY_LEARNERS = 200
_nowhere: Callable[[bytes], None] = deque[bytes](
    maxlen=0
).append  # the cheapest way to take a line and drop it
LOG_NAME = f"log-{uuid4().hex[:6]}"


class NotAsExpected(RuntimeError):
    """A benchmark did not do the work that it measures."""


@lru_cache(maxsize=1)
def big_log(scale: Scale) -> tuple[list[UUID], int]:
    """The learners and the number of events of the log that these benchmarks share."""
    return write_log(learners=scale.learners, tasks_each=scale.tasks_per_learner, name=LOG_NAME)


def in_parts(scale: Scale, events_at_once: int) -> list[list[UUID]]:
    """The learners of the big log as `verify_all` and `check_all` would take them."""
    ids, events = big_log(scale)
    size = max(1, events_at_once * len(ids) // events)
    return [ids[start : start + size] for start in range(0, len(ids), size)]


def _backend() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])


def _timed(work: Callable[[], None], events: int, cpu: list[tuple[float, float]]) -> float:
    """Events a second; appends the CPU seconds of this process and of its database process."""
    backend = _backend()
    before, started = own_and_backend_seconds(backend), time.perf_counter()
    work()
    seconds = time.perf_counter() - started
    after = own_and_backend_seconds(backend)
    cpu.append((after[0] - before[0], after[1] - before[1]))
    return events / seconds


def _cpu_note(cpu: list[tuple[float, float]], events: int) -> str:
    python, database = (median(column) / events * 1e6 for column in zip(*cpu, strict=True))
    return f"Python {python:.2f} µs, PostgreSQL {database:.2f} µs of CPU an event"


def verify(installation: Installation, scale: Scale) -> Iterator[Result]:
    """Every hash of the log, beside COPY of the same rows with nothing done to them."""
    _, events = big_log(scale)
    parts = in_parts(scale, VERIFIED_AT_ONCE)

    def check() -> None:
        for part in parts:
            found = verify_learners(part)
            if found.breaks:
                raise NotAsExpected(f"{found.breaks[:3]}")

    def read() -> None:
        for part in parts:
            copy_lines(*select_events(CHAIN_FIELDS, part), _nowhere)

    yield _per_core("verify_history", 200_000, check, read, events, scale)


def rebuild(installation: Installation, scale: Scale) -> Iterator[Result]:
    """Replay and comparison with every row, beside reading the same events and rows."""
    _, events = big_log(scale)
    parts = in_parts(scale, REPLAYED_AT_ONCE)

    def check() -> None:
        for part in parts:
            found = check_learners(part)
            if found.differences:
                raise NotAsExpected(f"{found.differences[:3]}")

    def read() -> None:
        for part in parts:
            copy_lines(*select_events(REPLAY_FIELDS, part), _nowhere)
            for projection in projections():
                query = f"SELECT {', '.join(projection.columns)} FROM {projection.table} WHERE learner_id = ANY(%s)"
                copy_lines(query, [part], _nowhere)

    yield _per_core("rebuild --check", 50_000, check, read, events, scale)


def _per_core(
    name: str, goal: float, ours: Callable[[], None], raw: Callable[[], None], events: int, scale: Scale
) -> Result:
    """Judged by events a second of CPU, Python and PostgreSQL together: what one core does."""
    cpu: list[tuple[float, float]] = []
    raw_cpu: list[tuple[float, float]] = []
    figures = interleaved(
        scale.rounds, lambda _: _timed(ours, events, cpu), lambda _: _timed(raw, events, raw_cpu)
    )
    return Result(
        name,
        "events/s",
        *figures,
        goal=goal,
        score=median(events / sum(seconds) for seconds in cpu),
        score_unit="events/s a core",
        notes={"events": f"{events:,}", "ours": _cpu_note(cpu, events), "raw": _cpu_note(raw_cpu, events)},
    )


EXPIRE_IN_SQL = """
    WITH expired AS (
        UPDATE study_tasks SET status = 'expired', version = version + 1, updated_at = %(at)s
        WHERE status = 'scheduled' AND expires_at <= %(at)s RETURNING id, learner_id, path_id
    )
    INSERT INTO task_events (id, learner_id, sequence, task_id, path_id, event_type, payload, actor, occurred_at,
        created_at, previous_hash, hash)
    SELECT uuidv7(), e.learner_id, h.sequence + row_number() OVER (PARTITION BY e.learner_id), e.id, e.path_id,
        'status_changed', '{"from": "scheduled", "to": "expired"}', 'system:beat', %(at)s, %(at)s, h.hash, h.hash
    FROM expired e JOIN chain_heads h USING (learner_id)
"""


def expiry(installation: Installation, scale: Scale) -> Iterator[Result]:
    """Expiring overdue tasks with chained events, beside one UPDATE … RETURNING and INSERT without hashes."""
    people = [new_person(f"{LOG_NAME}-expiry-{number}") for number in range(EXPIRY_LEARNERS)]
    each = scale.expiries // EXPIRY_LEARNERS
    at = OVERDUE + timedelta(days=1)

    def measure_raw(_: int) -> float:
        for person in people:
            new_task_ids(person, each, expires_at=OVERDUE)
        with transaction.atomic(), connection.cursor() as cursor:
            started = time.perf_counter()
            cursor.execute(EXPIRE_IN_SQL, {"at": at})
            count = int(cursor.rowcount)
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # what COMMIT would check
            seconds = time.perf_counter() - started
            transaction.set_rollback(True)
        return count / seconds

    def measure_ours(_: int) -> float:
        started = time.perf_counter()
        count = expire_overdue_tasks(by="system:beat", at=at)
        if count != each * len(people):
            raise NotAsExpected(f"{count} tasks expired")
        return count / (time.perf_counter() - started)

    raw, ours = interleaved(scale.rounds, measure_raw, measure_ours)
    yield Result(f"expiry of {each * len(people):,} tasks", "tasks/s", ours, raw, goal=0.3)
