"""Launchers that have done all that does not depend on a submission, and wait for theirs.

Each serves one submission, like a launcher that is started for it: what it saves is waiting, not work. One that is
unfit (dead, old, of another order) is ended, and the submission starts its own.

They belong to the process that started them and end with it: a thread that lives as long as the process starts them
(PR_SET_PDEATHSIG looks at the thread), and their control pipes close with the process.
"""

from __future__ import annotations

import atexit
import logging
import os
import threading
import time
from collections import deque

from .config import SandboxBroken, warm_launchers
from .launchers import Cancelled, Launcher, Order

logger = logging.getLogger(__name__)

_OLDEST_SECONDS = 3600.0


class WarmLaunchers:
    """The idle launchers of one process, at most `warm_launchers()` for each language."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._idle: list[Launcher] = []
        self._wanted: deque[Order] = deque()
        self._preparing: Order | None = None
        self._keeper: threading.Thread | None = None
        self._closed = False

    @property
    def idle(self) -> list[Launcher]:
        """Those that could be taken now."""
        with self._changed:
            return list(self._idle)

    def take(self, order: Order) -> Launcher | None:
        """A launcher of this order, from now on the caller's."""
        with self._changed:
            same_language = [each for each in self._idle if each.order.language == order.language]
            fit = [each for each in same_language if warm_launchers() and _is_fit(each, order)]
            gone = [each for each in same_language if each not in fit] + fit[:1]
            self._idle = [each for each in self._idle if each not in gone]
        for launcher in gone:
            if launcher not in fit:
                launcher.close()
        return fit[0] if fit else None

    def keep(self, order: Order) -> None:
        """See to it that launchers of this order are ready soon."""
        with self._changed:
            coming = [*(each.order for each in self._idle), *self._wanted, self._preparing]
            missing = warm_launchers() - coming.count(order)
            if self._closed or missing <= 0:
                return
            self._wanted.extend([order] * missing)
            if self._keeper is None:
                self._keeper = threading.Thread(target=self._work, name="sandbox-launchers", daemon=True)
                self._keeper.start()
                atexit.register(self.close)
            self._changed.notify_all()

    def wait(self) -> None:
        """Until all that are wanted are ready, or could not be started."""
        with self._changed:
            self._changed.wait_for(lambda: not self._wanted and self._preparing is None)

    def close(self) -> None:
        """End all of them, for good; returns when they are gone."""
        self._closed = True
        self.drop()

    def drop(self) -> None:
        """End those that are idle now."""
        with self._changed:
            self._wanted.clear()
            idle, self._idle = self._idle, []
        for launcher in idle:
            launcher.close()

    def disown(self) -> None:
        """In a process forked from theirs: they are the parent's, and so is closing them at the end."""
        atexit.unregister(self.close)
        for launcher in self._idle:
            launcher.disown()

    def _work(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: bool(self._wanted))
                order = self._preparing = self._wanted.popleft()
            try:
                self._prepare(order)
            except (
                Exception
            ):  # the thread lives as long as the process: without it none would be kept ready any more
                logger.exception("sandbox: keeping a launcher ready failed")
            finally:
                with self._changed:
                    self._preparing = None
                    self._changed.notify_all()

    def _prepare(self, order: Order) -> None:
        launcher = self._prepared(order)
        if launcher is None:
            return
        try:
            with self._changed:
                surplus = self._add(launcher)
        except BaseException:
            launcher.close()
            raise
        for each in surplus:
            each.close()

    def _prepared(self, order: Order) -> Launcher | None:
        try:
            launcher = Launcher(order)
        except OSError as problem:
            logger.warning("sandbox: no launcher could be started ahead: %s", problem)
            return None
        try:
            launcher.prepare(lambda: self._closed)
        except (SandboxBroken, Cancelled, OSError) as problem:
            launcher.close()
            if not self._closed:
                logger.warning("sandbox: a launcher could not be prepared ahead: %s", problem)
            return None
        except BaseException:
            launcher.close()
            raise
        return launcher

    def _add(self, launcher: Launcher) -> list[Launcher]:
        """Keep a launcher; those that there is no room for any more."""
        if self._closed or not warm_launchers():
            return [launcher]
        language = launcher.order.language
        same_language = [each for each in self._idle if each.order.language == language]
        surplus = same_language[: max(0, len(same_language) + 1 - warm_launchers())]
        self._idle = [each for each in self._idle if each not in surplus] + [launcher]
        return surplus


def _is_fit(launcher: Launcher, order: Order) -> bool:
    age = time.monotonic() - launcher.started_at
    return launcher.order == order and launcher.alive and age < _OLDEST_SECONDS


_launchers = WarmLaunchers()


def launchers() -> WarmLaunchers:
    """Those of this process."""
    return _launchers


def _leave_them_to_the_parent() -> None:
    global _launchers
    _launchers.disown()
    _launchers = WarmLaunchers()


os.register_at_fork(after_in_child=_leave_them_to_the_parent)
