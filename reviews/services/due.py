"""Due items become review tasks: in bulk, each at most once, however many do it at the same time."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from operator import itemgetter
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from common.collector import without_garbage_collection
from reviews.allowance import MAX_DAILY_CAP, Waiting, day_of, first_of_backlog, room
from reviews.decisions import decision_of
from reviews.projection import REVIEW_ITEMS
from reviews.scheduling import retrievability
from reviews.selectors import (
    Catalogue,
    Preferences,
    active_paths_of,
    catalogue_now,
    item_in,
    learners_due,
    loads_of,
    preferences_of,
    waiting_items,
)
from studypaths.journal import Journal, lock_heads, open_journal
from studypaths.projection import PATHS, Row
from studypaths.services.recording import record_task
from studypaths.states import TaskKind

LEARNERS_AT_ONCE = 1_000
TASKS_AT_ONCE = 5_000  # bounds a transaction: how long its locks are held, how many rows are in memory
LOCKED_AT_ONCE = (
    TASKS_AT_ONCE // MAX_DAILY_CAP
)  # learners whose locks are held while they are planned: the same bound


@dataclass(frozen=True, slots=True)
class Offer:
    """What one learner gets: items with the path that each belongs to. It holds while the log is at `sequence`."""

    learner_id: UUID
    sequence: int
    preferences: Preferences
    day: date
    items: list[tuple[UUID, UUID]]


@dataclass(frozen=True, slots=True)
class _Run:
    """One call of `make_due_tasks`."""

    by: str
    at: datetime
    catalogue: Catalogue


@without_garbage_collection()
def make_due_tasks(
    *, by: str, at: datetime, learner_ids: Collection[UUID] | None = None, chunk: int = LEARNERS_AT_ONCE
) -> int:
    """Make review tasks of items that are due (R026, R095, R117), all learners' or those of `learner_ids`; how many.

    Each learner gets as many as the daily cap, vacation and easy days leave room for. Learners are planned without
    locks and recorded in transactions of a few thousand tasks; whoever is locked by somebody else or has acted since
    is planned again at the end, under the lock. What a killed run did not do, the next one does.
    """
    run = _Run(by, at, catalogue_now())
    made = 0
    left: list[UUID] = []
    for ids in learners_due(at, only=learner_ids, chunk=chunk):
        for offers in _in_transactions(planned_offers(ids, run)):
            done, missed = _make(offers, run)
            made += done
            left += missed
    for ids in learners_due(at, only=left, chunk=min(chunk, LOCKED_AT_ONCE)) if left else ():
        made += _make_locked(ids, run)
    return made


def planned_offers(learner_ids: Sequence[UUID], run: _Run) -> list[Offer]:
    """What these learners would get now. Sequences are read first, so that one still the same vouches for the rest."""
    sequences = _sequences(learner_ids)
    preferences = preferences_of(learner_ids)
    rooms = _rooms(preferences, run.at)
    paths = active_paths_of(rooms)
    offers = []
    for learner_id, rows in groupby(waiting_items(list(paths), run.at), key=itemgetter(0)):
        items = _fitting(rows, paths[learner_id], run.catalogue)
        wishes = preferences[learner_id]
        chosen = _chosen(items, rooms[learner_id], wishes, run.at)
        if chosen:
            day = day_of(run.at, wishes.zone)
            offers.append(Offer(learner_id, sequences[learner_id], wishes, day, chosen))
    return offers


def _sequences(learner_ids: Sequence[UUID]) -> dict[UUID, int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT learner_id, sequence FROM chain_heads WHERE learner_id = ANY(%s)", [list(learner_ids)]
        )
        return dict(cursor.fetchall())


def _rooms(preferences: dict[UUID, Preferences], at: datetime) -> dict[UUID, int]:
    """For how many more reviews there is room today, of the learners who have any."""
    loads = loads_of(preferences, at)
    rooms = {
        learner_id: room(
            each.settings,
            day_of(at, each.zone),
            offered_today=loads[learner_id].offered_today,
            open_from_before=loads[learner_id].open_from_before,
        )
        for learner_id, each in preferences.items()
    }
    return {learner_id: count for learner_id, count in rooms.items() if count > 0}


def _fitting(
    rows: Iterator[tuple[Any, ...]], paths: list[tuple[UUID, str]], catalogue: Catalogue
) -> dict[UUID, tuple[tuple[Any, ...], UUID]]:
    """The items that have a path to belong to and whose problem was not retired; others wait."""
    found = {}
    for row in rows:
        _, item_id, problem_id, track_id, module, *_ = row
        path_id = catalogue.path_for(track_id, module, paths)
        if path_id is not None and problem_id not in catalogue.retired:
            found[item_id] = (row, path_id)
    return found


def _chosen(
    items: dict[UUID, tuple[tuple[Any, ...], UUID]], count: int, preferences: Preferences, at: datetime
) -> list[tuple[UUID, UUID]]:
    if len(items) <= count:
        return [(item_id, path_id) for item_id, (_, path_id) in items.items()]
    zone = preferences.zone
    waiting = [
        Waiting(item_id, stability, day_of(last_reviewed_at, zone), due_at)
        for (_, item_id, *_, stability, last_reviewed_at, due_at), _ in items.values()
    ]
    first = first_of_backlog(waiting, count, day=day_of(at, zone), model=preferences.settings.model)
    return [(each.item_id, items[each.item_id][1]) for each in first]


def _in_transactions(offers: Sequence[Offer]) -> Iterator[list[Offer]]:
    part: list[Offer] = []
    size = 0
    for offer in offers:
        if part and size + len(offer.items) > TASKS_AT_ONCE:
            yield part
            part, size = [], 0
        part.append(offer)
        size += len(offer.items)
    if part:
        yield part


# Who is being worked on by somebody else is not waited for: two runs share the work instead of queueing up.
CLAIM_HEADS = """
    SELECT learner_id, sequence FROM chain_heads WHERE learner_id = ANY(%s)
    ORDER BY learner_id FOR UPDATE SKIP LOCKED
