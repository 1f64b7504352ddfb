"""From the way a child ended to a verdict. The order of the rules is the order of certainty: a limit that
was seen to be hit, then what the child says of itself, then the answer."""

from __future__ import annotations

import os
import signal

from evaluations.judge import Verdict

from .answers import FAILED, NOT_COMPILED, RETURNED, TOO_LOUD, Answer, Failure, failure_of
from .config import SandboxBroken
from .inside import protocol
from .session import Outcome

_NEARLY_ALL = 0.95
_V8_OUT_OF_MEMORY = (b"heap out of memory", b"Reached heap limit", b"out of memory")
_ALLOCATION_FAILED = ("Array buffer allocation failed", "Invalid typed array length")
_TIME_REASONS = (protocol.CPU_LIMIT, protocol.WALL_LIMIT)


def verdict_before_comparison(
    outcome: Outcome, answer: Answer, *, time_limit_ms: int, memory_limit_mb: int
) -> Verdict | None:
    """The verdict of a run that cannot be right, None when its answer has to be compared.

    SandboxBroken when learner code was never reached although nothing hit a limit.
    """
    if (
        outcome.reason == protocol.OUTPUT_LIMIT
        or answer.kind == TOO_LOUD
        or _signal(outcome) == signal.SIGXFSZ
    ):
        return Verdict.OUTPUT_LIMIT
    if answer.kind == NOT_COMPILED:
        return Verdict.COMPILE_ERROR
    if _took_too_long(outcome, time_limit_ms):
        return Verdict.TIME_LIMIT
    if not answer.started:
        raise SandboxBroken(
            f"the child ended before it started (status {outcome.status}): {_last_words(outcome)}"
        )
    if _ran_out_of_memory(outcome, answer, memory_limit_mb):
        return Verdict.MEMORY_LIMIT
    if answer.kind == RETURNED and outcome.reason == protocol.ENDED and _ended_well(outcome):
        return None
    return Verdict.RUNTIME_ERROR


def _signal(outcome: Outcome) -> int:
    running = outcome.status == protocol.STILL_RUNNING
    return os.WTERMSIG(outcome.status) if not running and os.WIFSIGNALED(outcome.status) else 0


def _ended_well(outcome: Outcome) -> bool:
    return outcome.status in (protocol.STILL_RUNNING, 0)


def _took_too_long(outcome: Outcome, time_limit_ms: int) -> bool:
    stopped = outcome.reason in _TIME_REASONS or _signal(outcome) == signal.SIGXCPU
    return stopped or outcome.cpu_us > time_limit_ms * 1000


def _ran_out_of_memory(outcome: Outcome, answer: Answer, memory_limit_mb: int) -> bool:
    if answer.kind == FAILED:
        failure = failure_of(answer)
        return failure.type == "MemoryError" or failure.message.startswith(_ALLOCATION_FAILED)
    if not _signal(outcome):
        return False
    nearly = outcome.peak_kb >= memory_limit_mb * 1024 * _NEARLY_ALL
    return nearly or any(text in outcome.stderr for text in _V8_OUT_OF_MEMORY)


def died_of(outcome: Outcome) -> Failure:
    """A failure that no child reported, in words."""
    killed_by = _signal(outcome)
    if outcome.reason == protocol.PROTOCOL_BROKEN:
        return Failure("Error", "the program wrote to the answer channel", (), "")
    if killed_by:
        return Failure("Error", f"killed by {_signal_name(killed_by)}", (), "")
    if not _ended_well(outcome):
        return Failure("Error", f"exit status {os.waitstatus_to_exitcode(outcome.status)}", (), "")
    return Failure("Error", "ended without an answer", (), "")


def _signal_name(number: int) -> str:
    """Most real-time signals have none."""
    known = number in set(signal.Signals)
    return signal.Signals(number).name if known else f"signal {number}"


def _last_words(outcome: Outcome) -> str:
    return outcome.stderr[-500:].decode("utf-8", "replace").strip()
