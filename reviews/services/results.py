"""What the end of a task does to the learner's memory of its problem."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from common.ids import uuid7
from reviews.allowance import day_of, days_between, start_of
from reviews.projection import REVIEW_ITEMS, REVIEW_LOGS, state_of
from reviews.scheduling import (
    Memory,
    Outcome,
    Rating,
    after_rating,
    described,
    due_day,
    first_interval,
    item_id_of,
    rating_of,
    reason_of,
    wait_days,
)
from reviews.selectors import Preferences, item_in, minutes_targets, preferences_of
from studypaths.journal import Journal
from studypaths.projection import PATHS, Row
from studypaths.states import TaskKind, TaskStatus

RATED_KINDS = frozenset({TaskKind.PROBLEM, TaskKind.REVIEW, TaskKind.MOCK})


def after_result(journal: Journal, tasks: Sequence[Row]) -> None:
    """Follow up on tasks that reached a terminal status in this journal (R095, R114, R117).

    `tasks` are rows of the projection as they are after the move, one or thousands, of learners whose logs are open. A
    completed problem, review or mock rates its problem and plans the next review; a review that was skipped or expired
    is offered again later. Everything else is passed over. A handful of queries, however many tasks.
    """
    completed = [t for t in tasks if t["status"] == TaskStatus.COMPLETED and t["kind"] in RATED_KINDS]
    given_up = [
        t
        for t in tasks
        if t["kind"] == TaskKind.REVIEW and t["status"] in (TaskStatus.SKIPPED, TaskStatus.EXPIRED)
    ]
    if not completed and not given_up:
        return
    known = _known_before(journal, completed, given_up)
    for task in completed:
        _rate(journal, task, known)
    for task in given_up:
        _put_off(journal, task, known)


def after_correction(journal: Journal, tasks: Sequence[Row]) -> None:
    """Rate completed tasks anew whose outcome was corrected in this journal, such as by a rejudging.

    `tasks` are rows of the projection after the correction. The new rating takes the place of the old one: it starts
    from the same state, on the same day. A rating that others followed stays, for they have corrected the memory since.
    """
    rated = [t for t in tasks if t["status"] == TaskStatus.COMPLETED and t["kind"] in RATED_KINDS]
    if not rated:
        return
    known = _known_before(journal, rated, [])
    items = [item_in(journal, item_id_of(t["learner_id"], t["problem_id"])) for t in rated]
    journal.load(REVIEW_LOGS, [(each["last_log_id"],) for each in items if each and each["last_log_id"]])
    for task, item in zip(rated, items, strict=True):
        if item is None or item["last_log_id"] is None:
            continue
        log = journal.recorded(REVIEW_LOGS, item["last_log_id"])
        if log["task_id"] == task["id"]:
            past = _Past(log["state_before"], log["elapsed_days"], replaces=log["id"])
            _record_rating(journal, "review_rated", task, item, past, known)


@dataclass(frozen=True, slots=True)
class _Known:
    """What is read once for all tasks of a journal."""

    preferences: Mapping[UUID, Preferences]
    minutes: Mapping[str, int]


def _known_before(journal: Journal, completed: Sequence[Row], given_up: Sequence[Row]) -> _Known:
    tasks = [*completed, *given_up]
    journal.load(REVIEW_ITEMS, [(item_id_of(t["learner_id"], t["problem_id"]),) for t in tasks])
    journal.load(PATHS, {(t["path_id"],) for t in completed})
    return _Known(
        preferences=preferences_of({t["learner_id"] for t in tasks}),
        minutes=minutes_targets({t["problem_id"] for t in completed}) if completed else {},
    )


@dataclass(frozen=True, slots=True)
class _Past:
    """The state that a rating starts from (empty before the first), how long ago it was, and the rating it replaces."""

    state: dict[str, Any]
    elapsed_days: int | None
    replaces: UUID | None = None

    @property
    def memory(self) -> Memory | None:
        return Memory(self.state["stability"], self.state["memory_difficulty"]) if self.state else None


def _past_of(item: Row | None, task: Row, known: _Known) -> _Past:
    if item is None:
        return _Past({}, None)
    zone = known.preferences[task["learner_id"]].zone
    return _Past(state_of(item), days_between(item["last_reviewed_at"], task["completed_at"], zone))


def _rate(journal: Journal, task: Row, known: _Known) -> None:
    """Record the rating that the completed task stands for; the first of a problem puts it into the queue."""
    item = item_in(journal, item_id_of(task["learner_id"], task["problem_id"]))
    event_type = "review_rated" if item else "review_scheduled"
    _record_rating(journal, event_type, task, item, _past_of(item, task, known), known)


def _record_rating(
    journal: Journal, event_type: str, task: Row, item: Row | None, past: _Past, known: _Known
) -> None:
    minutes = _minutes_target(task, item, known)
    outcome = _outcome(task, minutes)
    rating = rating_of(outcome)
    next_review = _next_review(task, past, rating, known.preferences[task["learner_id"]])
    lapsed = bool(past.state) and rating == Rating.AGAIN
    payload = {
        "review_item": item_id_of(task["learner_id"], task["problem_id"]),
        "review_log": uuid7(),
        "rating": int(rating),
        "problem": _problem(task, minutes, journal.path(task["path_id"])["track_id"]),
        "before": past.state,
        "after": {
            **next_review.state,
            "reason": reason_of(outcome),
            "reps": past.state.get("reps", 0) + 1,
            "lapses": past.state.get("lapses", 0) + lapsed,
        },
        **next_review.facts,
        "duration_seconds": outcome.seconds,
        "reviewed_at": task["completed_at"],
        "source": _source(task),
    }
    if past.replaces:
        payload["replaces"] = past.replaces
    _record(journal, task, event_type, payload)


def _minutes_target(task: Row, item: Row | None, known: _Known) -> int | None:
    """From the task's decision, the catalogue, or the item: a problem bank elsewhere is not asked in a transaction."""
    planned = task["decision"].get("minutes_target")
    if isinstance(planned, int) and planned > 0:
        return planned
    found = known.minutes.get(task["problem_id"])
    return found or (item["minutes_target"] if item else None)


