"""Judge0's HTTP interface: create, look at and read submissions, a batch at a time.

`POST /submissions/batch`, `GET /submissions/batch` (https://ce.judge0.com). Submissions are not deleted
afterwards: a Judge0 may forbid it, and its operator decides how long it keeps them. Tokens are what a submission's
code and input can be read with, so no message holds one.
"""

from __future__ import annotations

import base64
import json
import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from common.circuit import CircuitBreaker
from evaluations.remote import AnswerInvalid, EvalServiceAnswerInvalid, EvalServiceRefused, Transport

from .limits import RunLimits
from .protocol import (
    RESULT_FIELDS,
    STATE_FIELDS,
    Doubt,
    NotCreated,
    Result,
    created_in,
    results_in,
    states_in,
)

NAME = "Judge0"
_CREATED, _UNPROCESSABLE = 201, 422
_SMALL_ANSWER = 1 << 20
_FIRST_LOOK_SECONDS, _LONGEST_LOOK_SECONDS, _GROWTH = 0.2, 2.0, 1.5

StopCheck = Callable[[], bool] | None


@dataclass(frozen=True, slots=True)
class Judge0Settings:
    """Where a Judge0 is, what it calls our languages, and how many submissions it takes at once. The secrets are
    not in the text of this value."""

    url: str
    timeout_seconds: float
    languages: Mapping[str, int]
    batch_size: int = 20
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Program:
    """What one submission runs, in Judge0's own number for the language."""

    source: str
    language_id: int
    limits: RunLimits


class Judge0Service:
    """One Judge0, for one process."""

    def __init__(
        self,
        settings: Judge0Settings,
        *,
        breaker: CircuitBreaker | None = None,
        pause: Callable[[float], None] = time.sleep,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self.settings = settings
        self._pause, self._jitter = pause, jitter
        self._transport = Transport(
            NAME,
            settings.url,
            settings.timeout_seconds,
            headers=settings.headers,
            breaker=breaker,
            pause=pause,
            jitter=jitter,
        )

    def create(self, program: Program, inputs: Sequence[bytes], should_stop: StopCheck) -> list[str | None]:
        """A token for each input, None where no submission was made. EvalServiceRefused when Judge0 will not run
        this program with these limits at all."""
        body = json.dumps({"submissions": [_submission(program, given) for given in inputs]}).encode()
        reply = self._transport.exchange(
            "POST",
            "/submissions/batch?base64_encoded=true",
            body=body,
            accepted=(_CREATED, _UNPROCESSABLE),
            largest=_SMALL_ANSWER,
            should_stop=should_stop,
        )
        with _reading():
            created = created_in(reply.body, len(inputs))
        refused = [item.reason for item in created if isinstance(item, NotCreated)]
        if len(refused) == len(created):
            raise EvalServiceRefused(f"{NAME} refuses the submission: {refused[0]}")
        if reply.status == _UNPROCESSABLE:
            raise EvalServiceAnswerInvalid(f"{NAME} answered {_UNPROCESSABLE} with tokens")
        return [item if isinstance(item, str) else None for item in created]

    def states(self, tokens: Sequence[str], should_stop: StopCheck) -> dict[str, int | None]:
        """The status of each token, None where Judge0 has lost it."""
        body = self._get(tokens, STATE_FIELDS, _SMALL_ANSWER, should_stop)
        with _reading():
            return states_in(body, tokens)

    def results(
        self, states: dict[str, int], program: Program, should_stop: StopCheck
    ) -> dict[str, Result | Doubt]:
        """What became of finished submissions, by token."""
        largest = _SMALL_ANSWER + len(states) * program.limits.largest_answer
        body = self._get(list(states), RESULT_FIELDS, largest, should_stop)
        with _reading():
            return results_in(body, states)

    def wait(self, looks: int) -> None:
        """Until it is worth looking again: longer each time, and not at the same moment as everybody else."""
        seconds = min(_FIRST_LOOK_SECONDS * _GROWTH ** min(looks, 20), _LONGEST_LOOK_SECONDS)
        self._pause(seconds * (0.5 + self._jitter() / 2))

    def _get(self, tokens: Sequence[str], fields: str, largest: int, should_stop: StopCheck) -> bytes:
        query = urlencode({"tokens": ",".join(tokens), "base64_encoded": "true", "fields": fields}, safe=",")
        path = f"/submissions/batch?{query}"
        return self._transport.exchange("GET", path, largest=largest, should_stop=should_stop).body


@contextmanager
def _reading() -> Iterator[None]:
    try:
        yield
    except AnswerInvalid as problem:
        raise EvalServiceAnswerInvalid(f"{NAME} answered nonsense: {problem}") from problem


def _submission(program: Program, given: bytes) -> dict[str, Any]:
    """One submission as Judge0 takes it. There is no `expected_output`: what is expected stays here."""
    return {
        "language_id": program.language_id,
        "source_code": base64.b64encode(program.source.encode()).decode(),
        "stdin": base64.b64encode(given).decode(),
        **program.limits.as_fields(),
    }
