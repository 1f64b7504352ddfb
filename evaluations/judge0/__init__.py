"""Judge0 (https://judge0.com) as a remote engine, spoken to as CE 1.13 documents it at https://ce.judge0.com.

It runs programs; what they say is compared here, by the rules of the local sandbox. See docs/evaluation.md.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable

from common.circuit import CircuitBreaker
from evaluations.judge import Bundle, Judgement, Verdict, uniform_judgement
from evaluations.remote import EvalServiceUnreachable, EvaluationStopped
from evaluations.sandbox.config import SandboxBroken
from evaluations.sandbox.launchers import Cancelled
from evaluations.sandbox.local import NotCompiled, Run, refusal

from .checking import refused_by_checker
from .running import Judge0Runner
from .service import Judge0Service, Judge0Settings, StopCheck


class Judge0Client:
    """Judges by one Judge0, for one process. `pause` and `jitter` are arguments so that tests need not wait."""

    def __init__(
        self,
        settings: Judge0Settings,
        *,
        breaker: CircuitBreaker | None = None,
        pause: Callable[[float], None] = time.sleep,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._service = Judge0Service(settings, breaker=breaker, pause=pause, jitter=jitter)

    def evaluate(self, bundle: Bundle, language: str, code: str, should_stop: StopCheck = None) -> Judgement:
        """Judge `code`. Raises EvalServiceRefused (final), EvalServiceUnreachable (unknown), and
        EvaluationStopped when `should_stop` says so."""
        refused = refusal(code)
        if refused:
            return uniform_judgement(bundle, Verdict.COMPILE_ERROR, refused)
        try:
            return self._judged(bundle, language, code, should_stop)
        except NotCompiled as problem:
            return uniform_judgement(bundle, Verdict.COMPILE_ERROR, str(problem))
        except Cancelled:
            raise EvaluationStopped from None
        except SandboxBroken as problem:
            raise EvalServiceUnreachable(str(problem)) from problem

    def _judged(self, bundle: Bundle, language: str, code: str, should_stop: StopCheck) -> Judgement:
        run = Run(bundle, language, code)
        run.take(Judge0Runner(self._service, bundle, language, code, should_stop))
        if run.to_check:
            run.refuse(refused_by_checker(self._service, bundle, run.to_check, should_stop))
        return run.judgement()


__all__ = ["Judge0Client", "Judge0Settings"]
