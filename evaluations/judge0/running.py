"""Getting the outcomes of one submission's tests from a Judge0, a batch at a time."""

from __future__ import annotations

import secrets
import time

from evaluations.judge import Bundle
from evaluations.remote import EvalServiceAnswerInvalid, EvalServiceRefused, EvaluationStopped, TooLate
from evaluations.sandbox.inside import protocol as sandbox
from evaluations.sandbox.local import in_order, request_of
from evaluations.sandbox.session import Outcome
from evaluations.shown_values import cut

from .limits import limits_of
from .outcomes import (
    doubt_about,
    is_refused_by_compiler,
    outcome_of_compiler,
    outcome_of_function,
    outcome_of_program,
    was_reached,
    without_compiler,
)
from .programs import source_of, stdin_of
from .protocol import COMPILATION_ERROR, IN_QUEUE, PROCESSING, Doubt, Result
from .service import NAME, Judge0Service, Program, StopCheck

_ATTEMPTS = 2
_LONGEST_SECONDS = 240.0
"""Of one submission; the worker's own limit would come next."""

_STARTED = Outcome(sandbox.ENDED, 0, 0, 0, 0, sandbox.STARTED, b"", b"")


class Patience:
    """How long a submission is waited for, and by whom."""

    def __init__(self, seconds: float, should_stop: StopCheck) -> None:
        self._seconds = min(seconds, _LONGEST_SECONDS)
        self._end = time.monotonic() + self._seconds
        self.should_stop = should_stop

    def check(self) -> None:
        """Raises EvaluationStopped and TooLate."""
        if self.should_stop and self.should_stop():
            raise EvaluationStopped
        if time.monotonic() > self._end:
            raise TooLate(f"{NAME} has not judged the submission within {self._seconds:g} s")


class Judge0Runner:
    """The outcomes of one submission. Tests are run in the order in which they will be asked for; a test whose
    result cannot be believed is run once more, as a new submission."""

    def __init__(
        self, service: Judge0Service, bundle: Bundle, language: str, code: str, should_stop: StopCheck
    ) -> None:
        settings = service.settings
        if language not in settings.languages:
            raise EvalServiceRefused(f"{NAME} has no number for {language} (JUDGE0_LANGUAGES)")
        self._service, self._bundle, self._language = service, bundle, language
        self._limits = limits_of(bundle, language)
        source = source_of(bundle, language, code, output_bytes=self._limits.output_bytes)
        self._program = Program(source, settings.languages[language], self._limits)
        self._waiting = list(dict.fromkeys(request_of(bundle, test) for test in in_order(bundle)))
        longest = settings.timeout_seconds + len(self._waiting) * self._limits.wall_ms / 1000
        self._patience = Patience(longest, should_stop)
        self._outcomes: dict[bytes, Outcome] = {}
        self._compiles: bool | None = None

    def compile(self) -> Outcome:
        """Judge0 does not compile ahead: the first batch of tests tells."""
        if self._waiting:
            self._run_batch()
        first = next(iter(self._outcomes.values()), _STARTED)
        return first if is_refused_by_compiler(first) else _STARTED

    def run(self, request: bytes) -> Outcome:
        """The outcome of one test."""
        while request not in self._outcomes:
            self._run_batch()
        return self._outcomes[request]

    def _run_batch(self) -> None:
        size = self._service.settings.batch_size
        batch, self._waiting = self._waiting[:size], self._waiting[size:]
        believed = self._believed(batch)
        self._check_agreement(believed)
        outcomes = {request: self._outcome(*believed[request]) for request in batch}
        if not all(map(is_refused_by_compiler, outcomes.values())) or self._outcomes:
            outcomes = {
                request: without_compiler(outcome) if is_refused_by_compiler(outcome) else outcome
                for request, outcome in outcomes.items()
            }
        self._outcomes |= outcomes

    def _believed(self, batch: list[bytes]) -> dict[bytes, tuple[Result, str]]:
        """The result of each request, with its marker."""
        believed: dict[bytes, tuple[Result, str]] = {}
        reason = ""
        for attempt in range(1, _ATTEMPTS + 1):
            left = [request for request in batch if request not in believed]
            for request, (marker, result) in self._once(left).items():
                doubt = result if isinstance(result, Doubt) else doubt_about(result, self._limits, marker)
                taken = result if doubt is None else (doubt.result if attempt == _ATTEMPTS else None)
                if isinstance(taken, Result):
                    believed[request] = (taken, marker)
                elif doubt:
                    reason = doubt.reason
            if len(believed) == len(batch):
                return believed
        raise EvalServiceAnswerInvalid(f"{NAME} did not run a test as it should, twice: {reason}")

    def _once(self, requests: list[bytes]) -> dict[bytes, tuple[str, Result | Doubt]]:
        """Create, wait, read. Every submission has a marker and a token of its own."""
        self._patience.check()
        markers = [secrets.token_hex(16) for _ in requests]
        inputs = [
            stdin_of(self._bundle, request, marker) for request, marker in zip(requests, markers, strict=True)
        ]
        tokens = self._service.create(self._program, inputs, self._patience.should_stop)
        ended = self._ended([token for token in tokens if token])
        missing = Doubt("no submission was made")
        results = [ended[token] if token else missing for token in tokens]
        return dict(zip(requests, zip(markers, results, strict=True), strict=True))

    def _ended(self, tokens: list[str]) -> dict[str, Result | Doubt]:
        states = dict.fromkeys(tokens, IN_QUEUE)
        ended: dict[str, Result | Doubt] = {}
        final: dict[str, int] = {}
        looks = 0
        while running := [token for token in tokens if token not in ended and token not in final]:
            self._service.wait(looks)
            self._patience.check()
            for token, status in self._service.states(running, self._patience.should_stop).items():
                if status is None or status < states[token]:
                    ended[token] = Doubt("it was lost" if status is None else "its status went back")
                elif status > PROCESSING:
                    final[token] = status
                else:
                    states[token] = status
            looks += 1
        if final:
            ended |= self._service.results(final, self._program, self._patience.should_stop)
        return ended

    def _check_agreement(self, believed: dict[bytes, tuple[Result, str]]) -> None:
        """What the results of one source must have in common."""
        refused = {result.status == COMPILATION_ERROR for result, _ in believed.values()}
        if self._compiles is not None:
            refused.add(not self._compiles)
        if len(refused) > 1:
            raise EvalServiceAnswerInvalid(f"{NAME} compiled a source, and did not")
        self._compiles = not refused.pop()
        if self._bundle.kind == "stdio" or not self._compiles or self._outcomes:
            return
        if not any(was_reached(result, marker) for result, marker in believed.values()):
            words = next(result.stderr for result, _ in believed.values()).decode("utf-8", "replace")
            raise EvalServiceAnswerInvalid(f"{NAME} did not start the runtime: {cut(words.strip(), 300)}")

    def _outcome(self, result: Result, marker: str) -> Outcome:
        if result.status == COMPILATION_ERROR:
            return outcome_of_compiler(result, self._language)
        if self._bundle.kind == "stdio":
            return outcome_of_program(result, self._limits, self._language)
        return outcome_of_function(result, self._limits, self._language, marker)
