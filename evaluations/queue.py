"""The queue of evaluations: `task_evaluations` itself. A message of the broker is only a wake-up.

A worker claims the fairest waiting evaluation: of the learner with the fewest running ones, and among those the
learner whose turn was longest ago. At most `settings.MAX_CONCURRENT_EVALUATIONS` of a learner run at once. A claim
is a lease that the worker renews; when it runs out, the sweeper puts the evaluation back.
"""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import UUID, uuid4

import structlog
from django.conf import settings
from django.db import InterfaceError, OperationalError, connection, transaction
from django.utils import timezone

log = structlog.get_logger(__name__)

CLAIM_LOCK = (
    7_316_201  # claims are made one at a time, so that two workers cannot both take a learner's last slot
)
RETRY_DELAYS = (timedelta(seconds=2), timedelta(seconds=10))


class Lease(Protocol):
    """A row that a worker holds until `claim` is taken from it."""

    @property
    def id(self) -> UUID: ...

    @property
    def claim(self) -> UUID: ...


@dataclass(frozen=True, slots=True)
class Claimed:
    """An evaluation that this worker holds until `claim` is taken from it."""

    id: UUID
    claim: UUID
    task_id: UUID
    learner_id: UUID
    problem_id: str
    problem_version: int | None
    language: str
    code: bytes
    submission_id: UUID
    deliveries: int


CLAIMED_COLUMNS = tuple(field.name for field in fields(Claimed))
# Of each learner only the oldest evaluation that may run is looked at: one step in the index finds the next learner,
# another that evaluation.
CLAIM_NEXT = f"""
    WITH RECURSIVE learners AS (
        (SELECT learner_id FROM task_evaluations WHERE NOT (status = 'done') ORDER BY learner_id LIMIT 1)
        UNION ALL
        SELECT (SELECT e.learner_id FROM task_evaluations e
                WHERE NOT (e.status = 'done') AND e.learner_id > learners.learner_id ORDER BY e.learner_id LIMIT 1)
        FROM learners WHERE learners.learner_id IS NOT NULL
    ), turns AS (
        SELECT learner_id, t.served_at, (SELECT count(*) FROM task_evaluations e
            WHERE e.learner_id = learners.learner_id AND e.status = 'running') AS running
        FROM learners LEFT JOIN evaluation_turns t USING (learner_id) WHERE learner_id IS NOT NULL
        ORDER BY running, t.served_at NULLS FIRST
    ), chosen AS (
        SELECT oldest.id, turns.learner_id FROM turns CROSS JOIN LATERAL (
            SELECT e.id, e.created_at FROM task_evaluations e
            WHERE e.learner_id = turns.learner_id AND NOT (e.status = 'done') AND e.status = 'queued'
              AND e.deliveries < %(limit)s AND (e.not_before IS NULL OR e.not_before <= %(at)s)
            ORDER BY e.created_at, e.id LIMIT 1
        ) oldest
        WHERE running < %(slots)s
        ORDER BY running, served_at NULLS FIRST, oldest.created_at, oldest.id LIMIT 1
    ), served AS (
        INSERT INTO evaluation_turns (learner_id, served_at) SELECT learner_id, clock_timestamp() FROM chosen
        ON CONFLICT (learner_id) DO UPDATE SET served_at = excluded.served_at
    )
    UPDATE task_evaluations e
    SET status = 'running', claim = %(claim)s, claimed_at = %(at)s, lease_expires_at = %(lease)s,
        deliveries = e.deliveries + 1
    FROM chosen WHERE e.id = chosen.id
    RETURNING {", ".join(f"e.{column}" for column in CLAIMED_COLUMNS)}
"""


def claim_next(*, at: datetime) -> Claimed | None:
    """Claim the fairest evaluation that may run now, or None."""
    values = {
        "at": at,
        "claim": uuid4(),
        "lease": at + timedelta(seconds=settings.EVALUATION_LEASE_SECONDS),
        "slots": settings.MAX_CONCURRENT_EVALUATIONS,
        "limit": settings.EVALUATION_MAX_DELIVERIES,
    }
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [CLAIM_LOCK])
        cursor.execute(CLAIM_NEXT, values)
        found = cursor.fetchone()
    return _claimed(found) if found else None


CLAIM_EXHAUSTED = f"""
    UPDATE task_evaluations
    SET status = 'running', claim = gen_random_uuid(), claimed_at = %(at)s, lease_expires_at = %(lease)s
    WHERE NOT (status = 'done') AND status = 'queued' AND deliveries >= %(limit)s
    RETURNING {", ".join(CLAIMED_COLUMNS)}
"""


