"""Tracebacks as a learner may read them: cut, and cleaned of the harness."""

from __future__ import annotations

import re

from evaluations.shown_values import cut

from .answers import Failure

_LONGEST_LINE = 200
_LAST_OURS = re.compile(r"\s+at .*(?:prelude\.js|functions\.js|node:|\[eval\]|evalmachine)")
_LEARNERS = re.compile(r"solution\.js:(\d+)")


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
