"""What a learner may read about a visible test: cut, cleaned of the harness, and safe to store as JSON in
Postgres."""

from __future__ import annotations

import json
import math
import re
from typing import Any

from .answers import Failure

LONGEST_TEXT = 4000
_LONGEST_LINE = 200
_LAST_OURS = re.compile(r"\s+at .*(?:prelude\.js|functions\.js|node:|\[eval\]|evalmachine)")
_LEARNERS = re.compile(r"solution\.js:(\d+)")


def cut(text: str, longest: int = LONGEST_TEXT) -> str:
    """`text` without what JSON in Postgres cannot hold (NUL, lone surrogates), shortened to `longest`
    characters."""
    clean = text.replace("\0", "\u2400").encode("utf-8", "replace").decode("utf-8")
    return clean if len(clean) <= longest else f"{clean[:longest]}… ({len(clean)} characters)"


def presentable(value: Any) -> Any:
    """`value` if it is small and plain JSON, else its text, cut; NaN and infinities become their names."""
    try:
        text = json.dumps(value, ensure_ascii=False)
    except (TypeError, ValueError, RecursionError):
        return "a value that cannot be shown"
    if len(text) > LONGEST_TEXT:
        return cut(text)
    return _plain(value)


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return cut(value)
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else ("Infinity" if value > 0 else "-Infinity")
    if isinstance(value, (list, tuple)):
        return [_plain(element) for element in value]
    if isinstance(value, dict):
        return {cut(str(name)): _plain(element) for name, element in value.items()}
    return value


def python_traceback(failure: Failure, source: str) -> str:
    """The traceback as Python prints it, of the learner's own lines only."""
    lines = source.splitlines()
    steps = []
    for number, name in failure.frames:
        if not number:
            steps.append("  ...")
            continue
        steps.append(f'  File "solution.py", line {number}' + (f", in {name}" if name else ""))
        if 0 < number <= len(lines):
            steps.append(f"    {lines[number - 1].strip()[:_LONGEST_LINE]}")
    head = ["Traceback (most recent call last):"] if steps else []
    return cut("\n".join([*head, *steps, _headline(failure)]))


def javascript_stack(failure: Failure) -> str:
    """The stack as V8 prints it, without the frames of the harness and of node."""
    head = _headline(failure)
    # V8 says where a syntax error is above the message only.
    above = failure.stack.partition(head)[0].splitlines() if failure.type == "SyntaxError" else []
    location = [line for line in above if _LEARNERS.search(line)]
    below = [line for line in failure.stack.splitlines() if line.lstrip().startswith("at ")]
    own = [line for line in below if _LEARNERS.search(line) and not _LAST_OURS.search(line)]
    return cut("\n".join([*location, head, *own]))


def _headline(failure: Failure) -> str:
    return f"{failure.type}: {failure.message}" if failure.message else failure.type