def claim_exhausted(*, at: datetime) -> list[Claimed]:
    """Claim what was delivered too often without an end: it will get the verdict infrastructure_error."""
    lease = at + timedelta(seconds=settings.EVALUATION_LEASE_SECONDS)
    with connection.cursor() as cursor:
        cursor.execute(
            CLAIM_EXHAUSTED, {"at": at, "lease": lease, "limit": settings.EVALUATION_MAX_DELIVERIES}
        )
        return [_claimed(record) for record in cursor.fetchall()]


def _claimed(record: Sequence[Any]) -> Claimed:
    values = dict(zip(CLAIMED_COLUMNS, record, strict=True))
    return Claimed(**values | {"code": bytes(values["code"])})


def holds(claimed: Claimed) -> bool:
    """Whether the claim still stands; locks the row, so that it stands until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM task_evaluations WHERE id = %s AND status = 'running' AND claim = %s FOR UPDATE",
            [claimed.id, claimed.claim],
        )
        return cursor.fetchone() is not None


def put_back(claimed: Claimed, *, at: datetime) -> None:
    """Let the evaluation be claimed again after a delay that grows with its deliveries."""
    delay = RETRY_DELAYS[min(claimed.deliveries, len(RETRY_DELAYS)) - 1]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE task_evaluations SET status = 'queued', claim = NULL, lease_expires_at = NULL, not_before = %s"
            " WHERE id = %s AND claim = %s",
            [at + delay, claimed.id, claimed.claim],
        )


def put_back_abandoned(*, at: datetime) -> int:
    """Put evaluations whose lease ran out back into the queue; how many."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE task_evaluations SET status = 'queued', claim = NULL, lease_expires_at = NULL"
            " WHERE status = 'running' AND lease_expires_at < %s",
            [at],
        )
        count: int = cursor.rowcount
        return count


READY = """
    SELECT coalesce(sum(least(ready, %(slots)s - running)), 0) FROM (
        SELECT count(*) FILTER (WHERE status = 'running') AS running,
               count(*) FILTER (WHERE status = 'queued' AND deliveries < %(limit)s
                                AND (not_before IS NULL OR not_before <= %(at)s)) AS ready
        FROM task_evaluations WHERE NOT (status = 'done') GROUP BY learner_id
    ) learners WHERE running < %(slots)s
"""


def ready_count(*, at: datetime, enough: int) -> int:
    """How many evaluations could be claimed at `at` with the slots that their learners have left; at most `enough`."""
    values = {
        "at": at,
        "slots": settings.MAX_CONCURRENT_EVALUATIONS,
        "limit": settings.EVALUATION_MAX_DELIVERIES,
    }
    with connection.cursor() as cursor:
        cursor.execute(READY, values)
        return min(int(cursor.fetchone()[0]), enough)


@contextmanager
def renewed_lease(claimed: Lease, *, table: str = "task_evaluations") -> Iterator[Callable[[], bool]]:
    """Renew the lease in the background; yields a question that is true once the claim was lost."""
    finished, lost = threading.Event(), threading.Event()
    thread = threading.Thread(target=_renew, args=(claimed, table, finished, lost), name="lease", daemon=True)
    thread.start()
    try:
        yield lost.is_set
    finally:
        finished.set()
        thread.join()


def _renew(claimed: Lease, table: str, finished: threading.Event, lost: threading.Event) -> None:
    """Until `finished`, renew at a third of the lease.

    An unreachable database is no loss: the next renewal may succeed.
    """
    try:
        while not finished.wait(settings.EVALUATION_LEASE_SECONDS / 3):
            try:
                held = _renew_once(claimed, table)
            except (OperationalError, InterfaceError) as outage:
                log.warning(
                    "lease_not_renewed", table=table, row=str(claimed.id), error=type(outage).__name__
                )
                connection.close()
                continue
            if not held:
                lost.set()
                return
    finally:
        connection.close()


def _renew_once(claimed: Lease, table: str) -> bool:
    lease = timezone.now() + timedelta(seconds=settings.EVALUATION_LEASE_SECONDS)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table} SET lease_expires_at = %s WHERE id = %s AND claim = %s",
            [lease, claimed.id, claimed.claim],
        )
        return bool(cursor.rowcount == 1)
