"""What Judge0 says, read with suspicion: complete, and in agreement with itself and with what was asked.

The contract is Judge0 CE 1.13 (https://ce.judge0.com, and the controllers and `isolate_job.rb` of judge0/judge0).
An answer that cannot be believed as a whole is AnswerInvalid; a single submission of which nothing can be
believed is a `Doubt`, and is run once more.
"""

from __future__ import annotations

import base64
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from evaluations.remote import AnswerInvalid, parsed_answer
from evaluations.shown_values import cut

IN_QUEUE, PROCESSING, ACCEPTED, WRONG_ANSWER, TIME_LIMIT, COMPILATION_ERROR = range(1, 7)
SIGXFSZ, NONZERO_EXIT, INTERNAL_ERROR, EXEC_FORMAT_ERROR = 8, 11, 13, 14
_SIGNAL_OF = {7: 11, SIGXFSZ: 25, 9: 8, 10: 6}  # Runtime Error (SIGSEGV), (SIGXFSZ), (SIGFPE), (SIGABRT)
_LARGEST = 2**31 - 1
_LONGEST_TOKEN = 128

STATE_FIELDS = "token,status_id"
RESULT_FIELDS = f"{STATE_FIELDS},time,wall_time,memory,stdout,stderr,compile_output,exit_code,exit_signal"


@dataclass(frozen=True, slots=True)
class Result:
    """One finished submission; `wall_ms` is None where Judge0 did not measure it."""

    status: int
    cpu_ms: int
    wall_ms: int | None
    memory_kb: int
    stdout: bytes
    stderr: bytes
    compile_output: bytes
    exit_code: int
    exit_signal: int


@dataclass(frozen=True, slots=True)
class Doubt:
    """Why a result is not believed, and the result itself if it may be believed when it comes twice."""

    reason: str
    result: Result | None = None


@dataclass(frozen=True, slots=True)
class NotCreated:
    """Why Judge0 made no submission: its field errors."""

    reason: str


def created_in(body: bytes, count: int) -> list[str | NotCreated]:
    """The answer to `POST /submissions/batch`: a token or the field errors for each of `count` submissions."""
    items = parsed_answer(body)
    if not isinstance(items, list) or len(items) != count:
        raise AnswerInvalid(f"no list of {count} tokens")
    created = [_created(item) for item in items]
    tokens = [item for item in created if isinstance(item, str)]
    if len(set(tokens)) < len(tokens):
        raise AnswerInvalid("one token for two submissions")
    return created


def _created(item: Any) -> str | NotCreated:
    if not isinstance(item, dict) or not item:
        raise AnswerInvalid("neither a token nor an error")
    if "token" not in item:
        return NotCreated(cut("; ".join(f"{name} {_first(said)}" for name, said in item.items()), 300))
    return _token(item)


def _first(said: Any) -> str:
    return str(said[0] if isinstance(said, list) and said else said)


def _token(item: dict[str, Any]) -> str:
    token = item.get("token")
    plain = isinstance(token, str) and token.isascii() and token.replace("-", "").isalnum()
    if not isinstance(token, str) or not plain or len(token) > _LONGEST_TOKEN:
        raise AnswerInvalid("a token that is none")
    return token


def states_in(body: bytes, tokens: Sequence[str]) -> dict[str, int | None]:
    """Token -> status id; None for a token that Judge0 does not know any more."""
    found = _submissions(body, tokens)
    return {token: None if item is None else _status(item) for token, item in found.items()}


def results_in(body: bytes, states: dict[str, int]) -> dict[str, Result | Doubt]:
    """Token -> what became of it. `states` are the statuses that were seen before; a final one never changes."""
    found = _submissions(body, list(states))
    return {token: _result_or_doubt(item, states[token]) for token, item in found.items()}


