"""Judging the items of rejudgings, on the side: what comes out stays in the item.

Items are claimed like evaluations: by a lease that is renewed, given back when the worker dies. Workers take one only
when no learner's evaluation may run, so a learner waits for the rest of one item at the most.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from django.conf import settings
from django.db import connection
from django.utils import timezone

from accounts.sealing import KeyDestroyed
from evaluations import services
from evaluations.judge import Judgement, Verdict
from evaluations.judging import judge_sealed, sealed_report
from evaluations.models import Rejudging, RejudgingItem, TaskEvaluation
from evaluations.outcomes import facts_of, score_of
from evaluations.queue import RETRY_DELAYS, renewed_lease
from evaluations.states import ItemState, RejudgingState

log = structlog.get_logger(__name__)

TABLE = "rejudging_items"
LOOK_AGAIN_SECONDS = 0.2
STINT_SECONDS = 12.0  # of a worker, before it answers the next message; less than the sweeper's interval
NO_CLAIM: dict[str, Any] = {"claim": None, "lease_expires_at": None}


@dataclass(frozen=True, slots=True)
class ClaimedItem:
    """An item that this worker holds until `claim` is taken from it."""

    id: UUID
    claim: UUID
    rejudging_id: UUID
    learner_id: UUID
    task_id: UUID
    submission_id: UUID
    language: str
    old_verdict: str
    old_score: float
    deliveries: int
    problem_id: str
    to_version: int


REJUDGING_COLUMNS = ("problem_id", "to_version")
CLAIMED_COLUMNS = ", ".join(
    f"{'r' if field.name in REJUDGING_COLUMNS else 'i'}.{field.name}" for field in fields(ClaimedItem)
)
CLAIM_NEXT = f"""
    UPDATE rejudging_items i
    SET state = 'running', claim = gen_random_uuid(), lease_expires_at = %(lease)s, deliveries = i.deliveries + 1
    FROM rejudgings r
    WHERE r.id = i.rejudging_id AND i.id = (
        SELECT w.id FROM rejudging_items w JOIN rejudgings j ON j.id = w.rejudging_id
        WHERE w.state = 'waiting' AND w.deliveries < %(limit)s AND j.state = 'judging'
          AND (w.not_before IS NULL OR w.not_before <= %(at)s)
          AND (%(rejudging_id)s::uuid IS NULL OR w.rejudging_id = %(rejudging_id)s)
        ORDER BY w.id LIMIT 1 FOR UPDATE OF w SKIP LOCKED
    )
    RETURNING {CLAIMED_COLUMNS}
"""


def claim_item(*, at: datetime, rejudging_id: UUID | None = None) -> ClaimedItem | None:
    """Claim the next item, of that rejudging or of any; None if none may be judged now."""
    values = {
        "at": at,
        "lease": at + timedelta(seconds=settings.EVALUATION_LEASE_SECONDS),
        "limit": settings.EVALUATION_MAX_DELIVERIES,
        "rejudging_id": rejudging_id,
    }
    with connection.cursor() as cursor:
        cursor.execute(CLAIM_NEXT, values)
        found = cursor.fetchone()
    return ClaimedItem(*found) if found else None


def judge_next(*, at: datetime, rejudging_id: UUID | None = None) -> bool:
    """Claim and judge the next item; False if there is none."""
    item = claim_item(at=at, rejudging_id=rejudging_id)
    if item is None:
        return False
    with renewed_lease(item, table=TABLE) as lost:
        judgement = _judgement(item, lost)
    keep(item, judgement, at=timezone.now())
    return True


def _judgement(item: ClaimedItem, lost: Callable[[], bool]) -> Judgement | None:
    """What judging comes to; None for an erased learner."""
    try:
        codes = TaskEvaluation.objects.filter(
            task_id=item.task_id, submission_id=item.submission_id, code__isnull=False
        )
        code = codes.values_list("code", flat=True)[0]
        return judge_sealed(
            bytes(code or b""),
            learner_id=item.learner_id,
            problem_id=item.problem_id,
            version=item.to_version,
            language=item.language,
            should_stop=lost,
        )
    except KeyDestroyed:
        return None
    except Exception:
        log.exception("judging_failed", rejudging_item=str(item.id), problem=item.problem_id)
        return Judgement(Verdict.INFRASTRUCTURE_ERROR, message="The evaluator failed.")


def keep(item: ClaimedItem, judgement: Judgement | None, *, at: datetime) -> None:
    """Keep the judgement with the item, once: a worker that lost its claim keeps nothing."""
    held = RejudgingItem.objects.filter(id=item.id, claim=item.claim)
    if judgement is None:
        held.update(state=ItemState.ERASED, message="The learner's data was erased.", **NO_CLAIM)
    elif judgement.verdict == Verdict.INFRASTRUCTURE_ERROR:
        held.update(**_not_judged(item, judgement, at), **NO_CLAIM)
    elif judgement.verdict != Verdict.CANCELLED:
        held.update(**_result(item, judgement), **NO_CLAIM)
    ready_when_judged(item.rejudging_id, at=at)


def _not_judged(item: ClaimedItem, judgement: Judgement, at: datetime) -> dict[str, Any]:
    if item.deliveries >= settings.EVALUATION_MAX_DELIVERIES:
        return {"state": ItemState.FAILED, "message": judgement.message[:200]}
    delay = RETRY_DELAYS[min(item.deliveries, len(RETRY_DELAYS)) - 1]
    return {"state": ItemState.WAITING, "not_before": at + delay}


def _result(item: ClaimedItem, judgement: Judgement) -> dict[str, Any]:
    score = score_of(judgement)
    return {
        "state": ItemState.JUDGED,
        "new_verdict": judgement.verdict,
        "new_score": score,
        "changed": (judgement.verdict, score) != (item.old_verdict, item.old_score),
        "new_facts": facts_of(judgement),
        "report": sealed_report(item.learner_id, judgement),
    }


READY_WHEN_JUDGED = """
    UPDATE rejudgings SET state = 'ready', ready_at = %(at)s
    WHERE id = %(rejudging_id)s AND state = 'judging' AND NOT EXISTS (
        SELECT 1 FROM rejudging_items i WHERE i.rejudging_id = rejudgings.id AND i.state IN ('waiting', 'running'))
