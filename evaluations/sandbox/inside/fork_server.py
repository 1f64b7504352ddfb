"""Python's side of the supervisor: a warm interpreter that never runs learner code, forked once per test."""

from __future__ import annotations

import os

from . import protocol, python_child
from .confinement import PYTHON_STACK, Confinement, Rlimits
from .node_child import sealed_file
from .watch import Bytes, Limits, PipeStream, Watch, close_writers, run_to_end

_COMPILE_NS = 10_000_000_000
_PAGE = os.sysconf("SC_PAGE_SIZE")

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


def address_space(otherwise: int) -> int:
    """Bytes of address space in use now; `otherwise` where there is no /proc (bubblewrap)."""
    try:
        with open("/proc/self/statm") as statm:
            return int(statm.read().split()[0]) * _PAGE
    except FileNotFoundError:
        return otherwise


class ForkServer:
    """Compiles once, then forks a child for every test. The child itself reads the input from the control
    pipe, so that no input ever lies in the memory that later children inherit."""

    def __init__(
        self, config: dict[str, Any], limits: Limits, confinement: Confinement, control: int, base: int
    ) -> None:
        self._source: str = config["source"]
        self._entry_point: str = config["entry_point"]
        self._program = config["kind"] == "stdio"
        self._limits, self._confinement, self._control = limits, confinement, control
        self._memory = base + limits.memory
        self._processes, self._open_files = config["processes"], config["open_files"]
        self._max_depth: int = config["max_depth"]
        self._code = b""

    def compile(self) -> Bytes:
        """Compile in a confined child: the compiler's crash, bomb or error stays there."""
        limits = self._limits
        generous = Limits(
            cpu=_COMPILE_NS, wall=3 * _COMPILE_NS, memory=limits.memory, output=limits.output, answer=8 << 20
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
            address_space=self._memory,
        )