"""


def _make(offers: Sequence[Offer], run: _Run) -> tuple[int, list[UUID]]:
    """Record the offers that still hold; how many tasks, and the learners whose offers did not."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(CLAIM_HEADS, [[offer.learner_id for offer in offers]])
            claimed: dict[UUID, int] = dict(cursor.fetchall())
        holding = [offer for offer in offers if claimed.get(offer.learner_id) == offer.sequence]
        made = _record(holding, run)
    held = {offer.learner_id for offer in holding}
    return made, [offer.learner_id for offer in offers if offer.learner_id not in held]


def _make_locked(learner_ids: Sequence[UUID], run: _Run) -> int:
    """Lock these learners' logs, waiting where needed, then plan and record."""
    with transaction.atomic():
        lock_heads(learner_ids)
        return _record(planned_offers(learner_ids, run), run)


def _record(offers: Sequence[Offer], run: _Run) -> int:
    if not offers:
        return 0
    with open_journal(learner_ids=[each.learner_id for each in offers], by=run.by, at=run.at) as journal:
        journal.load(PATHS, {(path_id,) for offer in offers for _, path_id in offer.items})
        journal.load(REVIEW_ITEMS, [(item_id,) for offer in offers for item_id, _ in offer.items])
        for offer in offers:
            for item_id, path_id in offer.items:
                _offer_item(journal, offer, item_id, path_id, run)
    return sum(len(offer.items) for offer in offers)


def _offer_item(journal: Journal, offer: Offer, item_id: UUID, path_id: UUID, run: _Run) -> None:
    item = item_in(journal, item_id)
    if item is None:
        raise LookupError(f"review item {item_id} is gone")
    reviewed_on = day_of(item["last_reviewed_at"], offer.preferences.zone)
    age = (offer.day - reviewed_on).days
    chance = retrievability(item["stability"], age, offer.preferences.settings.model.parameters)
    task: Row = {
        "problem_id": item["problem_id"],
        "problem_version": run.catalogue.versions.get(item["problem_id"], item["problem_version"]),
        "module": item["module"],
        "topic_tags": item["topic_tags"],
        "difficulty": item["difficulty"],
        "kind": TaskKind.REVIEW,
        "scheduled_at": run.at,
        "metadata": {"source": {"type": "review", "review_item": item_id, "reason": item["reason"]}},
        "decision": decision_of(item, reviewed_on=reviewed_on, retrievability=chance),
        "review_item": item_id,
    }
    record_task(journal, learner_id=offer.learner_id, path_id=path_id, task=task)
