"""Items, ratings and settings as JSON."""

from datetime import datetime
from typing import Any

from accounts.selectors import user_id_of
from reviews.allowance import Settings, day_of, days_between, next_offer, room, start_of
from reviews.models import ReviewItem, ReviewLog
from reviews.scheduling import DEFAULTS, Rating, retrievability
from reviews.selectors import Counts, Load, Preferences

ITEM_COLUMNS = (
    "id", "problem_id", "problem_version", "module", "topic_tags", "difficulty", "reason", "due_at", "last_reviewed_at",
    "stability", "memory_difficulty", "reps", "lapses", "open_task_id",
)  # fmt: skip
LOG_COLUMNS = (
    "id", "task_id", "rating", "elapsed_days", "interval_days", "duration_seconds", "state_before", "state_after",
    "scheduler", "reviewed_at", "undone_at",
)  # fmt: skip


def item(found: ReviewItem, preferences: Preferences, at: datetime) -> dict[str, Any]:
    """An item as it is at an instant: `state` due, open (it has a task) or upcoming; `retrievability` 0 to 1."""
    age = days_between(found.last_reviewed_at, at, preferences.zone)
    chance = retrievability(found.stability, age, preferences.settings.model.parameters)
    shown = {column: getattr(found, column) for column in ITEM_COLUMNS}
    return {
        "user_id": user_id_of(found.learner_id),
        **shown,
        "state": state_of(found, at),
        "retrievability": round(chance, 4),
    }


def state_of(found: ReviewItem, at: datetime) -> str:
    if found.open_task_id is not None:
        return "open"
    return "due" if found.due_at <= at else "upcoming"


def rating(found: ReviewLog) -> dict[str, Any]:
    """A rating with the state before and after it."""
    shown = {column: getattr(found, column) for column in LOG_COLUMNS}
    return {
        **shown,
        "rating_name": Rating(found.rating).name.lower(),
        "state_before": found.state_before or None,
        "verdict_source": found.source,
    }


def settings(found: Settings, time_zone: str) -> dict[str, Any]:
    """Settings with the parameters in force and whether they are the learner's own."""
    shown = found.as_payload()
    return {
        **shown,
        "parameters": shown["parameters"] or list(DEFAULTS),
        "parameters_are_own": bool(found.parameters),
        "time_zone": time_zone,
        "version": found.version,
    }


def counts(found: Counts) -> dict[str, Any]:
    return {"due": found.due, "open": found.open, "upcoming": found.upcoming}


def cap(preferences: Preferences, load: Load, at: datetime) -> dict[str, Any]:
    """How much of today's cap is used, and when the next tasks can be made once it is."""
    found, zone = preferences.settings, preferences.zone
    today = day_of(at, zone)
    left = room(found, today, offered_today=load.offered_today, open_from_before=load.open_from_before)
    following = next_offer(found, today)
    return {
        "daily_cap": found.daily_cap,
        "cap_today": found.cap_on(today),
        "offered_today": load.offered_today,
        "open_from_before": load.open_from_before,
        "left_today": left,
        "on_vacation": found.on_vacation(today),
        "next_tasks_at": at if left else following and start_of(following, zone),
    }
