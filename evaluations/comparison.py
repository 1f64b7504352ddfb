"""Whether an answer is the expected one. Pure; total: a value that cannot be compared is simply not equal.

Values are what JSON can say, plus NaN and the infinities. The rules, in every mode:

- a boolean equals only the same boolean, never 0 or 1; null equals only null;
- an integer equals the float nearest to it, for JavaScript has no other numbers: 1 and 1.0, and beyond 2**53 also
  integers that no double can say; two integers are compared digit by digit;
- NaN equals NaN; -0.0 equals 0;
- lists (tuples count as lists) by length and order, objects by keys and values, strings by code points.

`float` accepts numbers within 1e-6, absolutely or relative to the larger. `unordered` ignores the order of
the outermost list only: lists within it keep theirs. Programs (stdio) are compared by lines without
trailing white space and without trailing empty lines; `float` then compares token by token, `unordered`
ignores the order of lines.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from itertools import zip_longest
from typing import Any

EXACT, FLOAT, UNORDERED = "exact", "float", "unordered"
COMPARISONS = (EXACT, FLOAT, UNORDERED)
TOLERANCE = 1e-6

_LONGEST_SHOWN = 200
_MISSING = object()


def same_value(expected: Any, got: Any, comparison: str) -> bool:
    """Whether a function's answer is right under `comparison`; ValueError for an unknown comparison, never
    otherwise."""
    _check(comparison)
    try:
        if comparison == UNORDERED and _is_list(expected) and _is_list(got):
            return len(expected) == len(got) and all(map(_exactly_same, _in_order(expected), _in_order(got)))
        return _same(expected, got, comparison == FLOAT)
    except (RecursionError, ValueError, OverflowError):  # too deep, too long, too large to be an answer
        return False


def same_output(expected: str, got: str, comparison: str) -> bool:
    """Whether a program's output is right under `comparison`; ValueError for an unknown comparison."""
    _check(comparison)
    wanted, given = output_lines(expected), output_lines(got)
    if comparison == EXACT:
        return wanted == given
    if comparison == UNORDERED:
        return sorted(wanted) == sorted(given)
    return len(wanted) == len(given) and all(map(_same_tokens, wanted, given))


def output_lines(text: str) -> list[str]:
    """The lines that count."""
    lines = [line.rstrip() for line in text.split("\n")]
    while lines and not lines[-1]:
        lines.pop()
    return lines


def first_difference(expected: Any, got: Any, comparison: str) -> str:
    """Where and how an answer first differs, in words; empty when it does not."""
    if same_value(expected, got, comparison):
        return ""
    if comparison == UNORDERED:
        return _unordered_difference(expected, got)
    try:
        return _difference(expected, got, comparison == FLOAT, "")
    except (RecursionError, ValueError, OverflowError):
        return "the answer is too deep or too long to be compared"


def output_difference(expected: str, got: str) -> str:
    """The first line of a program's output that differs, in words."""
    pairs = zip_longest(output_lines(expected), output_lines(got))
    for number, (wanted, given) in enumerate(pairs, start=1):
        if given is None:
            return f"line {number} is missing: expected {_shown(wanted)}"
        if wanted is None:
            return f"line {number} is too many: {_shown(given)}"
        if wanted != given:
            return f"line {number}: expected {_shown(wanted)}, got {_shown(given)}"
    return ""


def _check(comparison: str) -> None:
    if comparison not in COMPARISONS:
        raise ValueError(f"unknown comparison {comparison!r}")


def _is_list(value: Any) -> bool:
    return isinstance(value, (list, tuple))


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _same(expected: Any, got: Any, tolerant: bool) -> bool:
    if _is_number(expected) and _is_number(got):
        return _same_number(expected, got, tolerant)
    if _is_list(expected) and _is_list(got):
        return len(expected) == len(got) and all(
            _same(a, b, tolerant) for a, b in zip(expected, got, strict=True)
        )
    if isinstance(expected, dict) and isinstance(got, dict):
        return expected.keys() == got.keys() and all(
            _same(expected[key], got[key], tolerant) for key in expected
        )
    return _same_scalar(expected, got)


