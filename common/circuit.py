"""A circuit breaker for calls to another service (Nygard, Release It!): after several failures in a row
nobody waits for a service that is down; after a pause one caller tries again on behalf of all."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class CircuitOpen(Exception):
    """The call was not made, because the last ones failed. `retry_after_seconds`: when one may be tried."""

    def __init__(self, name: str, retry_after_seconds: float) -> None:
        super().__init__(f"{name} is not answering; next try in {retry_after_seconds:.0f} s")
        self.retry_after_seconds = retry_after_seconds


class CircuitBreaker:
    """Closed until `failure_threshold` failures in a row, then open for `reset_after_seconds`, then
    half-open: one call goes through, and its result closes or opens the circuit again. Safe for threads;
    state is per process."""

    def __init__(
        self,
        name: str,
        failure_threshold: int = 5,
        reset_after_seconds: float = 30.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name = name
        self._threshold, self._reset_after, self._clock = failure_threshold, reset_after_seconds, clock
        self._lock = threading.Lock()
        self._failures = 0
        self._opened_at: float | None = None
        self._trying = False

    @property
    def is_open(self) -> bool:
        """Whether a call made now would be refused."""
        with self._lock:
            return self._wait() > 0

    @contextmanager
    def guard(self, *failures: type[Exception]) -> Iterator[None]:
        """Run one call: CircuitOpen instead of it while open. Only `failures` count against the service;
        any other exception means that it answered."""
        self._enter()
        try:
            yield
        except failures:
            self._failed()
            raise
        except Exception:
            self._succeeded()
            raise
        except BaseException:  # interrupted: nothing was learnt about the service
            self._abandoned()
            raise
        self._succeeded()

    def _wait(self) -> float:
        """Seconds until a call is let through; the lock is held."""
        if self._opened_at is None:
            return 0.0
        left = self._opened_at + self._reset_after - self._clock()
        return max(left, 1.0) if self._trying else max(left, 0.0)

    def _enter(self) -> None:
        with self._lock:
            wait = self._wait()
            if wait > 0:
                raise CircuitOpen(self.name, wait)
            self._trying = self._opened_at is not None

    def _failed(self) -> None:
        with self._lock:
            self._failures += 1
            self._trying = False
            if self._opened_at is not None or self._failures >= self._threshold:
                self._opened_at = self._clock()

    def _succeeded(self) -> None:
        with self._lock:
            self._failures = 0
            self._opened_at = None
            self._trying = False

    def _abandoned(self) -> None:
        with self._lock:
            self._trying = False
