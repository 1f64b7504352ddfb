"""A Judge0 that refuses, is busy, slow or gone: told to the operator or waited for, never the learner's failure."""

from __future__ import annotations

import socket

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from common.circuit import CircuitBreaker
from evaluations.judge import Verdict
from evaluations.judge0 import Judge0Client, Judge0Settings
from evaluations.remote import (
    EvalServiceAnswerInvalid,
    EvalServiceRefused,
    EvalServiceUnreachable,
    EvaluationStopped,
)
from tests.evaluations.bundles import program_bundle
from tests.evaluations.judge0_scenes import (
    BUNDLE,
    LANGUAGES,
    SECRET,
    answering,
    in_answer,
    judged,
    passing,
)
from tests.evaluations.judge0_server import PYTHON_ID, FakeJudge0


def test_limits_that_judge0_does_not_allow_are_told_to_the_operator(
    judge0_client: Judge0Client, judge0: FakeJudge0
) -> None:
    with pytest.raises(EvalServiceRefused, match="memory_limit must be less than or equal to 512000"):
        judged(judge0_client, program_bundle(("", ""), memory_limit_mb=1000))

    assert len(judge0.requests) == 1


def test_a_language_that_judge0_does_not_have_is_refused(
    judge0_client: Judge0Client, judge0: FakeJudge0
) -> None:
    del judge0.runtimes[PYTHON_ID]
    with pytest.raises(EvalServiceRefused, match="language_id"):
        judged(judge0_client)
    with pytest.raises(EvalServiceRefused, match="JUDGE0_LANGUAGES"):
        judge0_client.evaluate(BUNDLE, "cobol", "code")


@pytest.mark.parametrize("status", [400, 401, 403, 404])
def test_a_refusal_is_final_and_names_no_secret(
    judge0_client: Judge0Client, judge0: FakeJudge0, status: int
) -> None:
    judge0.answers = [passing, answering({"error": "no"}, status)]

    with pytest.raises(EvalServiceRefused, match=f"Judge0 answered {status}") as problem:
        judged(judge0_client)

    assert not any(token in str(problem.value) for token in (SECRET, *judge0.stored))
    assert len(judge0.requests) == 2


@pytest.mark.parametrize("step", [0, 1, 2, 3])
@pytest.mark.parametrize("status", [429, 503])
def test_a_full_queue_is_waited_for_as_it_asks(
    judge0_client: Judge0Client, judge0: FakeJudge0, pauses: list[float], status: int, step: int
) -> None:
    busy = answering({"error": "queue is full"}, status, **{"Retry-After": "4"})
    judge0.answers = [*[passing] * step, busy]

    assert judged(judge0_client) is Verdict.ACCEPTED
    assert 4.0 in pauses


def test_looks_become_rarer(judge0_client: Judge0Client, judge0: FakeJudge0, pauses: list[float]) -> None:
    waiting = in_answer(lambda items: [{**item, "status_id": 1} for item in items])
    judge0.answers = [passing, *[waiting] * 10]

    judged(judge0_client)

    assert pauses[:2] == [0.2, pytest.approx(0.3)]
    assert pauses == sorted(pauses)
    assert max(pauses) == 2.0


def test_whoever_does_not_want_the_verdict_ends_the_looking(
    judge0_client: Judge0Client, judge0: FakeJudge0
) -> None:
    with pytest.raises(EvaluationStopped):
        judge0_client.evaluate(BUNDLE, "python", "code", lambda: len(judge0.requests) >= 2)

    assert len(judge0.requests) == 2


def test_a_submission_that_never_ends_is_given_up(
    httpserver: HTTPServer, judge0: FakeJudge0, monkeypatch: pytest.MonkeyPatch
) -> None:
    import evaluations.judge0.running as running

    monkeypatch.setattr(running, "_LONGEST_SECONDS", 0.3)
    waiting = in_answer(lambda items: [{**item, "status_id": 2} for item in items])
    judge0.answers = [passing, *[waiting] * 100_000]
    client = Judge0Client(Judge0Settings(httpserver.url_for(""), 2, LANGUAGES), pause=lambda seconds: None)

    with pytest.raises(EvalServiceUnreachable, match="within"):
        judged(client)


def test_an_answer_without_end_is_cut_off(judge0_client: Judge0Client, judge0: FakeJudge0) -> None:
    judge0.answers = [passing, answering(b" " * (2 << 20))]

    with pytest.raises(EvalServiceAnswerInvalid, match="too long"):
        judged(judge0_client)


def test_nobody_listening_is_unreachable_and_soon_nobody_waits() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    breaker = CircuitBreaker("Judge0", failure_threshold=1, reset_after_seconds=60)
    pauses: list[float] = []
    settings = Judge0Settings(f"http://127.0.0.1:{port}", 1, LANGUAGES, headers={"X-Auth-Token": SECRET})
    client = Judge0Client(settings, breaker=breaker, pause=pauses.append)

    for _ in range(2):
        with pytest.raises(EvalServiceUnreachable) as problem:
            judged(client)

    assert len(pauses) == 2
    assert breaker.is_open
    assert SECRET not in repr(settings)
    assert problem.value.retry_after_seconds


def test_a_broken_connection_is_told_without_the_tokens(
    judge0_client: Judge0Client, judge0: FakeJudge0
) -> None:
    """requests would name the whole address, tokens included; so would the traceback's earlier exceptions."""

    def gone(request: Request) -> Response:
        return Response(iter([b"{"]), headers={"Content-Length": "100"})

    judge0.answers = [passing, gone, gone, gone]

    with pytest.raises(EvalServiceUnreachable) as problem:
        judged(judge0_client)

    assert problem.value.__suppress_context__
    assert not any(token in str(problem.value) for token in judge0.stored)
