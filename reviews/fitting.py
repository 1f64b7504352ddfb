"""Parameters of FSRS-6 fitted to one learner, and whether they predict better than those in force. Pure.

Fitted by `fsrs-rs-python` on the first 80 % of the learner's ratings by time; judged on the rest, which the fit never
saw, by the log loss of the retrievability that the scheduler itself computes.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from fsrs_rs_python import FSRS, FSRSItem, FSRSReview

from reviews.scheduling import (
    DEFAULTS,
    Memory,
    Model,
    Rating,
    after_rating,
    retrievability,
    usable_parameters,
)

MIN_REVIEWS = 512  # with fewer, tools of FSRS keep the defaults (requirement 6.12)
TRAINING_SHARE = 0.8
CERTAIN = 1e-6


@dataclass(frozen=True, slots=True)
class Rated:
    """One rating of the log. `elapsed_days` is None for the first of an item."""

    item_id: UUID
    at: datetime
    rating: Rating
    elapsed_days: int | None


@dataclass(frozen=True, slots=True)
class Fit:
    """Fitted parameters, and how well they and those in force predict the held-out reviews."""

    parameters: tuple[float, ...]
    reviews: int
    held_out: int
    loss_before: float
    loss_after: float

    @property
    def is_better(self) -> bool:
        return self.held_out > 0 and self.loss_after < self.loss_before

    def as_payload(self) -> dict[str, Any]:
        return {
            "reviews": self.reviews,
            "held_out": self.held_out,
            "log_loss_before": round(self.loss_before, 6),
            "log_loss_after": round(self.loss_after, 6),
        }


def fit(ratings: Sequence[Rated], current: Sequence[float] = DEFAULTS) -> Fit:
    """Fit to `ratings` (in any order) and compare with the parameters in force."""
    ordered = sorted(ratings, key=lambda each: each.at)
    cut = ordered[int(len(ordered) * TRAINING_SHARE)].at
    histories = training_histories([each for each in ordered if each.at < cut])
    items = [FSRSItem([FSRSReview(*review) for review in history]) for history in histories]
    found = FSRS(list(current)).compute_parameters(items, num_relearning_steps=0)
    parameters = usable_parameters(found)
    before = _losses(ordered, tuple(current), cut)
    after = _losses(ordered, parameters, cut)
    return Fit(parameters, len(ordered), len(before), _mean(before), _mean(after))


def training_histories(ratings: Sequence[Rated]) -> list[list[tuple[int, int]]]:
    """What the optimizer learns from: of every review on a later day, the item's history up to and with it, as (rating,
    days since the one before)."""
    found: list[list[tuple[int, int]]] = []
    for history in _histories(ratings).values():
        reviews = [(int(each.rating), each.elapsed_days or 0) for each in history]
        found += [reviews[: place + 1] for place, (_, days) in enumerate(reviews) if place and days]
    return found


def _histories(ratings: Sequence[Rated]) -> dict[UUID, list[Rated]]:
    """The ratings of each item from its first on; items whose beginning is missing are left out."""
    histories: dict[UUID, list[Rated]] = {}
    for each in ratings:
        if each.elapsed_days is None:
            histories[each.item_id] = [each]
        elif each.item_id in histories:
            histories[each.item_id].append(each)
    return histories


def _losses(ratings: Sequence[Rated], parameters: tuple[float, ...], since: datetime) -> list[float]:
    """-log of the probability that was given to what happened, of each review on a later day since then."""
    return [
        -math.log(chance if passed else 1 - chance)
        for history in _histories(ratings).values()
        for at, chance, passed in _predictions(history, Model(parameters))
        if at >= since
    ]


def _predictions(history: Sequence[Rated], model: Model) -> Iterator[tuple[datetime, float, bool]]:
    memory: Memory | None = None
    for each in history:
        elapsed = each.elapsed_days or 0
        if memory is not None and elapsed:
            chance = retrievability(memory.stability, elapsed, model.parameters)
            yield each.at, min(max(chance, CERTAIN), 1 - CERTAIN), each.rating != Rating.AGAIN
        memory, _ = after_rating(memory, each.rating, elapsed_days=elapsed, model=model)


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0
