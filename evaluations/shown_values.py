"""What a learner may read of values and texts: cut, and such that JSON, Postgres and every client can hold it."""

from __future__ import annotations

import json
import math
import re
from typing import Any

LONGEST_TEXT = 4000
NOT_SHOWN = "a value that cannot be shown"
LARGEST_INTEGER = 2**53 - 1
# <function solve at 0x7f06fd064720>, also where one end of it is cut off
_ADDRESS = re.compile(r"( at 0x)[0-9a-f]{8,16}(?=>)|(<[^<>\n]{1,200} at 0x)[0-9a-f]{8,16}")
DEEPEST = 60
"""Levels of lists and objects. With those of the answer around them 64, which is where common parsers stop."""


def cut(text: str, longest: int = LONGEST_TEXT) -> str:
    """`text` without what JSON in Postgres cannot hold (NUL, lone surrogates), shortened to `longest`
    characters, and without the addresses of Python's objects, which are others in every run."""
    clean = text.replace("\0", "\u2400").encode("utf-8", "replace").decode("utf-8")
    kept = _ADDRESS.sub(r"\1\2…", clean[:longest])
    return kept if len(clean) <= longest else f"{kept}… ({len(clean)} characters)"


def presentable(value: Any) -> Any:
    """`value` if it is small and plain JSON, else its text, cut.

    NaN and infinities become their names, integers of more than 53 bits their digits, and what is nested deeper
    than `DEEPEST` levels its JSON text.
    """
    text = _json_text(value)
    if text is None:
        return NOT_SHOWN
    return _plain(value, DEEPEST) if len(text) <= LONGEST_TEXT else cut(text)


def _json_text(value: Any) -> str | None:
    """None for what is no JSON, has integers of too many digits, or is nested too deeply for this thread's stack."""
    try:
        return json.dumps(value, ensure_ascii=False)
    except (TypeError, ValueError, RecursionError):
        return None


def _plain(value: Any, levels: int) -> Any:
    if isinstance(value, str):
        return cut(value)
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int):
        return value if abs(value) <= LARGEST_INTEGER else str(value)
    if isinstance(value, float):
        return _number(value)
    if levels == 0:
        return cut(_json_text(value) or NOT_SHOWN)
    if isinstance(value, dict):
        return {cut(str(name)): _plain(element, levels - 1) for name, element in value.items()}
    return [_plain(element, levels - 1) for element in value]


def _number(value: float) -> float | str:
    if math.isfinite(value):
        return value
    return "NaN" if math.isnan(value) else ("Infinity" if value > 0 else "-Infinity")
