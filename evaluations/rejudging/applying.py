"""Closing a rejudging: what changed is recorded, batch by batch, or everything is dropped.

An item is recorded only if the evaluation that it set out from still stands. Items and record change in one
transaction, so applying twice, at once or after a kill records nothing twice and forgets nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog
from celery.exceptions import SoftTimeLimitExceeded
from django.db import InterfaceError, OperationalError, transaction

from accounts.models import DataKey
from common.ids import uuid7
from evaluations.models import Rejudging, RejudgingItem, TaskEvaluation
from evaluations.rejudging.selection import RejudgingRefused, judged_of
from evaluations.standing import Judged, best_of, standing_results
from evaluations.states import EvaluationCause, EvaluationStatus, ItemState, RejudgingState
from studypaths.events import GENESIS_HASH
from studypaths.journal import Head, Journal, open_journal
from studypaths.projection import MASTERY, PATHS, TASKS, Row
from studypaths.services.corrections import Completions, Rejudged, record_rejudged
from studypaths.services.followers import follow_corrections, follow_ends
from studypaths.services.wake_ups import ask_to_plan

log = structlog.get_logger(__name__)

BATCH = 200
NOTHING_KEPT: dict[str, Any] = {"new_facts": {}, "report": None}
NOT_APPLIED = {"state": ItemState.FAILED, "message": "The change could not be recorded.", **NOTHING_KEPT}
# A database that is gone or busy, a worker that is stopped: whoever applies next goes on.
NO_ITEMS_FAULT = (OperationalError, InterfaceError, SoftTimeLimitExceeded)


@dataclass(frozen=True, slots=True)
class Effect:
    """What applying an item does, or would do: `after` and `mastery` are None unless it is recorded.

    `before` and `after` are the task; `mastery` has, by topic, the values (0-100) before and after.
    """

    state: ItemState
    before: Row | None = None
    after: Row | None = None
    mastery: dict[str, tuple[float, float]] | None = None


def rejudging_by_id(rejudging_id: UUID) -> Rejudging:
    """Raises `RejudgingRefused` when there is none."""
    found = Rejudging.objects.filter(id=rejudging_id).first()
    if found is None:
        raise RejudgingRefused(f"There is no rejudging {rejudging_id}.")
    return found


def begin_applying(*, rejudging_id: UUID, by: str, at: datetime) -> None:
    """Decide that the rejudging is applied; unchanged results are confirmed. Nothing if that was decided before.

    Raises `RejudgingRefused` unless it is ready.
    """
    with transaction.atomic():
        ready = Rejudging.objects.filter(id=rejudging_id, state=RejudgingState.READY)
        if ready.update(state=RejudgingState.APPLYING, closed_by=by, closed_at=at):
            unchanged = RejudgingItem.objects.filter(
                rejudging_id=rejudging_id, state=ItemState.JUDGED, changed=False
            )
            unchanged.update(state=ItemState.CONFIRMED, **NOTHING_KEPT)
            return
    state = rejudging_by_id(rejudging_id).state
    if state != RejudgingState.APPLYING:
        raise RejudgingRefused(f"The rejudging is {state}; only one that is ready can be applied.")


def apply_batches(*, rejudging_id: UUID, at: datetime) -> None:
    """Record what changed until nothing is left; for a rejudging on which `begin_applying` was called.

    Killed half-way, it is called again and finishes; several at once share the work.
    """
    rejudging = rejudging_by_id(rejudging_id)
    if rejudging.state != RejudgingState.APPLYING:
        return
    while apply_batch(rejudging, at=at):
        pass
    left = RejudgingItem.objects.filter(rejudging_id=rejudging_id, state=ItemState.JUDGED)
    if not left.exists():
        Rejudging.objects.filter(id=rejudging_id, state=RejudgingState.APPLYING).update(
            state=RejudgingState.APPLIED
        )


def apply_batch(rejudging: Rejudging, *, at: datetime) -> int:
    """Record the next changes that nobody else is recording, in one transaction; how many were looked at.

    When one of them cannot be recorded, each is tried in a transaction of its own: that one has failed, the others are
    recorded.
    """
    try:
        with transaction.atomic():
            items = _next_items(rejudging, BATCH)
            _apply(rejudging, items, at=at)
            return len(items)
    except NO_ITEMS_FAULT:
        raise
    except Exception:
        log.exception("applying_failed", rejudging=str(rejudging.id), problem=rejudging.problem_id)
    return sum(_apply_next_alone(rejudging, at=at) for _ in range(BATCH))


def _next_items(rejudging: Rejudging, count: int) -> list[RejudgingItem]:
    judged = RejudgingItem.objects.filter(rejudging=rejudging, state=ItemState.JUDGED)
    in_order = judged.order_by("learner_id", "evaluation_id")
    return list(in_order.select_for_update(skip_locked=True)[:count])


def _apply(rejudging: Rejudging, items: Sequence[RejudgingItem], *, at: datetime) -> None:
    if not items:
        return
    learner_ids = [item.learner_id for item in items]
    with open_journal(learner_ids=learner_ids, by=rejudging.closed_by, at=at) as journal:
        effects = _record(journal, rejudging, items)
        _follow(journal, effects)
    for state in {effect.state for effect in effects}:
        ids = [item.id for item, effect in zip(items, effects, strict=True) if effect.state == state]
        RejudgingItem.objects.filter(id__in=ids).update(state=state, **NOTHING_KEPT)


def _apply_next_alone(rejudging: Rejudging, *, at: datetime) -> int:
    """Record the next change, or say of it that it failed; how many were looked at, 0 or 1."""
    with transaction.atomic():
        items = _next_items(rejudging, 1)
        try:
            with transaction.atomic():
                _apply(rejudging, items, at=at)
        except NO_ITEMS_FAULT:
            raise
        except Exception:
            failed = [str(item.id) for item in items]
            log.exception("applying_failed", rejudging_items=failed, problem=rejudging.problem_id)
            RejudgingItem.objects.filter(id__in=failed).update(**NOT_APPLIED)
    return len(items)


def _follow(journal: Journal, effects: Sequence[Effect]) -> None:
    """What follows of tasks that were completed, and of completed ones whose outcome was corrected."""
    moves = [(each.before, each.after) for each in effects if each.before and each.after]
    ended = {after["id"] for before, after in moves if before["status"] != after["status"]}
    corrected = {
        after["id"]
        for before, after in moves
        if (before["score"], before["passed"]) != (after["score"], after["passed"])
    }
    follow_ends(journal, [journal.task(task_id) for task_id in sorted(ended)])
    follow_corrections(journal, [journal.task(task_id) for task_id in sorted(corrected - ended)])
    ask_to_plan(sorted({journal.task(task_id)["path_id"] for task_id in ended | corrected}))


def preview(rejudging: Rejudging, items: Sequence[RejudgingItem], *, at: datetime) -> list[Effect]:
    """What applying these judged items would do, found by doing it without writing it down. Locks nothing."""
    heads = {item.learner_id: Head(0, 0, GENESIS_HASH, at) for item in items}
    journal = Journal(heads=heads, by=rejudging.created_by, at=at)
    return _record(journal, rejudging, items)


def _record(journal: Journal, rejudging: Rejudging, items: Sequence[RejudgingItem]) -> list[Effect]:
    """Record the items that may be recorded; a fixed number of statements for any number of items."""
    scene = _Scene(journal, items)
    return [scene.record(rejudging, item) for item in items]


class _Scene:
    """The tasks, evaluations and completions that a batch of items touches, as the record has them now."""

    def __init__(self, journal: Journal, items: Sequence[RejudgingItem]) -> None:
        self.journal = journal
        learner_ids = {item.learner_id for item in items}
        task_ids = {item.task_id for item in items}
        self._load(items)
        self.completions = Completions(learner_ids=learner_ids, task_ids=task_ids)
        erased = DataKey.objects.filter(learner_id__in=learner_ids, destroyed_at__isnull=False)
        self.erased = set(erased.values_list("learner_id", flat=True))
        evaluations = TaskEvaluation.objects.filter(task_id__in=task_ids)
        self.being_judged = set(
            evaluations.exclude(status=EvaluationStatus.DONE).values_list("submission_id", flat=True)
        )
        self.standing: dict[UUID, dict[UUID, Judged]] = {}
        self.first_judged: dict[UUID, datetime] = {}
        self._read(judged_of(evaluations))

    def _load(self, items: Sequence[RejudgingItem]) -> None:
        self.journal.load(TASKS, [(item.task_id,) for item in items])
        tasks = [self.journal.task(item.task_id) for item in items]
        self.journal.load(PATHS, {(task["path_id"],) for task in tasks})
        self.journal.load(
            MASTERY, {(task["learner_id"], topic) for task in tasks for topic in task["topic_tags"]}
        )

    def _read(self, judged: Sequence[Judged]) -> None:
        for each in judged:
            self.first_judged.setdefault(each.submission_id, each.finished_at)
        for each in standing_results(judged).values():
            self.standing.setdefault(each.task_id, {})[each.submission_id] = each

    def record(self, rejudging: Rejudging, item: RejudgingItem) -> Effect:
        """Record one item, unless its learner was erased or something happened to its submission since."""
        if item.learner_id in self.erased:
            return Effect(ItemState.ERASED)
        standing = self.standing[item.task_id]
        before = standing.get(item.submission_id)
        if before is None or before.id != item.evaluation_id or item.submission_id in self.being_judged:
            return Effect(ItemState.STALE)
        evaluation_id = uuid7()
        standing[item.submission_id] = _replaced(before, item, evaluation_id, rejudging.to_version)
        task = self.journal.task(item.task_id)
        values = self._mastery(task)
        score, passed = best_of(standing.values())
        rejudged = Rejudged(
            evaluation_id=evaluation_id,
            score=item.new_score or 0.0,
            best_score=score,
            passed_once=passed,
            worked_until=self.first_judged[item.submission_id],
            facts=_facts(rejudging, item, before),
            sealed_report=None if item.report is None else bytes(item.report),
        )
        after = record_rejudged(
            self.journal, task_id=item.task_id, rejudged=rejudged, completions=self.completions
        )
        changes = {
            topic: (values[topic], value)
            for topic, value in self._mastery(after).items()
            if value != values[topic]
        }
        return Effect(ItemState.APPLIED, task, after, changes)

    def _mastery(self, task: Row) -> dict[str, float]:
        rows = {topic: self.journal.row(MASTERY, task["learner_id"], topic) for topic in task["topic_tags"]}
        return {topic: row["value"] if row else 0.0 for topic, row in rows.items()}


def _replaced(before: Judged, item: RejudgingItem, evaluation_id: UUID, version: int) -> Judged:
    return Judged(
        id=evaluation_id,
        learner_id=before.learner_id,
        task_id=before.task_id,
        submission_id=before.submission_id,
        cause=EvaluationCause.REJUDGE,
        verdict=item.new_verdict,
        score=item.new_score or 0.0,
        attempt=before.attempt,
        language=before.language,
        problem_version=version,
        created_at=before.created_at,
        finished_at=before.finished_at,
    )


def _facts(rejudging: Rejudging, item: RejudgingItem, before: Judged) -> dict[str, Any]:
    """What a `rejudged` event says beside the state of the task after it."""
    return {
        "cause": EvaluationCause.REJUDGE,
        "rejudging_id": rejudging.id,
        "reason": rejudging.reason,
        "submission_id": item.submission_id,
        "language": item.language,
        "problem_id": rejudging.problem_id,
        "problem_version": rejudging.to_version,
        "attempt": before.attempt,
        "replaces": {
            "evaluation_id": before.id,
            "problem_version": before.problem_version,
            "verdict": before.verdict,
            "score": before.score,
        },
        **item.new_facts,
    }


def discard_rejudging(*, rejudging_id: UUID, by: str, at: datetime) -> None:
    """Drop what was judged and stop judging. Raises `RejudgingRefused` once it is applied or discarded."""
    with transaction.atomic():
        open_ones = Rejudging.objects.filter(
            id=rejudging_id, state__in=(RejudgingState.JUDGING, RejudgingState.READY)
        )
        if not open_ones.update(state=RejudgingState.DISCARDED, closed_by=by, closed_at=at):
            state = rejudging_by_id(rejudging_id).state
            raise RejudgingRefused(f"The rejudging is {state}; it cannot be discarded any more.")
        items = RejudgingItem.objects.filter(rejudging_id=rejudging_id)
        items.update(**NOTHING_KEPT)
        unjudged = items.filter(state__in=(ItemState.WAITING, ItemState.RUNNING))
        unjudged.update(state=ItemState.CANCELLED, claim=None, lease_expires_at=None)
