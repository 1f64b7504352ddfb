"""Node as a child: a process per program, or one process for all tests of a function, kept as long as it
behaves."""

from __future__ import annotations

import json
import os

from . import kernel, protocol
from .confinement import NODE_STACK, Confinement, Rlimits
from .watch import Bytes, FileStream, Limits, PipeStream, Watch, close_writers, run_to_end

_MIB = 1 << 20
_HEADROOM = 16 * _MIB  # what V8 adds to its own data as its heap grows
_HEAP_BELOW_LIMIT_MB = 16
_BOOT_NS = 10_000_000_000
_LONGEST_SECONDS = 3600
_SEALED = 1 | 2 | 4 | 8  # F_SEAL_SEAL, SHRINK, GROW, WRITE
_F_ADD_SEALS = 1033

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


def sealed_file(content: bytes) -> int:
    """A read-only memory file at its beginning, for a child's stdin."""
    import fcntl

    descriptor = os.memfd_create("input", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    view = memoryview(content)
    while view:
        view = view[os.write(descriptor, view) :]
    os.lseek(descriptor, 0, os.SEEK_SET)
    fcntl.fcntl(descriptor, _F_ADD_SEALS, _SEALED)
    return descriptor


class Node:
    """How node is started: arguments and environment; and, once the submission is known, its limits."""

    def __init__(self, sandbox: dict[str, Any], executable: kernel.ExecTarget) -> None:
        self.executable = executable
        heap = max(16, sandbox["memory_mb"] - _HEAP_BELOW_LIMIT_MB)
        self._flags = ["node", f"--max-old-space-size={heap}", "--random-seed=1", "--no-warnings"]
        self._runtime_data: int = sandbox["runtime_data"]
        self._environment: list[str] = sandbox["environment"]
        self.limits: Limits
        self._processes = self._open_files = 0

    def limit(self, config: dict[str, Any], limits: Limits) -> None:
        """The limits of the submission."""
        self.limits = limits
        self._processes, self._open_files = config["processes"], config["open_files"]

    def rlimits(self, cpu_seconds: int) -> Rlimits:
        return Rlimits(
            cpu_seconds=cpu_seconds,
            stack=NODE_STACK,
            processes=self._processes,
            open_files=self._open_files,
            file_size=self.limits.output + 1,
            data=self._runtime_data + self.limits.memory + _HEADROOM,
        )

    def execute(self, script: str, *flags: str) -> None:
        """Become node; call it in the confined child."""
        self.executable.execute([*self._flags, *flags, "-e", script], self._environment)


def spawn(
    confinement: Confinement, stdin: int, streams: list[int], rlimits: Rlimits, start: Callable[[], None]
) -> int:
    """Fork, confine, `start`; the child's pid."""
    pid = os.fork()
    if pid == 0:
        try:
            answer, output, errors = streams
            confinement.enter((stdin, output, errors, answer), rlimits)
            start()
        except OSError as problem:  # the worker reads it as the last words of a child that never started
            os.write(2, str(problem).encode())
        finally:
            os._exit(127)
    return pid


# For a process that waits for its submission: limits can only be lowered later.
_ANY = 1 << 40
_WIDE = Rlimits(
    cpu_seconds=_LONGEST_SECONDS,
    stack=NODE_STACK,
    processes=_ANY,
    open_files=_ANY,
    file_size=_ANY,
    data=_ANY,
)
_IDLE = Limits(cpu=_BOOT_NS, wall=_BOOT_NS, memory=_ANY, output=_MIB, answer=_MIB)


class Programs:
    """Every test is a process of its own: the source and then the input are its stdin."""

    def __init__(self, node: Node, confinement: Confinement, control: int, script: str) -> None:
        self._node, self._confinement, self._control, self._script = node, confinement, control, script
        self._source = b""
        self.tasks = 0

    def configure(self, config: dict[str, Any], limits: Limits) -> None:
        """The submission."""
        self._source = config["source"].encode("utf-8", "surrogatepass")
        self._script = self._script.replace("SOURCE_LENGTH", str(len(self._source)))
        self._node.limit(config, limits)

    def compile(self) -> bytes:
        """Nothing to do ahead: each process compiles for itself before it starts the program."""
        return protocol.OUTCOME.pack(protocol.ENDED, 0, 0, 0, 0, 0, 1, 0, 0) + protocol.STARTED

    def close(self) -> None:
        """Nothing outlives a test."""

    def run(self, length: int) -> Bytes:
        """Run the program on the next `length` bytes of the control pipe; the outcome's body."""
        request = protocol.read_exactly(self._control, length)
        limits = self._node.limits
        answer, output, errors = (
            PipeStream(limits.answer),
            FileStream(limits.output),
            FileStream(limits.output),
        )
        stdin = sealed_file(self._source + request)
        streams = [answer.writer, output.writer, errors.writer]
        seconds = (limits.cpu + _BOOT_NS) // 1_000_000_000
        pid = spawn(
            self._confinement,
            stdin,
            streams,
            self._node.rlimits(seconds),
            lambda: self._node.execute(self._script),
        )
        os.close(stdin)
        close_writers(answer, output, errors)
        watch = Watch(pid, limits, answer, output, errors, self._control)
        return watch.close_with(run_to_end(watch))


class Batch:
    """All tests in one process, which is started before the submission is known. Whatever it does but answer with
    the nonce costs it the test and its life."""

    def __init__(self, node: Node, confinement: Confinement, control: int, script: str) -> None:
        self._node, self._confinement, self._control, self._script = node, confinement, control, script
        self._setup = b""
        self._requests = -1
        self._used = self._again = False
        self._spent_ns = 0  # CPU time of the first go of a test that is run again
        self._watch: Watch | None = self._spawn()

    @property
    def tasks(self) -> int:
        """Threads of the process that waits; asked where the host's /proc is there."""
        return 0 if self._watch is None else self._watch.tasks

    def configure(self, config: dict[str, Any], limits: Limits) -> None:
        """The submission."""
        names = ("source", "entry_point", "output_bytes", "max_depth")
        self._setup = json.dumps({name: config[name] for name in names}).encode()
        self._node.limit(config, limits)

    def compile(self) -> Bytes:
        """Start the process; its first answer says whether the source compiles."""
        return self._start()

    def run(self, length: int) -> Bytes:
        """One test, the next `length` bytes of the control pipe; starts a new process when the last one is
        gone."""
        request = protocol.read_exactly(self._control, length)
        self._spent_ns = 0
        outcome = self._test(request)
        return self._test(request) if self._again else outcome

    def _test(self, request: bytes) -> Bytes:
        if self._watch is None:
            first = self._start()
            if self._watch is None:
                return first
        watch = self._watch
        watch.limits, watch.earlier_ns = self._node.limits, self._spent_ns
        outcome = self._converse(watch, request)
        self._spent_ns = watch.cpu_ns
        self._used = True
        return outcome

    def close(self) -> None:
        """End the process that waits for another test."""
        if self._watch is not None:
            self._watch.kill()

    def _start(self) -> Bytes:
        """Give a process that has met no submission its limits, then the source."""
        if self._watch is None or self._watch.ended:
            self._discard()
            self._watch = self._spawn()
        self._used = False
        limits = self._node.limits
        boot = Limits(
            cpu=_BOOT_NS, wall=3 * _BOOT_NS, memory=limits.memory, output=limits.output, answer=limits.answer
        )
        self._watch.hold_to(boot, answer=limits.answer + limits.output)
        self._node.rlimits(_LONGEST_SECONDS).apply(self._watch.pid)
        return self._converse(self._watch, self._setup)

    def _discard(self) -> None:
        """Forget a process that died while it waited for its submission."""
        if self._watch is not None:
            self._watch.reap()
            self._watch.close_with(b"")
            os.close(self._requests)

    def _spawn(self) -> Watch:
        answer, output, errors = PipeStream(_IDLE.answer), FileStream(_IDLE.output), FileStream(_IDLE.output)
        reader, self._requests = os.pipe()
        os.set_blocking(self._requests, False)
        streams = [answer.writer, output.writer, errors.writer]
        flags = ("--disallow-code-generation-from-strings",)
        pid = spawn(
            self._confinement,
            reader,
            streams,
            _WIDE,
            lambda: self._node.execute(self._script, *flags),
        )
        os.close(reader)
        close_writers(answer, output, errors)
        return Watch(pid, _IDLE, answer, output, errors, self._control)

    def _converse(self, watch: Watch, request: bytes) -> Bytes:
        self._again = False
        nonce = os.urandom(protocol.NONCE_LENGTH // 2).hex().encode()
        waiting = memoryview(nonce + b"%08d" % len(request) + request)
        watch.answer.clear()
        watch.start_charging()
        running = True
        watch.watch_for_writing(self._requests)
        while running and bytes(watch.answer.data[-1:]) != b"\n":
            waiting = self._feed(watch, waiting)
            running = watch.step()
        if waiting:
            watch.forget(self._requests)
        return self._settle(watch, nonce, running)

    def _feed(self, watch: Watch, waiting: memoryview) -> memoryview:
        if not waiting:
            return waiting
        try:
            waiting = waiting[os.write(self._requests, waiting) :]
        except BlockingIOError:
            return waiting
        except BrokenPipeError:  # it closed its stdin: it will never answer
            waiting = waiting[:0]
        if not waiting:
            watch.forget(self._requests)
        return waiting

    def _settle(self, watch: Watch, nonce: bytes, running: bool) -> Bytes:
        line = bytes(watch.answer.content())
        spoken = line.startswith(nonce) and line.count(b"\n") == 1 and line.endswith(b"\n")
        if running and spoken and watch.reason == protocol.ENDED:
            watch.measure()
            answer = line[len(nonce) : -1]
            self._again = self._used and answer.startswith(protocol.AGAIN)
            if b'"stale":true' in answer[-64:]:
                return self._end(watch, answer, still_fine=True)
            return watch.outcome(answer)
        if running:
            watch.stop(protocol.PROTOCOL_BROKEN)
        return self._end(watch, line[len(nonce) : -1] if spoken else b"", still_fine=False)

    def _end(self, watch: Watch, answer: bytes, *, still_fine: bool) -> Bytes:
        """Kill the process, if it still lives, and report what became of the test it had."""
        measured = (watch.cpu_ns, watch.wall_ns)
        if still_fine:
            os.kill(watch.pid, 9)
        while watch.step():
            continue
        watch.reap()
        if still_fine:
            watch.reason, watch.status = protocol.ENDED, protocol.STILL_RUNNING
            watch.cpu_ns, watch.wall_ns = measured
        os.close(self._requests)
        self._watch = None
        return watch.close_with(answer)
