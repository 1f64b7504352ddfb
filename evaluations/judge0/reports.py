"""What an interpreter wrote to stderr when a program ended, as the report that the sandbox's child would have made.

Judge0 runs programs as they are, so their tracebacks come as text: `script.py` and `script.js` are Judge0's names
for the learner's file. The text is the learner's to forge, and only ever their own failure.
"""

from __future__ import annotations

import re
from typing import Any

from evaluations.sandbox.runtimes import JAVASCRIPT

_PYTHON_FRAME = re.compile(r'^  File "(?:[^"]*/)?script\.py", line (\d+)(?:, in (.+))?$')
_PYTHON_END = re.compile(r"^([A-Za-z_][\w.]*)(?:: (.*))?$")
_JAVASCRIPT_FILE = re.compile(r"(?:/[\w./-]*/)?\bscript\.js")
_JAVASCRIPT_HEAD = re.compile(r"^(?:Uncaught )?(\w*(?:Error|Exception))(?: \[\w+\])?(?:: (.*))?$")
_SHELL = re.compile(r"^(?:/bin/)?(?:bash|run|run\.sh|sh): line \d+: ", re.MULTILINE)
_NOT_RUN = (126, 127)
_TRACEBACK = "Traceback (most recent call last):"
_SYNTAX_ERRORS = frozenset({"SyntaxError", "IndentationError", "TabError"})
_MOST_FRAMES = 20

Report = dict[str, Any]


def report_in(stderr: bytes, language: str) -> Report | None:
    """The uncaught exception that stderr ends with; None if there is none."""
    text = stderr.decode("utf-8", "replace")
    return _javascript(text) if language == JAVASCRIPT else _python(text)


def is_not_compiled(report: Report, stderr: bytes, language: str) -> bool:
    """Whether the exception came from compiling the learner's file, before any of it ran."""
    if report["type"] not in _SYNTAX_ERRORS:
        return False
    if language == JAVASCRIPT:
        below = report["stack"].partition(report["type"])[2]
        return "solution.js" not in below
    return _TRACEBACK not in stderr.decode("utf-8", "replace")


def is_without_runtime(exit_code: int, stderr: bytes) -> bool:
    """Whether Judge0's own shell script did not find, or could not start, the language's runtime."""
    return exit_code in _NOT_RUN and bool(_SHELL.match(stderr.decode("utf-8", "replace")))


def _python(text: str) -> Report | None:
    lines = text.rpartition(_TRACEBACK)[2].rstrip().splitlines()
    frames, end = [], None
    for line in lines:
        if frame := _PYTHON_FRAME.match(line):
            frames.append([int(frame[1]), frame[2] or ""])
        elif found := _PYTHON_END.match(line):
            end = found
    if end is None:
        return None
    return {"type": end[1], "message": end[2] or "", "frames": frames[-_MOST_FRAMES:]}


def _javascript(text: str) -> Report | None:
    lines = [_JAVASCRIPT_FILE.sub("solution.js", line) for line in text.splitlines()]
    found = ((number, _JAVASCRIPT_HEAD.match(line)) for number, line in enumerate(lines))
    number, head = next(((number, head) for number, head in found if head), (0, None))
    if head is None:
        return None
    message = f"{head[1]}: {head[2]}" if head[2] else head[1]
    stack = "\n".join([*lines[:number], message, *lines[number + 1 :]])
    return {"type": head[1], "message": head[2] or "", "stack": stack}
