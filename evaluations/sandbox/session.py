"""One launcher serving one submission: a test at a time, bounded outcomes."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from .config import SandboxBroken
from .inside import protocol
from .launchers import Launcher, Order
from .warm import launchers

_GRACE_SECONDS = 20.0
_COMPILE_SECONDS = 45.0
_LONGEST_STARVATION = 16


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one child ended: `reason` and raw wait `status` as in inside/protocol.py, times in µs, peak in
    kB. `earlier_us` is CPU time of a first go at the same test, which counts for the submission only."""

    reason: int
    status: int
    cpu_us: int
    wall_us: int
    peak_kb: int
    answer: bytes
    stdout: bytes
    stderr: bytes
    earlier_us: int = 0

    @classmethod
    def parse(cls, body: bytes) -> Outcome:
        """Read an outcome frame; SandboxBroken when its lengths do not add up."""
        if len(body) < protocol.OUTCOME.size:
            raise SandboxBroken("the launcher sent a short outcome")
        reason, status, cpu, wall, peak, earlier, *lengths = protocol.OUTCOME.unpack_from(body)
        rest = body[protocol.OUTCOME.size :]
        if sum(lengths) != len(rest):
            raise SandboxBroken("the launcher sent an outcome whose lengths do not add up")
        first, second = lengths[0], lengths[0] + lengths[1]
        texts = (rest[:first], rest[first:second], rest[second:])
        return cls(reason, status, cpu, wall, peak, *texts, earlier)


class Session:
    """One launcher for one submission; a context manager. `order` makes the launcher, unless one is waiting;
    `config` tells it of the submission."""

    def __init__(self, order: Order, config: dict[str, Any], should_stop: Callable[[], bool] | None) -> None:
        self._order = order
        self._frame = protocol.frame(protocol.CONFIGURE, json.dumps(config).encode())
        self._should_stop = should_stop or (lambda: False)
        # The child's own limits end it long before: an idle one by wall, a starved one by its share of CPU time.
        self._run_seconds = (config["wall_ms"] + _LONGEST_STARVATION * config["cpu_ms"]) / 1000
        self._launcher: Launcher

    def __enter__(self) -> Self:
        if not self._enter_warm():
            self._enter(Launcher(self._order), prepared=False)
        return self

    def _enter_warm(self) -> bool:
        """Whether there was a launcher that still did what it should: any other costs the submission nothing."""
        launcher = launchers().take(self._order)
        if launcher is None:
            return False
        try:
            self._enter(launcher, prepared=True)
        except (SandboxBroken, OSError):
            return False
        return True

    def _enter(self, launcher: Launcher, *, prepared: bool) -> None:
        try:
            if not prepared:
                launcher.prepare(self._should_stop)
            launcher.configure(self._frame, self._should_stop)
        except BaseException:
            launcher.close()
            raise
        self._launcher = launcher

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._launcher.close()

    def compile(self) -> Outcome:
        """Compile the source, in the sandbox."""
        return self._outcome(protocol.frame(protocol.COMPILE), _COMPILE_SECONDS)

    def run(self, request: bytes) -> Outcome:
        """Run one test."""
        return self._outcome(protocol.frame(protocol.RUN, request), self._run_seconds + _COMPILE_SECONDS)

    def _outcome(self, request: bytes, seconds: float) -> Outcome:
        kind, body = self._launcher.exchange(request, seconds + _GRACE_SECONDS, self._should_stop)
        if kind != protocol.OUTCOME_REPLY:
            raise SandboxBroken(body.decode("utf-8", "replace"))
        return Outcome.parse(body)
