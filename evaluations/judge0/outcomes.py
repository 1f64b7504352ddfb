"""A Judge0 result as an outcome of the local sandbox, so that one set of rules makes verdicts of both."""

from __future__ import annotations

import json
from dataclasses import replace

from evaluations.sandbox.inside import protocol as sandbox
from evaluations.sandbox.runtimes import JAVASCRIPT
from evaluations.sandbox.session import Outcome

from .limits import START_MS, RunLimits
from .protocol import TIME_LIMIT, Doubt, Result
from .reports import is_not_compiled, is_without_runtime, report_in

_SHELL_SIGNAL = 128
"""A shell's exit code for a child that a signal ended is this and the signal: Judge0 runs a script of its own."""

_SIGKILL, _SIGXFSZ = 9, 25
_NEARLY_ALL = 0.95
_IDLE_SHARE = 1 / 16
"""Of the time that it waited. What got more CPU time than this was not asleep: the machine was too busy for it."""

_CANNOT_SPEAK = b"SRnull"


def doubt_about(result: Result, limits: RunLimits, marker: str) -> Doubt | None:
    """Why a result may say nothing about the learner's code, for reasons that the status alone does not show."""
    if is_without_runtime(result.exit_code, result.stderr):
        return Doubt("the language's runtime could not be started")
    if result.status == TIME_LIMIT:
        return _doubt_about_time(result, limits)
    if result.cpu_ms > limits.cpu_ms + 2000:
        return Doubt("more CPU time than it was allowed, and no time limit")
    if signal_of(result) == _SIGKILL and result.memory_kb < limits.memory_kb * _NEARLY_ALL:
        return Doubt("killed, and not for its memory", result)
    if _is_cut_off(result, marker):
        return Doubt("an answer without its end", result)
    return None


def _doubt_about_time(result: Result, limits: RunLimits) -> Doubt | None:
    if result.cpu_ms >= limits.cpu_ms * _NEARLY_ALL:
        return None
    waited = limits.wall_ms if result.wall_ms is None else result.wall_ms
    if waited < limits.wall_ms * _NEARLY_ALL:
        return Doubt("a time limit that was not reached")
    return Doubt("too busy to run it") if result.cpu_ms > waited * _IDLE_SHARE + START_MS else None


def signal_of(result: Result) -> int:
    """The signal that ended the program, 0 if none did."""
    behind_shell = result.exit_code - _SHELL_SIGNAL
    return result.exit_signal or (behind_shell if 0 < behind_shell < 65 else 0)


def outcome_of_compiler(result: Result, language: str) -> Outcome:
    """The outcome of Judge0's own compile step where it failed."""
    text = result.compile_output.decode("utf-8", "replace")
    report = json.dumps({"type": "CompilationError", "message": text})
    return Outcome(sandbox.ENDED, 0, 0, 0, 0, _not_compiled(report, language), b"", b"")


def outcome_of_program(result: Result, limits: RunLimits, language: str) -> Outcome:
    """The outcome of a program on stdin and stdout."""
    if signal_of(result) or result.status == TIME_LIMIT:
        answer = sandbox.STARTED
    elif result.exit_code == 0:
        answer = _CANNOT_SPEAK
    else:
        answer = _failure(result, language)
    return _outcome(result, limits, answer, result.stdout)


def _failure(result: Result, language: str) -> bytes:
    report = report_in(result.stderr, language)
    if report is None:
        return sandbox.STARTED
    not_compiled = not result.stdout and is_not_compiled(report, result.stderr, language)
    return (b"C" if not_compiled else sandbox.STARTED + b"E") + json.dumps(report).encode()


def is_refused_by_compiler(outcome: Outcome) -> bool:
    """Whether the outcome says that the source does not compile."""
    return outcome.answer.startswith((b"C", b'{"status": "C"', b'{"status":"C"'))


def without_compiler(outcome: Outcome) -> Outcome:
    """The outcome of a test that claims what the other tests of the same source disprove."""
    return replace(outcome, answer=sandbox.STARTED, status=outcome.status or 1 << 8)


def outcome_of_function(result: Result, limits: RunLimits, language: str, marker: str) -> Outcome:
    """The outcome of a function's call; what is not marked on stdout was printed by the learner's code."""
    mark = _mark(marker)
    _, _, said = result.stdout.partition(mark)
    between, answered, answer = said.rpartition(mark)
    if language == JAVASCRIPT:
        return _outcome(result, limits, _line(answer) if answered else _given_up(language), b"")
    if answered:
        return _outcome(
            result, limits, sandbox.STARTED + _line(answer), between.removeprefix(sandbox.STARTED)
        )
    if said.startswith(b"C"):
        return _outcome(result, limits, _line(said), b"")
    if not said and was_reached(result, marker):
        return _outcome(result, limits, _given_up(language), b"")
    return _outcome(result, limits, sandbox.STARTED, said[1:])


def was_reached(result: Result, marker: str) -> bool:
    """Whether our part of the program ran at all."""
    return _mark(marker) in result.stdout


def _is_cut_off(result: Result, marker: str) -> bool:
    """Whether an answer began and has no end, although nothing forced the program to stop."""
    _, marked, last = result.stdout.rpartition(_mark(marker))
    forced = signal_of(result) or result.status == TIME_LIMIT or result.exit_code
    return bool(marked) and last[:1] in (b"R", b"E", b"C", b"{") and b"\n" not in last and not forced


def _mark(marker: str) -> bytes:
    return b"\n" + marker.encode()


def _line(text: bytes) -> bytes:
    return text.partition(b"\n")[0]


def _given_up(language: str) -> bytes:
    """The answer of a compiler that ended, or was ended, without one."""
    return _not_compiled(json.dumps({"type": "the compiler gave up on this source"}), language)


def _not_compiled(report: str, language: str) -> bytes:
    if language == JAVASCRIPT:
        return json.dumps({"status": "C", "body": report}).encode()
    return b"C" + report.encode()


def _outcome(result: Result, limits: RunLimits, answer: bytes, printed: bytes) -> Outcome:
    signal = signal_of(result)
    return Outcome(
        reason=_reason(result, limits, answer, printed),
        status=signal or result.exit_code << 8,
        cpu_us=max(0, result.cpu_ms - START_MS) * 1000,
        wall_us=(result.wall_ms or 0) * 1000,
        peak_kb=result.memory_kb,
        answer=answer,
        stdout=printed,
        stderr=result.stderr,
    )


def _reason(result: Result, limits: RunLimits, answer: bytes, printed: bytes) -> int:
    full = max(len(result.stdout), len(result.stderr)) >= limits.file_kb << 10
    if full or max(len(answer), len(printed)) > limits.output_bytes or signal_of(result) == _SIGXFSZ:
        return sandbox.OUTPUT_LIMIT
    if result.status == TIME_LIMIT:
        return sandbox.CPU_LIMIT if result.cpu_ms >= limits.cpu_ms * _NEARLY_ALL else sandbox.WALL_LIMIT
    return sandbox.ENDED
