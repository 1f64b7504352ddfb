"""Python's side of the supervisor: a warm interpreter that never runs learner code, forked once per test."""

from __future__ import annotations

import contextlib
import gc
import importlib
import os

from . import protocol, python_child
from .confinement import PYTHON_STACK, Confinement, Rlimits
from .node_child import sealed_file
from .watch import Bytes, Limits, PipeStream, Watch, close_writers, run_to_end

_NS_PER_MS = 1_000_000
_PAGE = os.sysconf("SC_PAGE_SIZE")

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


class AddressSpace:
    """How much of it this process uses; made while there is a /proc, read when there is none any more."""

    def __init__(self, otherwise: int) -> None:
        self._otherwise = otherwise
        try:
            self._statm = os.open("/proc/self/statm", os.O_RDONLY)
        except FileNotFoundError:
            self._statm = -1

    def in_use(self) -> int:
        """Bytes; `otherwise` where there never was a /proc (bubblewrap)."""
        if self._statm < 0:
            return self._otherwise
        return int(os.pread(self._statm, 200, 0).split()[0]) * _PAGE


class ForkServer:
    """Compiles once, then forks a child for every test. The child itself reads the input from the control
    pipe, so that no input ever lies in the memory that later children inherit."""

    def __init__(self, confinement: Confinement, control: int, memory: AddressSpace) -> None:
        self._confinement, self._control, self._memory = confinement, control, memory
        self._limits: Limits
        self._source = self._entry_point = ""
        self._program = False
        self._address_space = self._processes = self._open_files = self._max_depth = self._compile_ns = 0
        self._code = b""
        self.tasks = 0

    def configure(self, config: dict[str, Any], limits: Limits) -> None:
        """The submission; modules that it names are imported once for all its children."""
        for name in config["modules"]:
            with contextlib.suppress(ImportError):
                importlib.import_module(name)
        self._limits, self._source, self._entry_point = limits, config["source"], config["entry_point"]
        self._program = config["kind"] == "stdio"
        self._processes, self._open_files = config["processes"], config["open_files"]
        self._max_depth, self._compile_ns = config["max_depth"], config["compile_ms"] * _NS_PER_MS
        self._address_space = self._memory.in_use() + limits.memory
        gc.collect()
        gc.freeze()

    def compile(self) -> Bytes:
        """Compile in a confined child: the compiler's crash, bomb or error stays there."""
        limits = self._limits
        generous = Limits(
            cpu=self._compile_ns,
            wall=3 * self._compile_ns,
            memory=limits.memory,
            output=limits.output,
            answer=8 << 20,
        )
        watch = self._fork(generous, 0, lambda _: python_child.compile_source(self._source))
        answer = run_to_end(watch)
        if answer[:2] == protocol.STARTED + b"R":
            answer, self._code = answer[:2], bytes(answer[2:])
        return watch.close_with(answer)

    def close(self) -> None:
        """Nothing outlives a test."""

    def run(self, length: int) -> Bytes:
        """One test whose input is the next `length` bytes of the control pipe."""
        watch = self._fork(self._limits, length, self._work)
        return watch.close_with(run_to_end(watch))

    def _work(self, request: bytes) -> bytes:
        if self._program:
            return python_child.run_program(self._code)
        return python_child.call_function(self._code, self._entry_point, request, self._max_depth)

    def _fork(self, limits: Limits, length: int, work: Callable[[bytes], bytes]) -> Watch:
        answer, output, errors = (PipeStream(cap) for cap in (limits.answer, limits.output, limits.output))
        pid = os.fork()
        if pid == 0:
            try:
                request = protocol.read_exactly(self._control, length)
                stdin = sealed_file(request if self._program else b"")
                python_child.prepare()
                descriptors = (stdin, output.writer, errors.writer, answer.writer)
                self._confinement.enter(descriptors, self._rlimits(limits))
                python_child.speak(lambda: work(request))
            finally:  # no word started: the worker takes that for a fault of the sandbox
                os._exit(126)
        close_writers(answer, output, errors)
        return Watch(pid, limits, answer, output, errors, self._control)

    def _rlimits(self, limits: Limits) -> Rlimits:
        seconds = limits.cpu // 1_000_000_000 + 2
        return Rlimits(
            cpu_seconds=seconds,
            stack=PYTHON_STACK,
            processes=self._processes,
            open_files=self._open_files,
            address_space=self._address_space,
        )
