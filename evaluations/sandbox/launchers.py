"""The worker's end of a launcher's process: start it, exchange frames with it, be sure that it is gone."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO

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
_STOP_SECONDS = 3.0
_ATTENTION_MS = 250
_LARGEST_REPLY = 64 << 20


class Cancelled(Exception):
    """The caller no longer wants the answer."""


@dataclass(frozen=True, slots=True)
class Order:
    """A launcher to be had: how it is started, and the frame that lets it make its sandbox. Nothing in it depends on
    a submission, so launchers of equal orders are alike."""

    language: str
    command: tuple[str, ...]
    frame: bytes


class Launcher:
    """A launcher's process. It serves one submission and is then closed."""

    def __init__(self, order: Order) -> None:
        self.order = order
        self.started_at = time.monotonic()
        self._process = subprocess.Popen(
            order.command,
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

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def prepare(self, should_stop: Callable[[], bool]) -> None:
        """Let it make its sandbox, up to where it needs the submission."""
        self.configure(self.order.frame, should_stop)

    def configure(self, frame: bytes, should_stop: Callable[[], bool]) -> None:
        """Send a frame that is answered by READY; SandboxBroken, with its reason, when it is not."""
        kind, body = self.exchange(frame, _START_SECONDS, should_stop)
        if kind != protocol.READY:
            raise SandboxBroken(body.decode("utf-8", "replace"))

    def exchange(self, request: bytes, seconds: float, should_stop: Callable[[], bool]) -> tuple[int, bytes]:
        """Send a frame and wait for the answer's kind and body; `should_stop` is asked several times a second."""
        deadline = time.monotonic() + seconds
        waiting, reply = memoryview(request), bytearray()
        while not _complete(reply):
            if should_stop():
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

    def disown(self) -> None:
        """In a process forked from the launcher's owner: let go of its pipes, and never wait for it."""
        self._process.returncode = 0
        self._stdin.close()
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
