"""What a Python function returned, as JSON with NaN and Infinity: docs/evaluation.md says what becomes of the rest."""

from __future__ import annotations

import json
import sys

_ENCODER_FRAMES = 100
_SCALARS = frozenset((int, bool, str))
_ITERATORS = "generator map filter zip enumerate reversed"
_VIEWS: tuple[type, ...] = (range, type({}.keys()), type({}.values()), type({}.items()))

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection
    from typing import Any


def encoded(value: Any, max_depth: int) -> bytes:
    """`value` as JSON; TypeError or ValueError, in words for a learner, when it cannot be said."""
    sys.setrecursionlimit(max_depth + _ENCODER_FRAMES)
    too_deep = f"the returned value is nested deeper than {max_depth} levels"
    try:
        text = json.dumps(value, default=_as_json)
    except RecursionError:
        raise ValueError(too_deep) from None
    # Counting brackets is free; only what has many of them is measured.
    if text.count("[") + text.count("{") > max_depth and _depth(json.loads(text)) > max_depth:
        raise ValueError(too_deep)
    return text.encode()


def _depth(value: Any) -> int:
    """How many lists and objects lie within each other."""
    depth, level = 0, [value]
    while level := [part for part in level if type(part) in (list, dict)]:
        depth += 1
        level = [inner for part in level for inner in (part.values() if type(part) is dict else part)]
    return depth


def _as_json(value: Any) -> Any:
    if isinstance(value, (set, frozenset)):
        return _in_order(value)
    if isinstance(value, _VIEWS) or type(value).__name__ == "deque":
        return list(value)
    hint = "; return a list" if type(value).__name__ in _ITERATORS.split() else ""
    raise TypeError(f"a value of type {type(value).__name__} cannot be returned{hint}")


def _in_order(values: Collection[Any]) -> list[Any]:
    """The elements of a set, in an order that depends on them alone: not on hashes, and so not on addresses."""
    try:
        if _are_ordered(values):
            return sorted(values)
    except TypeError:  # of several types
        pass
    return sorted(values, key=lambda value: json.dumps(value, default=_as_json))


def _are_ordered(values: Collection[Any]) -> bool:
    """Whether `<` orders them all: not sets, where it means "is a part of", and not NaN."""
    if set(map(type, values)) <= _SCALARS:
        return True
    return all(
        _are_ordered(value)
        if isinstance(value, tuple)
        else value == value and not isinstance(value, frozenset)
        for value in values
    )
