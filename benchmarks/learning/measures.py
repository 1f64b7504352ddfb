"""From journeys to figures: each measure of one journey, and means with confidence intervals over seeds."""

from collections.abc import Callable, Sequence
from itertools import pairwise
from math import sqrt
from statistics import fmean, stdev

from benchmarks.learning.journey import BAND, Journey, log_loss

# Two-sided 95 % points of Student's t by degrees of freedom; the next smaller listed one is used.
T95 = {
    1: 12.71,
    2: 4.30,
    3: 3.18,
    4: 2.78,
    5: 2.57,
    7: 2.36,
    9: 2.26,
    11: 2.20,
    14: 2.14,
    19: 2.09,
    29: 2.05,
    59: 2.00,
}


def success_rate(found: Journey) -> float:
    return fmean(attempt.passed for served, attempt in found.tasks if served.kind != "review")


def band_share(found: Journey) -> float:
    """Share of the time on problems whose true chance of success was between 60 and 75 %; reviews left out."""
    problems = [attempt for served, attempt in found.tasks if served.kind != "review"]
    inside = sum(a.minutes for a in problems if BAND[0] <= a.chance <= BAND[1])
    return inside / sum(a.minutes for a in problems)


def gain_per_hour(found: Journey) -> float:
    """Percentage points of the exam over the whole track, per hour of work."""
    return 100 * (found.exam_after - found.exam_before) / found.hours()


def kept_gain_per_hour(found: Journey) -> float:
    """The same at the later exam, after a month without any task."""
    return 100 * (found.exam_later - found.exam_before) / found.hours()


def retention(found: Journey) -> float:
    """Share of reviews that were passed."""
    reviews = [attempt.passed for served, attempt in found.tasks if served.kind == "review"]
    return fmean(reviews) if reviews else float("nan")


def review_load(found: Journey) -> float:
    """Share of the time that reviews take."""
    spent = sum(attempt.minutes for served, attempt in found.tasks if served.kind == "review")
    return spent / 60 / found.hours()


def prediction_loss(found: Journey) -> float:
    """Log loss of the predicted success on problems, where the teacher predicts."""
    return log_loss(
        [
            (served.predicted, attempt.passed)
            for served, attempt in found.tasks
            if served.predicted is not None and served.kind != "review"
        ]
    )


def jumps(found: Journey) -> float:
    """Problems more than one step harder than the problem before, per 100 problems."""
    grades = [served.entry.difficulty for served, _ in found.tasks if served.kind != "review"]
    return 100 * sum(b > a + 1 for a, b in pairwise(grades)) / len(grades)


def third_failures_risked(found: Journey) -> float:
    """Problems that are no easier than what failed before, after two failures in a row, per 100 problems."""
    failed: list[int] = []
    count = problems = 0
    for served, attempt in found.tasks:
        grade = served.entry.difficulty
        if served.kind != "review":
            problems += 1
            count += len(failed) >= 2 and grade > max(1, min(failed) - 1)
        failed = [] if attempt.passed else [*failed, grade]
    return 100 * count / problems


def same_topic_twice(found: Journey) -> float:
    """Problems on the primary topic of the problem before, per 100 problems."""
    topics = [served.entry.topic for served, _ in found.tasks if served.kind != "review"]
    return 100 * sum(a == b for a, b in pairwise(topics)) / len(topics)


MEASURES: dict[str, Callable[[Journey], float]] = {
    "gain per hour": gain_per_hour,
    "kept gain per hour": kept_gain_per_hour,
    "time in band": band_share,
    "success rate": success_rate,
    "log loss": prediction_loss,
    "review load": review_load,
    "review retention": retention,
    "jumps": jumps,
    "failures risked": third_failures_risked,
    "topic repeated": same_topic_twice,
}


def interval(values: Sequence[float]) -> tuple[float, float]:
    """Mean and half the width of its 95 % confidence interval over seeds."""
    numbers = [value for value in values if value == value]
    if not numbers:
        return float("nan"), float("nan")
    if len(numbers) == 1:
        return numbers[0], float("nan")
    point = T95[max(df for df in T95 if df <= len(numbers) - 1)]
    return fmean(numbers), point * stdev(numbers) / sqrt(len(numbers))
