"""What one submission may use in all, so that none holds an evaluator for minutes."""

from __future__ import annotations

import time
from collections.abc import Callable

from evaluations.judge import Bundle

from .inside import protocol
from .session import Outcome

GUARD_SECONDS = 240.0
"""From the first process to the last; Celery's soft limit, 270 s, would come next."""

_LONGEST_WAIT_MS = 60_000
# A test that took this long and computed less than that share of it was waiting: no machine is so busy for a minute.
_NOTABLE_WAIT_US = 1_000_000
_IDLE_SHARE = 8


class Budget:
    """What the tests of one submission used so far: CPU time, and time spent waiting.

    Waits that met their limit count by its length, shorter ones by the clock where next to nothing was computed: a busy
    machine must not decide when the budget is used up.
    """

    def __init__(self, bundle: Bundle) -> None:
        self._wall_ms, self._total_cpu_ms = bundle.wall_ms, bundle.total_cpu_ms
        self._cpu_us = self._waited_ms = 0

    def charge(self, outcome: Outcome) -> None:
        """Count one test."""
        self._cpu_us += outcome.cpu_us + outcome.earlier_us
        if outcome.reason == protocol.WALL_LIMIT:
            self._waited_ms += self._wall_ms
        elif outcome.wall_us >= _NOTABLE_WAIT_US and outcome.cpu_us * _IDLE_SHARE < outcome.wall_us:
            self._waited_ms += outcome.wall_us // 1000

    @property
    def used_up(self) -> str:
        """Why no further test may run, for the learner; empty while one may."""
        if self._cpu_us >= self._total_cpu_ms * 1000:
            return (
                f"all tests together may use {self._total_cpu_ms / 1000:g} s of CPU time, and that is used up"
            )
        if self._waited_ms >= _LONGEST_WAIT_MS:
            return f"the tests waited for more than {_LONGEST_WAIT_MS // 1000} s without computing"
        return ""


class WallGuard:
    """The end of all patience with the machine; what it ends says nothing about the submission.

    Its `should_stop` stands in for the caller's, which it asks too.
    """

    def __init__(self, should_stop: Callable[[], bool] | None) -> None:
        self._asked = should_stop or (lambda: False)
        self._seconds = GUARD_SECONDS
        self._end = time.monotonic() + self._seconds
        self.message = ""

    def should_stop(self) -> bool:
        if time.monotonic() > self._end:
            self.message = f"judging took longer than {self._seconds:g} s: the machine is too busy"
            return True
        return self._asked()