"""


def ready_when_judged(rejudging_id: UUID, *, at: datetime) -> None:
    """`ready` once no item is left. A statement after that of the item: of two last ones, the later sees both."""
    with connection.cursor() as cursor:
        cursor.execute(READY_WHEN_JUDGED, {"rejudging_id": rejudging_id, "at": at})


def judge_all(rejudging_id: UUID, stopped: threading.Event) -> None:
    """Judge in this thread until nothing is left or `stopped`; items that failed come back after a while."""
    try:
        while is_being_judged(rejudging_id) and not stopped.is_set():
            put_back_abandoned(at=timezone.now())
            while not stopped.is_set() and judge_next(at=timezone.now(), rejudging_id=rejudging_id):
                pass
            stopped.wait(LOOK_AGAIN_SECONDS)
    finally:
        connection.close()


def is_being_judged(rejudging_id: UUID) -> bool:
    """Whether items are left to judge, and nobody dropped them."""
    return Rejudging.objects.filter(id=rejudging_id, state=RejudgingState.JUDGING).exists()


# Workers


def work_a_stint() -> None:
    """Judge for a while as a worker does: whatever learners wait for first, items when they wait for nothing."""
    until = time.monotonic() + STINT_SECONDS
    while time.monotonic() < until:
        if not work_once():
            return
    wake_workers(1)


def work_once() -> bool:
    """Judge what has to come next; False if there is nothing."""
    return services.run_next(at=timezone.now()) or judge_next(at=timezone.now())


def wake_workers(count: int = services.WAKE_UPS) -> None:
    """Ask that many workers for a stint. The messages vanish unless a worker is free before the next sweep."""
    from evaluations.tasks import judge_items

    for _ in range(count):
        services.send(judge_items, for_seconds=services.SWEEP_SECONDS)


PUT_BACK_ABANDONED = """
    UPDATE rejudging_items
    SET state = CASE WHEN deliveries >= %(limit)s THEN 'failed' ELSE 'waiting' END,
        message = CASE WHEN deliveries >= %(limit)s THEN 'The evaluator kept failing.' ELSE '' END,
        claim = NULL, lease_expires_at = NULL
    WHERE state = 'running' AND lease_expires_at < %(at)s
"""


def put_back_abandoned(*, at: datetime) -> None:
    """Give items of dead workers back; one that was delivered too often has failed."""
    with connection.cursor() as cursor:
        cursor.execute(PUT_BACK_ABANDONED, {"at": at, "limit": settings.EVALUATION_MAX_DELIVERIES})
    for rejudging_id in Rejudging.objects.filter(state=RejudgingState.JUDGING).values_list("id", flat=True):
        ready_when_judged(rejudging_id, at=at)


def resume(*, at: datetime) -> None:
    """What the sweeper does: put back what was abandoned, wake workers for what waits, go on with what is applied."""
    from evaluations.tasks import apply_rejudging

    put_back_abandoned(at=at)
    waiting = RejudgingItem.objects.filter(state=ItemState.WAITING, rejudging__state=RejudgingState.JUDGING)
    wake_workers(len(waiting.values_list("id", flat=True)[: services.WAKE_UPS]))
    for rejudging_id in Rejudging.objects.filter(state=RejudgingState.APPLYING).values_list("id", flat=True):
        services.send(apply_rejudging, str(rejudging_id), for_seconds=services.SWEEP_SECONDS)
