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
    """How node is started: arguments, environment, limits."""

    def __init__(self, config: dict[str, Any], executable: kernel.ExecTarget, limits: Limits) -> None:
        self.executable, self.limits = executable, limits
        heap = max(16, limits.memory // _MIB - _HEAP_BELOW_LIMIT_MB)
        self._flags = ["node", f"--max-old-space-size={heap}", "--random-seed=1", "--no-warnings"]
        self._runtime_data: int = config["runtime_data"]
        self._environment: list[str] = config["environment"]
        self._processes, self._open_files = config["processes"], config["open_files"]

    def rlimits(self, cpu_seconds: int) -> Rlimits:
        data = self._runtime_data + self.limits.memory + _HEADROOM
        size = self.limits.output + 1
        return Rlimits(
            cpu_seconds=cpu_seconds,
            stack=NODE_STACK,
            processes=self._processes,
            open_files=self._open_files,
            file_size=size,
            data=data,
        )

    def execute(self, script: str, *flags: str) -> None:
        """Become node; call it in the confined child."""
        self.executable.execute([*self._flags, *flags, "-e", script], self._environment)


def spawn(
    node: Node, confinement: Confinement, stdin: int, streams: list[int], start: Callable[[], None], cpu: int
) -> int:
    """Fork, confine, `start`; the child's pid."""
    pid = os.fork()
    if pid == 0:
        try:
            answer, output, errors = streams
            confinement.enter((stdin, output, errors, answer), node.rlimits(cpu))
            start()
        except OSError as problem:  # the worker reads it as the last words of a child that never started
            os.write(2, str(problem).encode())
        finally:
            os._exit(127)
    return pid


class Programs:
    """Every test is a process of its own: the source and then the input are its stdin."""

    def __init__(
        self, config: dict[str, Any], node: Node, confinement: Confinement, control: int, script: str
    ) -> None:
        self._source = config["source"].encode("utf-8", "surrogatepass")
        self._node, self._confinement, self._control = node, confinement, control
        self._script = script.replace("SOURCE_LENGTH", str(len(self._source)))

    def compile(self) -> bytes:
        """Nothing to do ahead: each process compiles for itself before it starts the program."""
        return protocol.OUTCOME.pack(protocol.ENDED, 0, 0, 0, 0, 1, 0, 0) + protocol.STARTED

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
            self._node, self._confinement, stdin, streams, lambda: self._node.execute(self._script), seconds
        )
        os.close(stdin)
        close_writers(answer, output, errors)
        watch = Watch(pid, limits, answer, output, errors, self._control)
        return watch.close_with(run_to_end(watch))


class Batch:
    """All tests in one process. Whatever it does but answer with the nonce costs it the test and its life."""

    def __init__(
        self, config: dict[str, Any], node: Node, confinement: Confinement, control: int, script: str
    ) -> None:
        names = ("source", "entry_point", "output_bytes", "max_depth")
        self._setup = json.dumps({name: config[name] for name in names}).encode()
        self._node, self._confinement, self._control, self._script = node, confinement, control, script
        self._watch: Watch | None = None
        self._requests = -1
        self._peak_kb = 0

    def compile(self) -> Bytes:
        """Start the process; its first answer says whether the source compiles."""
        return self._start()

    def run(self, length: int) -> Bytes:
        """One test, the next `length` bytes of the control pipe; starts a new process when the last one is
        gone."""
        request = protocol.read_exactly(self._control, length)
        if self._watch is None:
            first = self._start()
            if self._watch is None:
                return first
        watch = self._watch
        watch.limits = self._node.limits
        return self._converse(watch, request)

    def close(self) -> None:
        """End the process that waits for another test."""
        if self._watch is not None:
            self._watch.kill()

    def _start(self) -> Bytes:
        limits = self._node.limits
        boot = Limits(
            cpu=_BOOT_NS, wall=3 * _BOOT_NS, memory=limits.memory, output=limits.output, answer=limits.answer
        )
        answer = PipeStream(limits.answer + limits.output)
        output, errors = FileStream(limits.output), FileStream(limits.output)
        reader, self._requests = os.pipe()
        os.set_blocking(self._requests, False)
        streams = [answer.writer, output.writer, errors.writer]
        flags = ("--disallow-code-generation-from-strings",)
        pid = spawn(
            self._node,
            self._confinement,
            reader,
            streams,
            lambda: self._node.execute(self._script, *flags),
            3600,
        )
        os.close(reader)
        close_writers(answer, output, errors)
        self._watch = Watch(pid, boot, answer, output, errors, self._control)
        return self._converse(self._watch, self._setup)

    def _converse(self, watch: Watch, request: bytes) -> Bytes:
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
