"""Where and how an answer first differs from the expected one, in words for a learner. Pure and total."""

from __future__ import annotations

import json
import math
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import Any

from evaluations.comparison import (
    FLOAT,
    TOLERANCE,
    UNORDERED,
    key_of,
    output_lines,
    same,
    same_output,
    same_value,
)

_LONGEST_SHOWN = 200
_LONGEST_LINE = 80
_BEFORE, _AFTER = 20, 40
_NAMED = 3
_LARGEST_REORDERED = 10_000
_NEARLY, _LARGEST_NEAR = 1e-3, 1e300
_CANNOT_BE_COMPARED = (RecursionError, ValueError, OverflowError)
_KINDS = (
    (bool, "a boolean"),
    ((int, float), "a number"),
    (str, "text"),
    ((list, tuple), "a list"),
    (dict, "an object"),
)


def first_difference(expected: Any, got: Any, comparison: str) -> str:
    """Where and how an answer first differs; empty when it does not."""
    if same_value(expected, got, comparison):
        return ""
    try:
        if comparison == UNORDERED and _is_list(expected) and _is_list(got):
            return _unordered(expected, got)
        if got is None:
            return f"expected {shown(expected)}, got null: nothing was returned"
        return _difference(expected, got, comparison == FLOAT, "")
    except _CANNOT_BE_COMPARED:
        return "the answer is too deep or too long to be compared"


def output_difference(expected: str, got: str, comparison: str) -> str:
    """The first line of a program's output that differs; empty when none does."""
    if same_output(expected, got, comparison):
        return ""
    wanted, given = output_lines(expected), output_lines(got)
    if not given:
        return f"nothing was printed; the first line should be {shown(wanted[0])}"
    if comparison == UNORDERED:
        return _unordered(wanted, given, "lines")
    return next(_differing_lines(wanted, given, comparison))


def _differing_lines(expected: list[str], got: list[str], comparison: str) -> Iterator[str]:
    for number, (wanted, given) in enumerate(zip_longest(expected, got), start=1):
        if given is None:
            yield f"line {number} is missing: expected {shown(wanted)}{_count(len(expected) - len(got))}"
        elif wanted is None:
            yield f"line {number} is too many: {shown(given)}{_count(len(got) - len(expected))}"
        elif not same_output(wanted, given, comparison):
            yield f"line {number}: {_texts(wanted, given)}"


def _count(lines: int) -> str:
    return f" (the first of {lines} such lines)" if lines > 1 else ""


def shown(value: Any, *, plain: bool = False) -> str:
    """A value as JSON, cut; with `plain`, letters beyond ASCII by their numbers."""
    try:
        text = json.dumps(value, ensure_ascii=plain)
    except (TypeError, ValueError, RecursionError):
        text = "a value that cannot be shown"
    return text if len(text) <= _LONGEST_SHOWN else text[:_LONGEST_SHOWN] + "…"


def _is_list(value: Any) -> bool:
    return isinstance(value, (list, tuple))


def _difference(expected: Any, got: Any, tolerant: bool, place: str) -> str:
    if _is_list(expected) and _is_list(got):
        return _lists(expected, got, tolerant, place)
    if isinstance(expected, dict) and isinstance(got, dict):
        return _objects(expected, got, tolerant, place)
    return _at(place, _scalars(expected, got, tolerant))


def _lists(expected: Sequence[Any], got: Sequence[Any], tolerant: bool, place: str) -> str:
    pairs = enumerate(zip(expected, got, strict=False))
    index = next((index for index, (a, b) in pairs if not same(a, b, tolerant)), None)
    sizes = "" if len(expected) == len(got) else f"expected {_elements(len(expected))}, got {len(got)}; "
    if index is not None:
        order = (
            ""
            if sizes or not _same_in_other_order(expected, got)
            else "the elements are right but in another order; "
        )
        inner = _difference(expected[index], got[index], tolerant, f"{place}[{index}]")
        return f"{_at(place, sizes)}{inner}" if sizes else f"{_at(place, order)}{inner}" if order else inner
    if len(got) < len(expected):
        return _at(place, f"{sizes}[{len(got)}] is missing: {shown(expected[len(got)])}")
    return _at(place, f"{sizes}[{len(expected)}] is too many: {shown(got[len(expected)])}")


def _elements(count: int) -> str:
    return f"{count} element" if count == 1 else f"{count} elements"


