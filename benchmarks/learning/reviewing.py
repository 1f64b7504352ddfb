"""Reviews in the simulation: the FSRS scheduler of the `fsrs` package, with the rules of the project around it."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache

from fsrs import Card, Rating, Scheduler

from benchmarks.learning.learner import Attempt, Item
from reviews.allowance import Settings

EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
SLOW, FAST = 1.5, 0.5


@cache
def scheduler() -> Scheduler:
    return Scheduler(
        desired_retention=0.9,
        learning_steps=(),
        relearning_steps=(),
        maximum_interval=180,
        enable_fuzzing=False,
    )


def rating(attempt: Attempt, minutes_target: int) -> Rating:
    """Requirement 6.9: a failure is Again, a pass Hard, Good or Easy by hints, tries and time."""
    if not attempt.passed:
        return Rating.Again
    if attempt.hints or attempt.tries > 1 or attempt.minutes > SLOW * minutes_target:
        return Rating.Hard
    return Rating.Easy if attempt.minutes < FAST * minutes_target else Rating.Good


@dataclass
class Reviews:
    """The review items of one learner. Days are whole days since the path began; at most `cap` a day are served."""

    cap: int
    cards: dict[str, Card] = field(default_factory=dict)
    due: dict[str, int] = field(default_factory=dict)
    served_on: dict[int, int] = field(default_factory=dict)

    def next(self, day: int) -> str | None:
        """The item that has been due longest, while the cap of the day allows one more."""
        allowed = Settings(daily_cap=self.cap).cap_on((EPOCH + timedelta(days=day)).date())
        if self.served_on.get(day, 0) >= allowed:
            return None
        waiting = [(on, problem) for problem, on in self.due.items() if on <= day]
        return min(waiting)[1] if waiting else None

    def served(self, day: int) -> None:
        self.served_on[day] = self.served_on.get(day, 0) + 1

    def rate(self, item: Item, attempt: Attempt, day: int) -> None:
        """The first outcome of a problem makes its card; every one schedules it, a failure for the next day."""
        problem = item.candidate.problem_id
        card = self.cards.get(problem) or Card(card_id=len(self.cards) + 1)
        grade = rating(attempt, item.candidate.minutes_target)
        card, _ = scheduler().review_card(card, grade, EPOCH + timedelta(days=day))
        self.cards[problem] = card
        self.due[problem] = day + 1 if grade == Rating.Again else (card.due - EPOCH).days
