"""The worker's end of one launcher: start it, give it one test at a time, read bounded outcomes, be sure it
is gone."""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from .config import SandboxBroken
from .inside import protocol

_HERE = Path(__file__).resolve().parent
BOOTSTRAP = (
    "import sys; sys.path.append(sys.argv.pop(1)); sys.dont_write_bytecode = False; "
    "import inside.launcher as launcher; "
    "sys.path.pop(); sys.dont_write_bytecode = True; launcher.main()"
)
# No -I or -E: they would ignore PYTHONHASHSEED. The environment holds nothing else.
PYTHON_FLAGS = ("-s", "-S", "-P", "-B", "-c", BOOTSTRAP)
ENVIRONMENT = {"PYTHONHASHSEED": "0", "PYTHONUTF8": "1"}

_START_SECONDS = 30.0
_GRACE_SECONDS = 20.0
_STOP_SECONDS = 3.0
_ATTENTION_MS = 250
_COMPILE_SECONDS = 45.0
_LONGEST_STARVATION = 16
_LARGEST_REPLY = 64 << 20


class Cancelled(Exception):
    """The caller no longer wants the answer."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one child ended: `reason` and raw wait `status` as in inside/protocol.py, times in µs, peak in
    kB."""

    reason: int
    status: int
    cpu_us: int
    wall_us: int
    peak_kb: int
    answer: bytes
    stdout: bytes
    stderr: bytes

    @classmethod
    def parse(cls, body: bytes) -> Outcome:
        """Read an outcome frame; SandboxBroken when its lengths do not add up."""
        if len(body) < protocol.OUTCOME.size:
            raise SandboxBroken("the launcher sent a short outcome")
        reason, status, cpu, wall, peak, *lengths = protocol.OUTCOME.unpack_from(body)
        rest = body[protocol.OUTCOME.size :]
        if sum(lengths) != len(rest):
            raise SandboxBroken("the launcher sent an outcome whose lengths do not add up")
        first, second = lengths[0], lengths[0] + lengths[1]
        return cls(reason, status, cpu, wall, peak, rest[:first], rest[first:second], rest[second:])


class Session:
    """One launcher for one submission; a context manager. `command` starts it, `config` is its first
    frame."""

    def __init__(
        self, command: list[str], config: dict[str, Any], should_stop: Callable[[], bool] | None
    ) -> None:
        self._should_stop = should_stop or (lambda: False)
        # The child's own limits end it long before: an idle one by wall, a starved one by its share of CPU time.
        self._run_seconds = (config["wall_ms"] + _LONGEST_STARVATION * config["cpu_ms"]) / 1000
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=ENVIRONMENT,
            cwd="/",
            start_new_session=True,
            close_fds=True,
        )
        self._stdin, self._stdout = _pipe(self._process.stdin), _pipe(self._process.stdout)
        self._requests, self._replies = self._stdin.fileno(), self._stdout.fileno()
        os.set_blocking(self._requests, False)
        self._config = config

    def __enter__(self) -> Self:
        try:
            kind, body = self._exchange(
                protocol.frame(protocol.CONFIGURE, json.dumps(self._config).encode()), _START_SECONDS
            )
        except BaseException:
            self.close()
            raise
        if kind != protocol.READY:
            self.close()
            raise SandboxBroken(body.decode("utf-8", "replace"))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def compile(self) -> Outcome:
        """Compile the source, in the sandbox."""
        return self._outcome(protocol.frame(protocol.COMPILE), _COMPILE_SECONDS)

    def run(self, request: bytes) -> Outcome:
        """Run one test."""
        return self._outcome(protocol.frame(protocol.RUN, request), self._run_seconds + _COMPILE_SECONDS)

    def _outcome(self, request: bytes, seconds: float) -> Outcome:
        kind, body = self._exchange(request, seconds + _GRACE_SECONDS)
        if kind != protocol.OUTCOME_REPLY:
            raise SandboxBroken(body.decode("utf-8", "replace"))
        return Outcome.parse(body)

    def _exchange(self, request: bytes, seconds: float) -> tuple[int, bytes]:
        deadline = time.monotonic() + seconds
        waiting, reply = memoryview(request), bytearray()
        while not _complete(reply):
            if self._should_stop():
                raise Cancelled
            if time.monotonic() > deadline:
                raise SandboxBroken(f"the launcher did not answer within {seconds:.0f} s")
            ready, free = self._wait(bool(waiting))
            if free:
                waiting = waiting[self._write(waiting) :]
            if ready:
                self._read(reply)
        kind, _ = protocol.FRAME.unpack_from(reply)
        return kind, bytes(reply[protocol.FRAME.size :])

    def _wait(self, writing: bool) -> tuple[bool, bool]:
        """Whether something can be read, and written; after a moment neither. (select would fail above 1024 files.)"""
        waiting = select.poll()
        waiting.register(self._replies, select.POLLIN)
        if writing:
            waiting.register(self._requests, select.POLLOUT)
        events = dict(waiting.poll(_ATTENTION_MS))
        return self._replies in events, self._requests in events

    def _write(self, data: memoryview) -> int:
        try:
            return os.write(self._requests, data)
        except BlockingIOError:
            return 0
        except BrokenPipeError:  # what it said before it went is still to be read
            return len(data)

    def _read(self, reply: bytearray) -> None:
        chunk = os.read(self._replies, 1 << 18)
        if not chunk:
            raise SandboxBroken("the launcher ended without an answer")
        reply += chunk
        if len(reply) > _LARGEST_REPLY:
            raise SandboxBroken("the launcher sent more than it may")

    def close(self) -> None:
        """End the launcher and, through it, all that it started; returns when it is gone."""
        process = self._process
        with contextlib.suppress(BrokenPipeError):
            self._stdin.close()
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        self._stdout.close()


def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    if pipe is None:
        raise SandboxBroken("the launcher was started without pipes")
    return pipe


def _complete(reply: bytearray) -> bool:
    if len(reply) < protocol.FRAME.size:
        return False
    _, length = protocol.FRAME.unpack_from(reply)
    return len(reply) >= protocol.FRAME.size + int(length)


def launch_command(python: str) -> list[str]:
    """How to start the launcher with this interpreter as a direct child of the worker."""
    return [python, *PYTHON_FLAGS, str(_HERE), str(os.getpid())]