def _same_in_other_order(expected: Sequence[Any], got: Sequence[Any]) -> bool:
    if len(expected) > _LARGEST_REORDERED:
        return False
    return Counter(map(key_of, expected)) == Counter(map(key_of, got))


def _objects(expected: dict[str, Any], got: dict[str, Any], tolerant: bool, place: str) -> str:
    for name in sorted({*expected, *got}, key=str):
        inside = f"{place}.{name}" if str(name).isidentifier() else f"{place}[{json.dumps(str(name))}]"
        if name not in got:
            return _at(inside, f"this key is missing: expected {shown(expected[name])}")
        if name not in expected:
            return _at(inside, f"this key is not expected: {shown(got[name])}")
        if not same(expected[name], got[name], tolerant):
            return _difference(expected[name], got[name], tolerant, inside)
    return ""


def _scalars(expected: Any, got: Any, tolerant: bool) -> str:
    kinds = _kind(expected), _kind(got)
    if kinds == ("text", "text"):
        return _texts(expected, got)
    told = f"expected {shown(expected)}, got {shown(got)}"
    if kinds == ("a number", "a number"):
        return told + _numbers_note(expected, got, tolerant)
    if kinds[0] != kinds[1] and None not in (expected, got):
        return f"expected {shown(expected)} ({kinds[0]}), got {shown(got)} ({kinds[1]})"
    return told


def _kind(value: Any) -> str:
    return next((name for kind, name in _KINDS if isinstance(value, kind)), "a value")


def _numbers_note(expected: float, got: float, tolerant: bool) -> str:
    """What a learner needs to know of numbers that are nearly the same."""
    nearly = all(abs(value) < _LARGEST_NEAR for value in (expected, got)) and math.isclose(
        expected, got, rel_tol=_NEARLY, abs_tol=_NEARLY
    )
    if not nearly:
        return ""
    if tolerant:
        return f" (off by {abs(expected - got):.3g}; {TOLERANCE:g} is allowed, absolutely or relatively)"
    return " (nearly, but this problem wants it exactly)"


def _texts(expected: str, got: str) -> str:
    """Two texts side by side; of long ones the part where they differ."""
    note = _texts_note(expected, got)
    plain = _look_alike(expected, got)
    if max(len(expected), len(got)) <= _LONGEST_LINE:
        return f"expected {shown(expected, plain=plain)}, got {shown(got, plain=plain)}{note}"
    pairs = zip_longest(expected, got)
    start = next(index for index, (a, b) in enumerate(pairs) if a != b)
    parts = (shown(_around(text, start), plain=plain) for text in (expected, got))
    return "from character {}: expected {}, got {}{}".format(start + 1, *parts, note)


def _around(text: str, start: int) -> str:
    first, last = max(0, start - _BEFORE), start + _AFTER
    return ("…" if first else "") + text[first:last] + ("…" if last < len(text) else "")


def _texts_note(expected: str, got: str) -> str:
    if expected.split() == got.split():
        return " (only white space differs)"
    return " (only upper and lower case differ)" if expected.casefold() == got.casefold() else ""


def _look_alike(expected: str, got: str) -> bool:
    """Whether a reader could take one for the other: then letters are shown by their numbers."""
    if unicodedata.normalize("NFKC", expected) == unicodedata.normalize("NFKC", got):
        return True
    return not "".join((expected + got).split("\n")).replace("\t", "").isprintable()


def _unordered(expected: Sequence[Any], got: Sequence[Any], what: str = "elements") -> str:
    missing, surplus = list(_without(expected, got)), list(_without(got, expected))
    counts = "" if len(expected) == len(got) else f"expected {len(expected)} {what}, got {len(got)}; "
    told = [f"missing: {_list(missing)}"] if missing else []
    told += [f"too many: {_list(surplus)}"] if surplus else []
    return counts + "in any order, " + ("; ".join(told) or f"the {what} are not the expected ones")


def _without(values: Sequence[Any], others: Sequence[Any]) -> Iterator[Any]:
    """The `values` that are not among the `others`, each as often as it is there too often."""
    left = Counter(map(key_of, others))
    for value in values:
        key = key_of(value)
        left[key] -= 1
        if left[key] < 0:
            yield value


def _list(values: list[Any]) -> str:
    named = ", ".join(map(shown, values[:_NAMED]))
    return named if len(values) <= _NAMED else f"{named} and {len(values) - _NAMED} more"


def _at(place: str, text: str) -> str:
    return f"at {place.removeprefix('.')}: {text}" if place and text else text
