"""Canonical JSON: one byte sequence for one value, in every process and after a stay in a `jsonb` column.

Keys are sorted by code point, there is no insignificant white space, text is UTF-8, numbers are written in
their shortest form that reads back the same. A hash of these bytes can be recomputed from a stored event.
"""

import math
from typing import Any

import orjson

MAX_INTEGER = 2**53 - 1
MAX_FLOAT = 1e15
MAX_DEPTH = 32


class NotStorable(ValueError):
    """The value cannot be kept in `jsonb` and read back the same; `path` says where."""

    def __init__(self, path: str, why: str) -> None:
        super().__init__(f"{path or 'value'}: {why}")
        self.path = path


def canonical_json(value: Any) -> bytes:
    """`value` (what `storable` returned) as canonical JSON."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def storable(value: Any, path: str = "") -> Any:
    """A copy of a JSON value that `jsonb` keeps as it is; `NotStorable` for what it would change."""
    if path.count("/") > MAX_DEPTH:
        raise NotStorable(path, f"nested deeper than {MAX_DEPTH} levels")
    if isinstance(value, dict):
        return {_text(key, path): storable(item, f"{path}/{_pointer(key)}") for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [storable(item, f"{path}/{index}") for index, item in enumerate(value)]
    if isinstance(value, str):
        return _text(value, path)
    if isinstance(value, float):
        return _float(value, path)
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) > MAX_INTEGER:
        raise NotStorable(path, "integers must fit into 53 bits")
    return value


def _pointer(key: str) -> str:
    """A key as a reference token of a JSON pointer (RFC 6901)."""
    return key.replace("~", "~0").replace("/", "~1")


def _text(value: str, path: str) -> str:
    if "\x00" in value:
        raise NotStorable(path, "text must not contain NUL characters")
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise NotStorable(path, "text must be valid Unicode") from error
    return value


def _float(value: float, path: str) -> float:
    if not math.isfinite(value) or abs(value) >= MAX_FLOAT:
        raise NotStorable(path, "numbers must be finite and smaller than 1e15")
    return value + 0.0 if value else 0.0
