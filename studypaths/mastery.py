"""How mastery of a topic follows from scores. Pure; every change of the formula gets a new `MODEL_VERSION`."""

from collections.abc import Iterable

MODEL_VERSION = "ema-0.2"
SMOOTHING = 0.2
UNKNOWN = 0.0


def updated_mastery(value: float | None, score: float) -> float:
    """Mastery (0-100) after a completed task with `score` (0-1): an exponential moving average (R092)."""
    before = UNKNOWN if value is None else value
    return round(before + SMOOTHING * (100.0 * score - before), 4)


def folded_mastery(scores: Iterable[float]) -> float:
    """Mastery (0-100) after completed tasks with these scores (0-1), in the order of their completion."""
    value: float | None = None
    for score in scores:
        value = updated_mastery(value, score)
    return UNKNOWN if value is None else value
