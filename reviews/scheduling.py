"""When a problem should come back: ratings, reasons, FSRS memory states, due days. Pure: no Django, no clock.

FSRS-6 is computed by the `fsrs` package, the reference implementation, without learning steps and without its random
fuzz. Time is counted in the learner's days: a memory is as old as the number of midnights that passed, so a review on
the next evening and one on the next morning are both "a day later".
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import IntEnum, StrEnum
from functools import lru_cache
from hashlib import sha256
from typing import Any
from uuid import UUID

import fsrs
from fsrs.scheduler import DEFAULT_PARAMETERS, LOWER_BOUNDS_PARAMETERS, UPPER_BOUNDS_PARAMETERS

ALGORITHM = "fsrs-6"
DEFAULT_RETENTION = 0.9
LOWEST_RETENTION, HIGHEST_RETENTION = 0.7, 0.97
MAXIMUM_INTERVAL_DAYS = 180
DEFAULTS: tuple[float, ...] = tuple(DEFAULT_PARAMETERS)
SLOW_FACTOR = 1.5
FAST_FACTOR = 0.5
HEAVY_HINTS = 2
LONGEST_WAIT_DAYS = 32
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
# The ranges of FSRS schedulers: an interval may move by 1 day plus these shares of its parts.
SPREAD_SHARES = ((2.5, 7.0, 0.15), (7.0, 20.0, 0.1), (20.0, math.inf, 0.05))
SHORTEST_SPREAD_DAYS = 2.5
_DAY_ZERO = datetime(2000, 1, 1, tzinfo=UTC)
_CARD = 1  # the package sleeps a millisecond to make up an id for a card that has none


class Rating(IntEnum):
    """How well a problem was remembered, as FSRS numbers it."""

    AGAIN = 1
    HARD = 2
    GOOD = 3
    EASY = 4


class Reason(StrEnum):
    """Why a problem is reviewed."""

    FAIL = "fail"
    SLOW = "slow"
    HEAVY_HINT = "heavy-hint"
    MOCK_GAP = "mock-gap"
    RETENTION = "retention"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a completed task says about memory. Without `minutes_target` nobody was slow or fast."""

    passed: bool
    attempts: int
    hints: int
    seconds: int
    minutes_target: int | None
    is_mock: bool = False

    @property
    def is_slow(self) -> bool:
        return self.minutes_target is not None and self.seconds > SLOW_FACTOR * 60 * self.minutes_target

    @property
    def is_fast(self) -> bool:
        return self.minutes_target is not None and self.seconds < FAST_FACTOR * 60 * self.minutes_target


@dataclass(frozen=True, slots=True)
class Memory:
    """The FSRS state of one problem in one learner's head: stability in days, difficulty 1-10."""

    stability: float
    difficulty: float


@dataclass(frozen=True, slots=True)
class Model:
    """With what a memory is computed: the 21 parameters of FSRS-6 and the retention that is aimed at."""

    parameters: tuple[float, ...] = DEFAULTS
    retention: float = DEFAULT_RETENTION


def rating_of(outcome: Outcome) -> Rating:
    """The rating that a result stands for (requirement 6.9). A failure is never Hard, which FSRS takes for a pass."""
    if not outcome.passed:
        return Rating.AGAIN
    if outcome.hints > 0 or outcome.attempts > 1 or outcome.is_slow:
        return Rating.HARD
    return Rating.EASY if outcome.is_fast else Rating.GOOD


def reason_of(outcome: Outcome) -> Reason:
    """Why the problem will come back; the first that holds, `retention` when there was nothing to complain about."""
    if not outcome.passed:
        return Reason.MOCK_GAP if outcome.is_mock else Reason.FAIL
    if outcome.is_slow:
        return Reason.SLOW
    return Reason.HEAVY_HINT if outcome.hints >= HEAVY_HINTS else Reason.RETENTION


@lru_cache(maxsize=1024)
def _scheduler(model: Model) -> fsrs.Scheduler:
    return fsrs.Scheduler(
        parameters=model.parameters,
        desired_retention=model.retention,
        learning_steps=(),
        relearning_steps=(),
        maximum_interval=MAXIMUM_INTERVAL_DAYS,
        enable_fuzzing=False,
    )


def _card(memory: Memory | None) -> fsrs.Card:
    if memory is None:
        return fsrs.Card(card_id=_CARD, due=_DAY_ZERO)
    return fsrs.Card(
        card_id=_CARD,
        state=fsrs.State.Review,
        stability=memory.stability,
        difficulty=memory.difficulty,
        due=_DAY_ZERO,
        last_review=_DAY_ZERO,
    )


