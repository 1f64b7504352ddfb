"""Canonical JSON: one byte sequence for one value, in every process and after a stay in a `jsonb` column.

Keys are sorted by code point, there is no insignificant white space, text is UTF-8, numbers are written in
their shortest form that reads back the same. A hash of these bytes can be recomputed from a stored event.
"""

import math
import re
from typing import Any

import orjson

MAX_INTEGER = 2**53 - 1
MAX_FLOAT = 1e15
MAX_DEPTH = 32
SURROGATE = re.compile("[\ud800-\udfff]")


class NotStorable(ValueError):
    """The value cannot be kept in `jsonb` and read back the same; `path` (a JSON pointer) says where."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why
        self.path = ""

    def __str__(self) -> str:
        return f"{self.path or 'value'}: {self.why}"

    def below(self, token: str | int) -> "NotStorable":
        """This refusal, seen from the object or list that has the value at `token`."""
        self.path = f"/{str(token).replace('~', '~0').replace('/', '~1')}{self.path}"
        return self


def canonical_json(value: Any) -> bytes:
    """`value` (what `storable` returned) as canonical JSON."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def storable(value: Any, levels: int = MAX_DEPTH) -> Any:
    """A copy of a JSON value that `jsonb` keeps as it is; `NotStorable` for what it would change.

    `levels` is how deep lists and objects may be nested.
    """
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int):
        return _integer(value)
    if isinstance(value, float):
        return _float(value)
    if levels == 0:
        raise NotStorable(f"nested deeper than {MAX_DEPTH} levels")
    if isinstance(value, dict):
        return _object(value, levels - 1)
    if isinstance(value, list | tuple):
        return _array(value, levels - 1)
    raise NotStorable(f"{type(value).__name__} is no JSON value")


def _object(value: dict[Any, Any], levels: int) -> dict[str, Any]:
    copy = {}
    for key, item in value.items():
        if not isinstance(key, str):
            raise NotStorable("members must be named by text")
        try:
            copy[_text(key)] = storable(item, levels)
        except NotStorable as refusal:
            raise refusal.below(key) from None
    return copy


def _array(value: list[Any] | tuple[Any, ...], levels: int) -> list[Any]:
    copy = []
    for index, item in enumerate(value):
        try:
            copy.append(storable(item, levels))
        except NotStorable as refusal:
            raise refusal.below(index) from None
    return copy


def _text(value: str) -> str:
    if "\x00" in value:
        raise NotStorable("text must not contain NUL characters")
    if not value.isascii() and SURROGATE.search(value):
        raise NotStorable("text must be valid Unicode")
    return value


def _integer(value: int) -> int:
    if abs(value) > MAX_INTEGER:
        raise NotStorable("integers must fit into 53 bits")
    return value


def _float(value: float) -> float:
    if not math.isfinite(value) or abs(value) >= MAX_FLOAT:
        raise NotStorable("numbers must be finite and smaller than 1e15")
    return value or 0.0  # jsonb knows no negative zero