def _submissions(body: bytes, tokens: Sequence[str]) -> dict[str, dict[str, Any] | None]:
    """The submissions by token. Judge0 answers in the order that was asked in, with null for what it does not know."""
    answer = parsed_answer(body)
    items = answer.get("submissions") if isinstance(answer, dict) else None
    if not isinstance(items, list) or len(items) != len(tokens):
        raise AnswerInvalid(f"no list of {len(tokens)} submissions")
    for token, item in zip(tokens, items, strict=True):
        if item is not None and (not isinstance(item, dict) or _token(item) != token):
            raise AnswerInvalid("a submission that was not asked for")
    return dict(zip(tokens, items, strict=True))


def _status(item: dict[str, Any]) -> int:
    status = item.get("status_id")
    if type(status) is not int or not IN_QUEUE <= status <= EXEC_FORMAT_ERROR:
        raise AnswerInvalid("a status that is none")
    return status


def _result_or_doubt(item: dict[str, Any] | None, expected: int) -> Result | Doubt:
    if item is None:
        return Doubt("the token is not known any more")
    try:
        status = _status(item)
        if status in (INTERNAL_ERROR, EXEC_FORMAT_ERROR):
            return Doubt(f"status {status}, an error of its own")
        return _result(item, status) if status == expected else Doubt("its status changed after the end")
    except AnswerInvalid as problem:
        return Doubt(str(problem))


def _result(item: dict[str, Any], status: int) -> Result:
    missing = [name for name in RESULT_FIELDS.split(",") if name not in item]
    if missing:
        raise AnswerInvalid(f"without {', '.join(missing)}")
    compiled = status != COMPILATION_ERROR
    result = Result(
        status=status,
        cpu_ms=_milliseconds(item, "time") if compiled else 0,
        wall_ms=None if item["wall_time"] is None else _milliseconds(item, "wall_time"),
        memory_kb=0 if item["memory"] is None else math.ceil(_number(item["memory"], "memory")),
        stdout=_text(item, "stdout"),
        stderr=_text(item, "stderr"),
        compile_output=_text(item, "compile_output"),
        exit_code=_small(item, "exit_code"),
        exit_signal=_small(item, "exit_signal"),
    )
    _check(result)
    return result


def _check(result: Result) -> None:
    """What the status says and what the rest says must be one thing."""
    code, signal = result.exit_code, result.exit_signal
    if result.status == WRONG_ANSWER:
        raise AnswerInvalid("a wrong answer, although nothing was expected")
    if result.status == ACCEPTED and (code or signal):
        raise AnswerInvalid("a good end with an exit code or a signal")
    if result.status == NONZERO_EXIT and (not code or signal):
        raise AnswerInvalid("a nonzero exit code that is none")
    if result.status in _SIGNAL_OF and signal not in (0, _SIGNAL_OF[result.status]):
        raise AnswerInvalid("a signal that is another")


def _milliseconds(item: dict[str, Any], name: str) -> int:
    """Judge0 writes seconds as a decimal in a string."""
    value = item[name]
    try:
        seconds = float(value) if isinstance(value, str) else value
    except ValueError as problem:
        raise AnswerInvalid(f"{name} is no number") from problem
    return math.ceil(_number(seconds, name) * 1000)


def _number(value: Any, name: str) -> float:
    if not isinstance(value, (int, float)) or isinstance(value, bool) or not 0 <= value <= _LARGEST:
        raise AnswerInvalid(f"{name} is no amount")
    return value


def _small(item: dict[str, Any], name: str) -> int:
    value = item[name]
    if value is None:
        return 0
    if type(value) is not int or not 0 <= value <= 255:
        raise AnswerInvalid(f"{name} is none")
    return value


def _text(item: dict[str, Any], name: str) -> bytes:
    """A text; null is an empty one. Ruby's Base64 breaks its lines."""
    value = item[name]
    if value is None:
        return b""
    if not isinstance(value, str):
        raise AnswerInvalid(f"{name} is no text")
    try:
        return base64.b64decode("".join(value.split("\n")).encode("ascii"), validate=True)
    except ValueError as problem:
        raise AnswerInvalid(f"{name} is no Base64") from problem
