"""Judging one submission in the local sandbox."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection
from dataclasses import replace
from typing import Any, Protocol

from evaluations.comparison import same_output, same_value
from evaluations.differences import first_difference, output_difference
from evaluations.judge import (
    Bundle,
    CaseResult,
    Judgement,
    TestCase,
    Verdict,
    judgement_of,
    uniform_judgement,
    worst,
)
from evaluations.shown_values import cut, presentable

from .answers import (
    FAILED,
    NOT_COMPILED,
    RETURNED,
    Answer,
    Failure,
    Unreadable,
    answer_of,
    failure_of,
    returned_value,
)
from .budget import Budget, WallGuard
from .checker import CheckerBroken, refused_answers
from .config import SandboxBroken
from .inside import protocol
from .launchers import Cancelled
from .presentation import javascript_stack, python_traceback
from .runtimes import JAVASCRIPT
from .session import Outcome
from .tiers import open_session
from .verdicts import died_of, verdict_before_comparison

LARGEST_SOURCE = 64 << 10
_TIME_LIMITS_ALLOWED = 3
_ATTEMPTS = 2
_REASONS = {
    Verdict.TIME_LIMIT: "the time limit was exceeded",
    Verdict.MEMORY_LIMIT: "the memory limit was exceeded",
    Verdict.OUTPUT_LIMIT: "the output limit was exceeded",
}


class NotCompiled(Exception):
    """The source does not compile; the text is the compiler's."""


def judge_in(
    tier: str, bundle: Bundle, language: str, code: str, should_stop: Callable[[], bool] | None
) -> Judgement:
    """Judge in `tier`. The sandbox's own failures are tried once more, then told as
    `infrastructure_error`; so is what takes longer than a machine in order would ever need."""
    refused = refusal(code)
    if refused:
        return uniform_judgement(bundle, Verdict.COMPILE_ERROR, refused)
    reason, guard = "", WallGuard(should_stop)
    for _ in range(_ATTEMPTS):
        try:
            return _run(tier, bundle, language, code, guard.should_stop)
        except NotCompiled as problem:
            return uniform_judgement(bundle, Verdict.COMPILE_ERROR, str(problem))
        except Cancelled:
            if guard.message:
                return uniform_judgement(bundle, Verdict.INFRASTRUCTURE_ERROR, guard.message)
            return uniform_judgement(bundle, Verdict.CANCELLED, "cancelled")
        except CheckerBroken as problem:
            return uniform_judgement(bundle, Verdict.INFRASTRUCTURE_ERROR, str(problem))
        except (SandboxBroken, OSError) as problem:
            reason = str(problem)
    return uniform_judgement(bundle, Verdict.INFRASTRUCTURE_ERROR, reason)


def _run(
    tier: str, bundle: Bundle, language: str, code: str, should_stop: Callable[[], bool] | None
) -> Judgement:
    run = Run(bundle, language, code)
    with open_session(tier, bundle, language, code, should_stop) as session:
        run.take(session)
    if run.to_check:
        run.refuse(refused_answers(tier, bundle, run.to_check, should_stop))
    return run.judgement()


def refusal(code: str) -> str:
    """Why no compiler is asked about a source; empty when one is."""
    try:
        size = len(code.encode())
    except UnicodeEncodeError:
        return "the source is not valid Unicode"
    return "" if size <= LARGEST_SOURCE else f"the source is longer than {LARGEST_SOURCE} bytes"


def in_order(bundle: Bundle) -> list[TestCase]:
    """Visible tests first: what is left unrun when time is up are hidden ones."""
    return sorted(bundle.tests, key=lambda test: not test.visible)


def request_of(bundle: Bundle, test: TestCase) -> bytes:
    """All that a test's process is given: a program's stdin, or the JSON array of a function's arguments."""
    if bundle.kind == "stdio":
        return str(test.input).encode("utf-8", "surrogatepass")
    try:
        return json.dumps([test.input[name] for name in bundle.params]).encode()
    except (KeyError, TypeError) as problem:
        raise SandboxBroken(f"the input of test {test.id} lacks a parameter: {problem}") from problem


class Runner(Protocol):
    """What gives the outcome of each test: a session of the sandbox, or a remote engine that only runs programs."""

    def compile(self) -> Outcome:
        """The outcome of compiling the source; that it started and ended is enough where the tests will tell."""

    def run(self, request: bytes) -> Outcome:
        """The outcome of one test, by its `request_of`."""


