"""What completions do to mastery, as events record it. The model is `success`; its version is in every value. Pure."""

from collections.abc import Iterable, Mapping
from math import exp
from typing import Any

from studypaths.generation.success import MODEL_VERSION, PRIOR_ABILITY, Known, updated_value

# What the model takes for the mastery of a topic that was never tried, 0-100.
UNKNOWN = round(100.0 / (1.0 + exp(-PRIOR_ABILITY)), 4)


def mastery_after(row: Mapping[str, Any] | None, *, difficulty: int, passed: bool) -> dict[str, Any]:
    """Mastery of a topic after a completed task of that topic (R092); `row` is what it was before, if anything."""
    known = None if row is None else Known(row["value"], row["observations"])
    return _recorded(
        updated_value(known, difficulty=difficulty, passed=passed),
        observations=1 if known is None else known.observations + 1,
    )


def folded_mastery(outcomes: Iterable[tuple[int, bool]]) -> dict[str, Any]:
    """Mastery of a topic after completed tasks of (difficulty, passed), in the order of their completion; at least one.

    `ValueError` without outcomes: there is no mastery of what was never tried.
    """
    known: Known | None = None
    for difficulty, passed in outcomes:
        value = updated_value(known, difficulty=difficulty, passed=passed)
        known = Known(value, 1 if known is None else known.observations + 1)
    if known is None:
        raise ValueError("no outcome")
    return _recorded(known.value, known.observations)


def _recorded(value: float, observations: int) -> dict[str, Any]:
    return {"value": value, "observations": observations, "model_version": MODEL_VERSION}