def _exactly_same(expected: Any, got: Any) -> bool:
    return _same(expected, got, False)


def _same_scalar(expected: Any, got: Any) -> bool:
    for kind in (bool, str):
        if isinstance(expected, kind):
            return isinstance(got, kind) and expected == got
    return expected is None and got is None


def _same_number(expected: float, got: float, tolerant: bool) -> bool:
    if expected != expected or got != got:
        return expected != expected and got != got
    if expected == got or (type(expected) is not type(got) and float(expected) == float(got)):
        return True
    if not tolerant or math.inf in (abs(expected), abs(got)):
        return False
    return math.isclose(expected, got, rel_tol=TOLERANCE, abs_tol=TOLERANCE)


def _same_tokens(expected: str, got: str) -> bool:
    wanted, given = expected.split(), got.split()
    return len(wanted) == len(given) and all(map(_same_token, wanted, given))


def _same_token(expected: str, got: str) -> bool:
    if expected == got:
        return True
    try:
        return _same_number(float(expected), float(got), True)
    except ValueError:
        return False


def _in_order(values: Any) -> list[Any]:
    """Sorting by text instead of counting hashes: an answer cannot be built so that every element collides."""
    return sorted(values, key=lambda value: (_key(value, _rounded), _key(value, _exact)))


def _key(value: Any, number: Callable[[float], str]) -> str:
    """A text that equal values share, with `number` for the numbers in it."""
    if _is_number(value):
        return number(value)
    if _is_list(value):
        return "[" + ",".join(_key(element, number) for element in value) + "]"
    if isinstance(value, dict):
        pairs = (f"{json.dumps(str(name))}:{_key(value[name], number)}" for name in sorted(value))
        return "{" + ",".join(pairs) + "}"
    if value is None or isinstance(value, (bool, str)):
        return json.dumps(value)
    raise ValueError(f"{type(value).__name__} is no JSON value")


def _rounded(value: float) -> str:
    """Shared by all integers that are the same double; beyond the doubles every integer stands for itself."""
    try:
        return repr(float(value) + 0.0)
    except OverflowError:
        return str(value)


def _exact(value: float) -> str:
    return str(value)


def _difference(expected: Any, got: Any, tolerant: bool, place: str) -> str:
    if _is_list(expected) and _is_list(got):
        if len(expected) != len(got):
            return _at(place, f"expected {len(expected)} elements, got {len(got)}")
        children = [
            (f"{place}[{index}]", a, b) for index, (a, b) in enumerate(zip(expected, got, strict=True))
        ]
    elif isinstance(expected, dict) and isinstance(got, dict):
        names = sorted({*expected, *got}, key=str)
        children = [
            (f"{place}.{name}", expected.get(name, _MISSING), got.get(name, _MISSING)) for name in names
        ]
    else:
        return _at(place, f"expected {_shown(expected)}, got {_shown(got)}")
    where, wanted, given = next(child for child in children if not _same(child[1], child[2], tolerant))
    return _difference(wanted, given, tolerant, where)


def _unordered_difference(expected: Any, got: Any) -> str:
    if not (_is_list(expected) and _is_list(got)):
        return f"expected {_shown(expected)}, got {_shown(got)}"
    if len(expected) != len(got):
        return f"expected {len(expected)} elements in any order, got {len(got)}"
    try:
        pairs = zip(_in_order(expected), _in_order(got), strict=True)
        missing, surplus = next(pair for pair in pairs if not _exactly_same(*pair))
    except (RecursionError, ValueError, OverflowError):
        return "the elements are not the expected ones"
    return f"in any order: expected {_shown(missing)}, got {_shown(surplus)}"


def _at(place: str, text: str) -> str:
    return f"at {place.removeprefix('.')}: {text}" if place else text


def _shown(value: Any) -> str:
    if value is _MISSING:
        return "nothing"
    try:
        text = json.dumps(value, ensure_ascii=False)
    except (TypeError, ValueError, RecursionError):
        text = "a value that cannot be shown"
    return text if len(text) <= _LONGEST_SHOWN else text[:_LONGEST_SHOWN] + "…"