def after_rating(
    memory: Memory | None, rating: Rating, *, elapsed_days: int, model: Model
) -> tuple[Memory, int]:
    """The memory after a review `elapsed_days` after the last one, and the days until the next.

    `memory` is None before the first review, of which `elapsed_days` says nothing.
    """
    at = _DAY_ZERO + timedelta(days=elapsed_days)
    card, _ = _scheduler(model).review_card(_card(memory), fsrs.Rating(rating), at)
    if card.stability is None or card.difficulty is None:
        raise ValueError("the scheduler left a card without a memory")
    return Memory(card.stability, card.difficulty), (card.due - at).days


def first_interval(rating: Rating, interval: int) -> int:
    """The interval after the first result of a problem: what failed comes back the next day (requirement 6.10)."""
    return 1 if rating == Rating.AGAIN else interval


def retrievability(stability: float, elapsed_days: int, parameters: tuple[float, ...] = DEFAULTS) -> float:
    """The probability (0-1) that a memory of this stability still holds after so many days: FSRS-6's power curve."""
    decay = -parameters[20]
    factor: float = 0.9 ** (1 / decay) - 1
    curve: float = (1 + factor * max(0, elapsed_days) / stability) ** decay
    return curve


def usable_parameters(parameters: Sequence[float]) -> tuple[float, ...]:
    """Fitted parameters as the scheduler takes them: rounded to six decimals, within its bounds."""
    bounds = zip(parameters, LOWER_BOUNDS_PARAMETERS, UPPER_BOUNDS_PARAMETERS, strict=True)
    return tuple(min(max(round(value, 6), low), high) for value, low, high in bounds)


# Due days


def spread_window(interval: int) -> tuple[int, int]:
    """The shortest and longest interval (days) that one of `interval` may become, so that a day's work does not come
    back on one day."""
    if interval < SHORTEST_SPREAD_DAYS:
        return interval, interval
    delta = 1.0 + sum(share * max(min(interval, end) - start, 0.0) for start, end, share in SPREAD_SHARES)
    return max(2, round(interval - delta)), min(round(interval + delta), MAXIMUM_INTERVAL_DAYS)


def due_day(
    reviewed_on: date,
    interval: int,
    *,
    learner_id: UUID,
    problem_id: str,
    easy_days: Mapping[str, float],
) -> date:
    """The day on which a problem reviewed on `reviewed_on` is due: one of the window around the interval.

    The same learner, problem and day always give the same answer. `easy_days` (weekday to share of the usual work, 0 to
    1) makes those weekdays as much less likely.
    """
    first, last = spread_window(interval)
    days = [reviewed_on + timedelta(days=count) for count in range(first, last + 1)]
    shares = [easy_days.get(WEEKDAYS[day.weekday()], 1.0) for day in days]
    if not any(shares):
        shares = [1.0] * len(days)
    nominal = reviewed_on + timedelta(days=interval)
    point = _fraction(f"{learner_id}:{problem_id}:{nominal}") * sum(shares)
    for day, share in zip(days, shares, strict=True):
        point -= share
        if point < 0:
            return day
    return next(day for day, share in zip(reversed(days), reversed(shares), strict=True) if share)


def _fraction(key: str) -> float:
    """A number from 0 to below 1 that `key` determines."""
    return int.from_bytes(sha256(key.encode()).digest()[:6], "big") / 2**48


def wait_days(misses: int) -> int:
    """For how many days an item waits after its task expired `misses` times in a row: 1, 2, 4 … 32.

    Who is away gets fewer and fewer tasks that nobody does; the first answer starts over.
    """
    return min(1 << max(0, min(misses, 6) - 1), LONGEST_WAIT_DAYS)


def item_id_of(learner_id: UUID, problem_id: str) -> UUID:
    """The id of the item of a learner and a problem: a UUIDv8 (RFC 9562) that anybody can derive.

    The first 48 bits are those of the learner's id, so that a learner's items lie together in the index.
    """
    digest = int.from_bytes(sha256(learner_id.bytes + problem_id.encode()).digest()[:10], "big")
    low = digest & ((1 << 62) - 1)
    middle = (digest >> 62) & 0xFFF
    return UUID(int=(learner_id.int >> 80 << 80) | 0x8 << 76 | middle << 64 | 0b10 << 62 | low)


def described(model: Model, parameters_version: int) -> dict[str, Any]:
    """What a rating was computed with, for its event."""
    return {
        "algorithm": ALGORITHM,
        "parameters_version": parameters_version,
        "retention": model.retention,
        "maximum_interval_days": MAXIMUM_INTERVAL_DAYS,
    }
