"""What a child said, read with suspicion: bounded, parsed strictly, never trusted to be well-formed."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from .inside import protocol
from .session import Outcome

RETURNED, FAILED, NOT_COMPILED, TOO_LOUD, SILENT = "R", "E", "C", "O", ""
_KINDS = frozenset("RECO")
_LAST_LINE = 1 << 16  # a source has no more bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """`kind` as above; `body` JSON text; `stdout` what was printed; `started` whether learner code was
    reached."""

    kind: str
    body: str
    stdout: str
    started: bool
    peak_kb: int


def answer_of(outcome: Outcome, *, batch: bool) -> Answer:
    """The answer in an outcome; `batch` for JavaScript functions, whose answers are JSON lines."""
    return _batch_answer(outcome) if batch else _plain_answer(outcome)


def _plain_answer(outcome: Outcome) -> Answer:
    text = outcome.answer.decode("utf-8", "surrogatepass" if _is_text(outcome.answer) else "replace")
    stdout = outcome.stdout.decode("utf-8", "replace")
    if text.startswith(
        NOT_COMPILED
    ):  # said before the program could speak: after the start it is not believed
        return Answer(NOT_COMPILED, text[1:], stdout, True, outcome.peak_kb)
    started = text.startswith(protocol.STARTED.decode())
    kind = text[1:2] if started and text[1:2] in (RETURNED, FAILED) else SILENT
    return Answer(kind, text[2:], stdout, started, outcome.peak_kb)


def _is_text(data: bytes) -> bool:
    try:
        data.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return False
    return True


def _batch_answer(outcome: Outcome) -> Answer:
    message = parsed(outcome.answer.decode("utf-8", "replace"))
    if not isinstance(message, dict):
        return Answer(SILENT, "", "", True, outcome.peak_kb)
    kind, body, stdout, peak = (message.get(name) for name in ("status", "body", "out", "kb"))
    if not isinstance(kind, str) or kind not in _KINDS or not isinstance(body, str):
        return Answer(SILENT, "", "", True, outcome.peak_kb)
    measured = outcome.peak_kb or (peak if type(peak) is int and 0 <= peak < 1 << 32 else 0)
    return Answer(str(kind), body, stdout if isinstance(stdout, str) else "", True, measured)


class Unreadable(Exception):
    """The text is no JSON that the worker is willing to hold."""


def returned_value(answer: Answer) -> Any:
    """The returned value; Unreadable when it is malformed, too deep, or an integer of more than 4300
    digits."""
    try:
        return json.loads(answer.body)
    except (ValueError, RecursionError) as problem:
        raise Unreadable(str(problem)) from problem


def parsed(text: str) -> Any:
    """The JSON value of a text, None when it is none."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


@dataclass(frozen=True, slots=True)
class Failure:
    """An exception as the child reports it; every field is checked, for the learner may have written it."""

    type: str
    message: str
    frames: tuple[tuple[int, str], ...]
    stack: str


def failure_of(answer: Answer) -> Failure:
    """The reported exception, as far as the report makes sense."""
    report = parsed(answer.body)
    fields = report if isinstance(report, dict) else {}
    frames = fields.get("frames")
    return Failure(
        type=_string(fields.get("type"), 80) or "Error",
        message=_string(fields.get("message"), 1000),
        frames=tuple(filter(None, map(_frame, frames[:40]))) if isinstance(frames, list) else (),
        stack=_string(fields.get("stack"), 4000),
    )


def _string(value: Any, longest: int) -> str:
    return value[:longest] if isinstance(value, str) else ""


def _frame(value: Any) -> tuple[int, str] | None:
    match value:
        case [int(line), str(name)] if not isinstance(line, bool) and 0 <= line <= _LAST_LINE:
            return line, name[:80]
        case _:
            return None
