"""Checks of JSON values from outside: each returns the value as it is kept, or notes what is wrong and where.

A check never raises: it appends `(JSON pointer, what is wrong)` to `faults`, so that all faults of a document
are seen at once.
"""

import re
from collections.abc import Callable, Container
from typing import Any

from common.canonical import NotStorable, storable

Faults = list[tuple[str, str]]
Check = Callable[[Any, str, Faults], Any]

MAX_DEPTH = 100
MAX_INTEGER = 2**63 - 1  # what jsonb, orjson and every exported file keep exactly


def text(*, at_most: int, blank: bool = False) -> Check:
    """Unicode text of up to `at_most` bytes in UTF-8."""

    def check(value: Any, pointer: str, faults: Faults) -> Any:
        if not isinstance(value, str):
            faults.append((pointer, "must be text"))
        elif not blank and not value.strip():
            faults.append((pointer, "must not be empty"))
        elif len(value.encode(errors="replace")) > at_most:
            faults.append((pointer, f"must be at most {at_most} bytes of UTF-8"))
        else:
            return keepable(value, pointer, faults)
        return ""

    return check


def matching(pattern: re.Pattern[str], what: str) -> Check:
    def check(value: Any, pointer: str, faults: Faults) -> Any:
        if not isinstance(value, str) or not pattern.fullmatch(value):
            faults.append((pointer, f"must be {what}"))
            return ""
        return value

    return check


def integer(low: int, high: int) -> Check:
    def check(value: Any, pointer: str, faults: Faults) -> Any:
        if type(value) is not int or not low <= value <= high:
            faults.append((pointer, f"must be a whole number from {low} to {high}"))
            return low
        return value

    return check


def one_of(*choices: str) -> Check:
    def check(value: Any, pointer: str, faults: Faults) -> Any:
        if value not in choices:
            faults.append((pointer, f"must be one of {', '.join(choices)}"))
            return choices[0]
        return value

    return check


def list_of(item: Check, *, at_most: int, at_least: int = 0, unique: bool = False) -> Check:
    def check(value: Any, pointer: str, faults: Faults) -> Any:
        if not isinstance(value, list):
            faults.append((pointer, "must be a list"))
            return []
        if not at_least <= len(value) <= at_most:
            faults.append((pointer, f"must have {at_least} to {at_most} items, has {len(value)}"))
        kept = [item(part, f"{pointer}/{index}", faults) for index, part in enumerate(value)]
        if unique and len(set(map(str, kept))) < len(kept):
            faults.append((pointer, "must not name anything twice"))
        return kept

    return check


def mapping_of(item: Check, *, keys: Container[str], what: str) -> Check:
    """An object whose keys are all in `keys` (`what` names them)."""

    def check(value: Any, pointer: str, faults: Faults) -> Any:
        if not isinstance(value, dict):
            faults.append((pointer, "must be an object"))
            return {}
        faults.extend((join(pointer, key), f"is not {what}") for key in value if key not in keys)
        return {key: item(part, join(pointer, key), faults) for key, part in value.items() if key in keys}

    return check


def keepable(value: Any, pointer: str, faults: Faults) -> Any:
    """Any JSON value that `jsonb` keeps as it is; integers up to 64 bits, up to 100 levels deep."""
    if _depth(pointer) > MAX_DEPTH:
        faults.append((pointer, f"is nested deeper than {MAX_DEPTH} levels"))
        return None
    if isinstance(value, list):
        return [keepable(part, f"{pointer}/{index}", faults) for index, part in enumerate(value)]
    if isinstance(value, dict):
        return {
            _leaf(key, pointer, faults): keepable(part, join(pointer, key), faults)
            for key, part in value.items()
        }
    return _leaf(value, pointer, faults)


def _leaf(value: Any, pointer: str, faults: Faults) -> Any:
    if type(value) is int:
        if abs(value) > MAX_INTEGER:
            faults.append((pointer, "integers must fit into 64 bits"))
        return value
    if value is not None and not isinstance(value, str | float | bool):
        faults.append((pointer, f"must be a JSON value, not a {type(value).__name__}"))
        return None
    try:
        return storable(value)
    except NotStorable as error:
        faults.append((pointer, str(error).removeprefix("value: ")))
        return None


def _depth(pointer: str) -> int:
    return pointer.count("/")


def join(pointer: str, key: str) -> str:
    """`pointer` extended by an object's key (RFC 6901)."""
    return f"{pointer}/{key.replace('~', '~0').replace('/', '~1')}"
