"""How many reviews a learner gets on a day, and which: settings, the learner's days, the order of a backlog. Pure."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from reviews.scheduling import DEFAULT_RETENTION, DEFAULTS, WEEKDAYS, Model, retrievability

DEFAULT_DAILY_CAP = 10
MAX_DAILY_CAP = 100


@dataclass(frozen=True, slots=True)
class Settings:
    """What a learner wants of reviews. Vacation is from a day to the first day back; No `parameters`: the defaults.

    `easy_days` gives for weekdays ("saturday") the share of the usual work, 0 to 1.
    """

    daily_cap: int = DEFAULT_DAILY_CAP
    vacation_from: date | None = None
    vacation_to: date | None = None
    easy_days: dict[str, float] = field(default_factory=dict)
    desired_retention: float = DEFAULT_RETENTION
    parameters: tuple[float, ...] = ()
    parameters_version: int = 0
    version: int = 0

    @property
    def model(self) -> Model:
        return Model(self.parameters or DEFAULTS, self.desired_retention)

    def as_payload(self) -> dict[str, Any]:
        """Every setting in JSON types, as its event tells it."""
        return {
            "daily_cap": self.daily_cap,
            "vacation_from": self.vacation_from and self.vacation_from.isoformat(),
            "vacation_to": self.vacation_to and self.vacation_to.isoformat(),
            "easy_days": self.easy_days,
            "desired_retention": self.desired_retention,
            "parameters": list(self.parameters),
            "parameters_version": self.parameters_version,
        }

    def on_vacation(self, day: date) -> bool:
        if self.vacation_from is None:
            return False
        return self.vacation_from <= day and (self.vacation_to is None or day < self.vacation_to)

    def cap_on(self, day: date) -> int:
        """How many reviews may be offered on a day; a part of one counts as one."""
        if self.on_vacation(day):
            return 0
        return math.ceil(self.daily_cap * self.easy_days.get(WEEKDAYS[day.weekday()], 1.0))


@dataclass(frozen=True, slots=True)
class Waiting:
    """An item that is due and has no task."""

    item_id: UUID
    stability: float
    last_reviewed_on: date
    due_at: datetime


@lru_cache(maxsize=1024)
def zone_of(name: str) -> ZoneInfo:
    """The time zone of that IANA name. One that does not exist counts as UTC: a learner's days still begin and end."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")


def day_of(at: datetime, zone: ZoneInfo) -> date:
    """The learner's date at an instant."""
    return at.astimezone(zone).date()


def start_of(day: date, zone: ZoneInfo) -> datetime:
    """The instant at which the learner's day begins; where midnight does not exist, the first instant after it."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


def days_between(earlier: datetime, later: datetime, zone: ZoneInfo) -> int:
    """How many of the learner's midnights lie between two instants; never negative."""
    return max(0, (day_of(later, zone) - day_of(earlier, zone)).days)


def room(settings: Settings, day: date, *, offered_today: int, open_from_before: int) -> int:
    """How many more reviews may be offered on this day. What is still open from earlier days takes room."""
    return max(0, settings.cap_on(day) - offered_today - open_from_before)


def first_of_backlog(waiting: Sequence[Waiting], count: int, *, day: date, model: Model) -> list[Waiting]:
    """The `count` items to offer first: those most likely to be forgotten, then those due longest (then by id)."""
    if len(waiting) <= count:
        return list(waiting)

    def urgency(item: Waiting) -> tuple[float, datetime, UUID]:
        age = (day - item.last_reviewed_on).days
        return retrievability(item.stability, age, model.parameters), item.due_at, item.item_id

    return sorted(waiting, key=urgency)[:count]


def next_offer(settings: Settings, day: date) -> date | None:
    """The first day after `day` on which anything may be offered; None within the next year."""
    days = (day + timedelta(days=count) for count in range(1, 367))
    return next((each for each in days if settings.cap_on(each) > 0), None)
