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
import re
from collections.abc import Callable
from typing import Any

EXACT, FLOAT, UNORDERED = "exact", "float", "unordered"
COMPARISONS = (EXACT, FLOAT, UNORDERED)
TOLERANCE = 1e-6

_NUMBER = re.compile(
    r"[+-]?(\d+\.?\d*([eE][+-]?\d+)?|\.\d+([eE][+-]?\d+)?|inf(inity)?|nan)", re.ASCII | re.IGNORECASE
)


def same_value(expected: Any, got: Any, comparison: str) -> bool:
    """Whether a function's answer is right under `comparison`; ValueError for an unknown comparison, never
    otherwise."""
    _check(comparison)
    try:
        if comparison == UNORDERED and _is_list(expected) and _is_list(got):
            return len(expected) == len(got) and all(map(_exactly_same, _in_order(expected), _in_order(got)))
        return same(expected, got, comparison == FLOAT)
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


def _check(comparison: str) -> None:
    if comparison not in COMPARISONS:
        raise ValueError(f"unknown comparison {comparison!r}")


def _is_list(value: Any) -> bool:
    return isinstance(value, (list, tuple))


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def same(expected: Any, got: Any, tolerant: bool) -> bool:
    """Whether two values are the same, order included; `tolerant` as `float` is. Raises what `same_value` catches."""
    if _is_number(expected) and _is_number(got):
        return _same_number(expected, got, tolerant)
    if _is_list(expected) and _is_list(got):
        return len(expected) == len(got) and all(
            same(a, b, tolerant) for a, b in zip(expected, got, strict=True)
        )
    if isinstance(expected, dict) and isinstance(got, dict):
        return expected.keys() == got.keys() and all(
            same(expected[key], got[key], tolerant) for key in expected
        )
    return _same_scalar(expected, got)


def _exactly_same(expected: Any, got: Any) -> bool:
    return same(expected, got, False)


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
    both_numbers = _NUMBER.fullmatch(expected) and _NUMBER.fullmatch(got)
    return bool(both_numbers) and _same_number(float(expected), float(got), True)


def _in_order(values: Any) -> list[Any]:
    """Sorting by text instead of counting hashes: an answer cannot be built so that every element collides."""
    return sorted(values, key=lambda value: (key_of(value), _key(value, _exact)))


def key_of(value: Any) -> str:
    """A text that equal values share; ValueError for what is no JSON value."""
    return _key(value, _rounded)


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
