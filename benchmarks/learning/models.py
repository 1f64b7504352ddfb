"""Mastery models side by side: how well each foresees the outcomes of the same simulated journeys (log loss).

A model keeps a number per topic and predicts a pass from the numbers of a problem's topics and its difficulty. The
moving average and BKT know no difficulty; to be fair to them, their number is calibrated by a logistic regression on
difficulty, fitted on training seeds. As in the planner, reviews move no model.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from math import exp
from statistics import fmean
from typing import NamedTuple, Protocol

from benchmarks.learning.journey import Journey, log_loss
from studypaths.generation.success import Known, believed, updated_value


class Outcome(NamedTuple):
    """A task as a mastery model sees it."""

    topics: tuple[str, ...]
    difficulty: int
    passed: bool
    score: float
    review: bool


class Model(Protocol):
    def level(self, topics: Sequence[str], difficulty: int) -> float: ...

    def see(self, outcome: Outcome) -> None: ...


@dataclass
class MovingAverage:
    """The source's: value += 0.2 (score - value)."""

    values: dict[str, float] = field(default_factory=dict)

    def level(self, topics: Sequence[str], difficulty: int) -> float:
        return fmean(self.values.get(topic, 0.0) for topic in topics)

    def see(self, outcome: Outcome) -> None:
        for topic in outcome.topics:
            value = self.values.get(topic, 0.0)
            self.values[topic] = value + 0.2 * (outcome.score - value)


@dataclass
class KnowledgeTracing:
    """BKT (Corbett & Anderson 1995) with the values of requirement 6.13."""

    start: float = 0.2
    learn: float = 0.15
    guess: float = 0.1
    slip: float = 0.1
    values: dict[str, float] = field(default_factory=dict)

    def level(self, topics: Sequence[str], difficulty: int) -> float:
        known = fmean(self.values.get(topic, self.start) for topic in topics)
        return known * (1 - self.slip) + (1 - known) * self.guess

    def see(self, outcome: Outcome) -> None:
        for topic in outcome.topics:
            known = self.values.get(topic, self.start)
            if outcome.passed:
                right = known * (1 - self.slip)
                known = right / (right + (1 - known) * self.guess)
            else:
                wrong = known * self.slip
                known = wrong / (wrong + (1 - known) * (1 - self.guess))
            self.values[topic] = known + (1 - known) * self.learn


@dataclass
class Elo:
    """The project's own (studypaths.generation.success)."""

    mastery: dict[str, Known] = field(default_factory=dict)

    def level(self, topics: Sequence[str], difficulty: int) -> float:
        return believed(self.mastery).success(topics, difficulty)

    def see(self, outcome: Outcome) -> None:
        for topic in outcome.topics:
            known = self.mastery.get(topic)
            value = updated_value(known, difficulty=outcome.difficulty, passed=outcome.passed)
            self.mastery[topic] = Known(value, (known.observations if known else 0) + 1)


def outcomes_of(journey: Journey) -> list[Outcome]:
    return [
        Outcome(s.entry.topics, s.entry.difficulty, a.passed, a.score, s.kind == "review")
        for s, a in journey.tasks
    ]


def foreseen(model: Model, outcomes: Iterable[Outcome]) -> list[tuple[float, int, bool]]:
    """(level, difficulty, passed) of each problem, the level being what the model said before it saw the outcome."""
    found = []
    for outcome in outcomes:
        if not outcome.review:
            found.append(
                (model.level(outcome.topics, outcome.difficulty), outcome.difficulty, outcome.passed)
            )
        model.see(outcome)
    return found


Calibration = tuple[float, float, float]


def calibrated(rows: Sequence[tuple[float, int, bool]], steps: int = 400) -> Calibration:
    """Weights of level, difficulty and a constant in a logistic regression, by plain gradient descent."""
    a, b, c = 1.0, -0.5, 0.0
    for _ in range(steps):
        ga = gb = gc = 0.0
        for level, difficulty, passed in rows:
            error = _logistic(a * level + b * (difficulty - 3) + c) - passed
            ga, gb, gc = ga + error * level, gb + error * (difficulty - 3), gc + error
        rate = 2.0 / len(rows)
        a, b, c = a - rate * ga, b - rate * gb, c - rate * gc
    return a, b, c


def _logistic(x: float) -> float:
    return 1 / (1 + exp(-x))


def calibrated_loss(rows: Sequence[tuple[float, int, bool]], weights: Calibration) -> float:
    a, b, c = weights
    return log_loss([(_logistic(a * level + b * (d - 3) + c), passed) for level, d, passed in rows])


def compare(training: Sequence[Journey], judged: Sequence[Journey]) -> dict[str, float]:
    """Log loss by model on the judged journeys; calibrations come from the training ones only."""
    found = {"always the success rate": _rate_loss(training, judged)}
    models: dict[str, Callable[[], Model]] = {"moving average 0.2": MovingAverage, "BKT": KnowledgeTracing}
    for name, make in models.items():
        fitted = calibrated([row for j in training for row in foreseen(make(), outcomes_of(j))])
        rows = [row for j in judged for row in foreseen(make(), outcomes_of(j))]
        found[f"{name}, calibrated on difficulty"] = calibrated_loss(rows, fitted)
        if name == "BKT":
            found["BKT as it is"] = log_loss([(level, passed) for level, _, passed in rows])
    rows = [row for j in judged for row in foreseen(Elo(), outcomes_of(j))]
    found["Elo, pooled over topics"] = log_loss([(level, passed) for level, _, passed in rows])
    pairs = [(a.chance, a.passed) for j in judged for s, a in j.tasks if s.kind != "review"]
    found["the truth (no model can do better)"] = log_loss(pairs)
    return found


def _rate_loss(training: Sequence[Journey], judged: Sequence[Journey]) -> float:
    rate = fmean(o.passed for j in training for o in outcomes_of(j) if not o.review)
    return log_loss([(rate, o.passed) for j in judged for o in outcomes_of(j) if not o.review])
