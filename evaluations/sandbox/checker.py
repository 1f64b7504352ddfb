"""A problem's own checker, `check(input, expected, got) -> bool`, run in a sandbox of its own: it reads what a
learner's code said, and it is the only code that sees expected values in a sandbox."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from evaluations.judge import Bundle, TestCase

from .answers import Unreadable, answer_of, returned_value
from .config import SandboxBroken
from .runtimes import JAVASCRIPT
from .session import Session
from .tiers import open_session
from .verdicts import verdict_before_comparison

_ENTRY_POINT = "check"
_TIME_LIMIT_MS, _MEMORY_LIMIT_MB = 5000, 256
_TOTAL_CPU_MS = 30_000


class CheckerBroken(SandboxBroken):
    """The checker itself is at fault; another attempt would end alike."""


def refused_answers(
    tier: str, bundle: Bundle, answers: list[tuple[TestCase, Any]], should_stop: Callable[[], bool] | None
) -> set[str]:
    """The ids of the tests whose answer the checker refuses; `CheckerBroken` when the checker is."""
    checker = bundle.checker or {}
    own = Bundle(
        problem_id=bundle.problem_id,
        problem_version=bundle.problem_version,
        kind="function",
        params=(),
        entry_point=_ENTRY_POINT,
        comparison="exact",
        checker=None,
        time_limit_ms=_TIME_LIMIT_MS,
        memory_limit_mb=_MEMORY_LIMIT_MB,
        tests=(),
    )
    batch = checker["lang"] == JAVASCRIPT
    with open_session(tier, own, checker["lang"], checker["code"], should_stop) as session:
        session.compile()
        asking = _Checking(session, batch)
        return {test.id for test, got in answers if not asking.accepts(test, got)}


class _Checking:
    """One checker at work; it has a budget, as submissions have."""

    def __init__(self, session: Session, batch: bool) -> None:
        self._session, self._batch = session, batch
        self._cpu_us = 0

    def accepts(self, test: TestCase, got: Any) -> bool:
        """A checker that fails on the answer, but not on the expected value in its place, has refused the answer."""
        said = self._ask(test, got)
        if said is None and self._ask(test, test.expected) is not True:
            raise CheckerBroken(f"the checker fails on the expected value of test {test.id}")
        return said is True

    def _ask(self, test: TestCase, got: Any) -> bool | None:
        """What the checker says; None when it ends in any other way than by a boolean."""
        if self._cpu_us >= _TOTAL_CPU_MS * 1000:
            raise CheckerBroken(
                f"the checker used {_TOTAL_CPU_MS // 1000} s of CPU time before test {test.id}"
            )
        outcome = self._session.run(json.dumps([test.input, test.expected, got]).encode())
        self._cpu_us += outcome.cpu_us
        answer = answer_of(outcome, batch=self._batch)
        limits = {"time_limit_ms": _TIME_LIMIT_MS, "memory_limit_mb": _MEMORY_LIMIT_MB}
        if verdict_before_comparison(outcome, answer, **limits) is not None:
            return None
        try:
            value = returned_value(answer)
        except Unreadable:
            return None
        return value if isinstance(value, bool) else None