def _outcome(task: Row, minutes: int | None) -> Outcome:
    return Outcome(
        passed=task["passed"],
        attempts=task["attempts"],
        hints=task["hints_used"],
        seconds=task["time_spent_seconds"] or 0,
        minutes_target=minutes,
        is_mock=task["kind"] == TaskKind.MOCK,
    )


@dataclass(frozen=True, slots=True)
class _NextReview:
    """The new memory and due date, and what they were computed from."""

    state: dict[str, Any]
    facts: dict[str, Any]


def _next_review(task: Row, past: _Past, rating: Rating, preferences: Preferences) -> _NextReview:
    settings, zone, at = preferences.settings, preferences.zone, task["completed_at"]
    after, interval = after_rating(
        past.memory, rating, elapsed_days=past.elapsed_days or 0, model=settings.model
    )
    if past.memory is None:
        interval = first_interval(rating, interval)
    due_on = due_day(
        day_of(at, zone),
        interval,
        learner_id=task["learner_id"],
        problem_id=task["problem_id"],
        easy_days=settings.easy_days,
    )
    return _NextReview(
        state={
            "stability": after.stability,
            "memory_difficulty": after.difficulty,
            "last_reviewed_at": at,
            "due_at": start_of(due_on, zone),
        },
        facts={
            "elapsed_days": past.elapsed_days,
            "interval_days": interval,
            "due_on": due_on,
            "time_zone": zone.key,
            "easy_days": settings.easy_days,
            "scheduler": described(settings.model, settings.parameters_version),
        },
    )


def _problem(task: Row, minutes: int | None, track_id: str) -> dict[str, Any]:
    copied = ("problem_id", "problem_version", "module", "topic_tags", "difficulty")
    return {**{name: task[name] for name in copied}, "minutes_target": minutes, "track_id": track_id}


def _source(task: Row) -> dict[str, Any]:
    """The verdict that the rating rests on; without an evaluation it was reported by a service."""
    judged = task["metadata"].get("evaluation") or {}
    return {
        "kind": task["kind"],
        "passed": task["passed"],
        "score": task["score"],
        "attempts": task["attempts"],
        "hints": task["hints_used"],
        "evaluation_id": judged.get("evaluation_id"),
    }


def _put_off(journal: Journal, task: Row, known: _Known) -> None:
    """Offer the item of a review that was skipped again the next day, of one that expired later each time."""
    item = item_in(journal, item_id_of(task["learner_id"], task["problem_id"]))
    if item is None or item["open_task_id"] != task["id"]:
        return
    expired = task["status"] == TaskStatus.EXPIRED
    misses = item["misses"] + 1 if expired else 0
    zone = known.preferences[task["learner_id"]].zone
    again = start_of(day_of(journal.at, zone) + timedelta(days=wait_days(misses)), zone)
    _record(
        journal,
        task,
        "review_scheduled",
        {
            "review_item": item["id"],
            "cause": task["status"],
            "due_before": item["due_at"],
            "due_at": max(again, item["due_at"]),
            "misses": misses,
        },
    )


def _record(journal: Journal, task: Row, event_type: str, payload: dict[str, Any]) -> None:
    journal.record(
        event_type,
        learner_id=task["learner_id"],
        task_id=task["id"],
        path_id=task["path_id"],
        payload=payload,
    )