class Run:
    """One pass over the tests of a bundle: verdicts, and what may be shown, of outcomes that nobody trusts."""

    def __init__(self, bundle: Bundle, language: str, code: str) -> None:
        self._bundle, self._language, self._code = bundle, language, code
        self._program = bundle.kind == "stdio"
        self._batch = language == JAVASCRIPT and not self._program
        self._message = self._stopped = ""
        self._cases: list[CaseResult] = []
        self.to_check: list[tuple[TestCase, Any]] = []

    def take(self, runner: Runner) -> None:
        """Run the tests. Raises NotCompiled, and SandboxBroken for what is not the submission's fault."""
        self._compile(runner)
        self._cases = self._run_all(runner)

    def refuse(self, ids: Collection[str]) -> None:
        """The checker's word: these tests of `to_check` have wrong answers."""
        self._cases = [_refuse(case) if case.id in ids else case for case in self._cases]

    def judgement(self) -> Judgement:
        """The sum of it."""
        judgement = judgement_of(self._cases, total=len(self._bundle.tests), message=self._message)
        return self._stopped_early(judgement) if self._stopped else judgement

    def _stopped_early(self, judgement: Judgement) -> Judgement:
        """What was not run was not accepted: the budget's end is a time limit of the submission as a whole."""
        skipped = sum(case.verdict is Verdict.SKIPPED for case in judgement.cases)
        told = f"{skipped} of {judgement.total} tests were not run: {self._stopped}"
        return replace(
            judgement,
            verdict=worst((judgement.verdict, Verdict.TIME_LIMIT)),
            message="\n".join(filter(None, (judgement.message, told))),
        )

    def _compile(self, runner: Runner) -> None:
        outcome = runner.compile()
        answer = answer_of(outcome, batch=self._batch)
        if answer.kind == NOT_COMPILED or (answer.kind == FAILED and not self._batch):
            raise NotCompiled(self._explained(failure_of(answer)))
        if outcome.reason or (outcome.status not in (0, protocol.STILL_RUNNING) and not self._batch):
            raise NotCompiled("the compiler gave up on this source")
        if not answer.started or outcome.status not in (0, protocol.STILL_RUNNING):
            raise SandboxBroken(f"the runtime did not start: {outcome.stderr[:700].decode(errors='replace')}")

    def _run_all(self, runner: Runner) -> list[CaseResult]:
        cases: list[CaseResult] = []
        budget, too_slow = Budget(self._bundle), 0
        for test in in_order(self._bundle):
            self._stopped = budget.used_up
            if too_slow >= _TIME_LIMITS_ALLOWED:
                self._stopped = f"{_TIME_LIMITS_ALLOWED} tests exceeded the time limit"
            if self._stopped:
                cases.append(CaseResult(test.id, test.visible, test.category, Verdict.SKIPPED))
                continue
            outcome = runner.run(request_of(self._bundle, test))
            budget.charge(outcome)
            cases.append(self._case(test, outcome))
            too_slow += cases[-1].verdict is Verdict.TIME_LIMIT
        return cases

    def _case(self, test: TestCase, outcome: Outcome) -> CaseResult:
        answer = answer_of(outcome, batch=self._batch)
        verdict = verdict_before_comparison(
            outcome,
            answer,
            time_limit_ms=self._bundle.time_limit_ms,
            memory_limit_mb=self._bundle.memory_limit_mb,
        )
        if verdict is Verdict.COMPILE_ERROR:
            raise NotCompiled(self._explained(failure_of(answer)))
        got: Any = None
        if verdict is None:
            verdict, got, answer = self._compared(test, answer)
        error = self._error(verdict, outcome, answer)
        if test.visible and error and not self._message:
            self._message = error
        peak = outcome.peak_kb or answer.peak_kb
        details = self._details(test, answer, verdict, got, error) if test.visible else None
        return CaseResult(
            test.id, test.visible, test.category, verdict, outcome.cpu_us // 1000, peak, details
        )

    def _compared(self, test: TestCase, answer: Answer) -> tuple[Verdict, Any, Answer]:
        if self._program:
            return self._compare(test, answer.stdout), answer.stdout, answer
        try:
            got = returned_value(answer)
        except Unreadable as problem:
            report = json.dumps({"type": "Error", "message": f"the answer cannot be read: {problem}"})
            return Verdict.RUNTIME_ERROR, None, Answer(FAILED, report, answer.stdout, True, answer.peak_kb)
        return self._compare(test, got), got, answer

    def _compare(self, test: TestCase, got: Any) -> Verdict:
        """The verdict on an answer; provisional where a checker still has to see it."""
        if self._bundle.checker:
            self.to_check.append((test, got))
            return Verdict.ACCEPTED
        compare = same_output if self._program else same_value
        expected = str(test.expected) if self._program else test.expected
        return Verdict.ACCEPTED if compare(expected, got, self._bundle.comparison) else Verdict.WRONG_ANSWER

    def _error(self, verdict: Verdict, outcome: Outcome, answer: Answer) -> str:
        if verdict is Verdict.RUNTIME_ERROR:
            return self._explained(failure_of(answer) if answer.kind == FAILED else died_of(outcome))
        return _REASONS.get(verdict, "")

    def _explained(self, failure: Failure) -> str:
        if self._language == JAVASCRIPT:
            return javascript_stack(failure)
        return python_traceback(failure, self._code)

    def _details(
        self, test: TestCase, answer: Answer, verdict: Verdict, got: Any, error: str
    ) -> dict[str, Any]:
        answered = answer.kind == RETURNED and verdict in (Verdict.ACCEPTED, Verdict.WRONG_ANSWER)
        return {
            "input": presentable(test.input),
            "expected": presentable(test.expected),
            "got": presentable(got) if answered else None,
            "diff": self._difference(test, got, answer.stdout) if verdict is Verdict.WRONG_ANSWER else "",
            "stdout": cut(answer.stdout),
            "error": error,
        }

    def _difference(self, test: TestCase, got: Any, printed: str) -> str:
        if self._program:
            return cut(output_difference(str(test.expected), got, self._bundle.comparison))
        told = first_difference(test.expected, got, self._bundle.comparison)
        return cut(f"{told} (what is printed is no answer)" if got is None and printed else told)


def _refuse(case: CaseResult) -> CaseResult:
    details = case.details and {**case.details, "diff": "the checker does not accept this answer"}
    return replace(case, verdict=Verdict.WRONG_ANSWER, details=details)
