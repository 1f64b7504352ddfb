"""The evaluation service's client against a real HTTP server that behaves as services do."""

from __future__ import annotations

import json
import socket
import time
from typing import Any

import orjson
import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from common.circuit import CircuitBreaker
from evaluations.client import EvalServiceClient
from evaluations.judge import Verdict
from evaluations.remote import (
    EvalServiceAnswerInvalid,
    EvalServiceRefused,
    EvalServiceUnreachable,
    EvaluationStopped,
)
from tests.evaluations.bundles import bundle, case

BUNDLE = bundle(
    case(1, {"value": 1}, 2),
    case(2, {"value": 2}, 3),
    case(3, {"value": 0}, 1, visible=False, category="edge"),
    case(4, {"value": 9**9}, 9**9 + 1, visible=False, category="large"),
)
PASSED: dict[str, Any] = {
    "status": "passed",
    "visible": {"passed": 2, "total": 2, "details": [{"passed": True}, {"passed": True, "stdout": "hi"}]},
    "hidden": {"passed": 2, "total": 2, "categories": []},
    "exec_ms": 12.5,
    "memory_mb": 9,
}
FAILED: dict[str, Any] = {
    "status": "failed",
    "visible": {
        "passed": 1,
        "total": 2,
        "details": [{"passed": True}, {"passed": False, "got": 7, "error": "E"}],
    },
    "hidden": {"passed": 1, "total": 2, "categories": ["large"]},
    "exec_ms": 3,
}


@pytest.fixture
def pauses() -> list[float]:
    return []


@pytest.fixture
def client(httpserver: HTTPServer, pauses: list[float]) -> EvalServiceClient:
    return EvalServiceClient(httpserver.url_for(""), 1.0, pause=pauses.append, jitter=lambda: 1.0)


def answer(server: HTTPServer, body: Any) -> None:
    server.expect_request("/evaluate/code", method="POST").respond_with_json(body)


def changed(base: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {**base, **changes}


def test_the_service_is_sent_the_contract_with_hidden_tests(
    httpserver: HTTPServer, client: EvalServiceClient
) -> None:
    """R089: problem, language, code, tests and the time limit."""
    answer(httpserver, PASSED)

    client.evaluate(BUNDLE, "python", "code")

    sent = json.loads(httpserver.log[0][0].data)
    assert sorted(sent) == ["code", "language", "problem_id", "test_bundle", "timeout_ms"]
    assert [len(sent["test_bundle"][name]) for name in ("visible_tests", "hidden_tests")] == [2, 2]
    assert sent["test_bundle"]["hidden_tests"][1]["category"] == "large"
    assert sent["timeout_ms"] == BUNDLE.time_limit_ms


def test_a_pass_is_read(httpserver: HTTPServer, client: EvalServiceClient) -> None:
    answer(httpserver, PASSED)

    judgement = client.evaluate(BUNDLE, "python", "code")

    assert (judgement.verdict, judgement.passed, judgement.total) == (Verdict.ACCEPTED, 4, 4)
    assert (judgement.runtime_ms, judgement.memory_mb) == (13, 9)
    assert [result.verdict for result in judgement.cases] == [Verdict.ACCEPTED] * 4


def test_a_failure_is_read_with_what_is_known_of_each_test(
    httpserver: HTTPServer, client: EvalServiceClient
) -> None:
    answer(httpserver, FAILED)

    judgement = client.evaluate(BUNDLE, "python", "code")

    right, wrong = Verdict.ACCEPTED, Verdict.WRONG_ANSWER
    assert [result.verdict for result in judgement.cases] == [right, wrong, right, wrong]
    assert [result.details is None for result in judgement.cases] == [False, False, True, True]
    assert (judgement.passed, judgement.memory_mb, judgement.message) == (2, 0, "E")


@pytest.mark.parametrize(
    ("status", "verdict"), [("timeout", Verdict.TIME_LIMIT), ("error", Verdict.RUNTIME_ERROR)]
)
def test_the_other_statuses_are_the_learners_too(
    httpserver: HTTPServer, client: EvalServiceClient, status: str, verdict: Verdict
) -> None:
    answer(httpserver, changed(FAILED, status=status))

    assert client.evaluate(BUNDLE, "python", "code").verdict is verdict


def test_what_the_answer_does_not_tell_of_single_tests_is_not_made_up(
    httpserver: HTTPServer, client: EvalServiceClient
) -> None:
    answer(httpserver, changed(FAILED, visible={"passed": 1, "total": 2}, hidden={"passed": 0, "total": 2}))

    judgement = client.evaluate(BUNDLE, "python", "code")

    assert [result.id for result in judgement.cases] == ["t3", "t4"]
    assert (judgement.passed, judgement.total) == (1, 4)


@pytest.mark.parametrize(
    ("got", "shown"),
    [
        (2**64, str(2**64)),
        ([-(2**53)], [str(-(2**53))]),
        ("\ud800\0", "?\u2400"),
        ({"\udc00": [1.5]}, {"?": [1.5]}),
        (float("nan"), "NaN"),
    ],
)
def test_what_the_service_saw_is_shown_like_what_the_sandbox_saw(
    httpserver: HTTPServer, client: EvalServiceClient, got: Any, shown: Any
) -> None:
    details = [{"passed": True}, {"passed": False, "got": got, "error": "\ud800"}]
    answer(httpserver, changed(FAILED, visible={"passed": 1, "total": 2, "details": details}))

    judgement = client.evaluate(BUNDLE, "python", "code")

    said = judgement.cases[1].details
    assert said is not None
    assert (said["got"], said["error"], judgement.message) == (shown, "?", "?")
    assert orjson.dumps(said)


def test_a_deep_value_of_the_service_can_be_written(
    httpserver: HTTPServer, client: EvalServiceClient
) -> None:
    deep = json.loads("[" * 400 + "]" * 400)
    details = [{"passed": True}, {"passed": False, "got": deep}]
    answer(httpserver, changed(FAILED, visible={"passed": 1, "total": 2, "details": details}))

    assert orjson.dumps(client.evaluate(BUNDLE, "python", "code").cases[1].details)


INVALID: dict[str, Any] = {
    "no object": [1],
    "unknown status": changed(PASSED, status="ok"),
    "no status": {name: PASSED[name] for name in PASSED if name != "status"},
    "no visible part": changed(PASSED, visible=None),
    "a test is missing": changed(PASSED, hidden={"passed": 1, "total": 1}),
    "more passed than there are": changed(PASSED, hidden={"passed": 3, "total": 2}),
    "passed, but not all": changed(FAILED, status="passed"),
    "failed, but all passed": changed(PASSED, status="failed"),
    "timeout, but all passed": changed(PASSED, status="timeout"),
    "details contradict the count": changed(
        PASSED, visible={"passed": 2, "total": 2, "details": [{"passed": True}, {"passed": False}]}
    ),
    "too many details": changed(PASSED, visible={"passed": 2, "total": 2, "details": [{}, {}, {}]}),
    "a count is a bool": changed(PASSED, hidden={"passed": True, "total": 2}),
    "a negative count": changed(FAILED, hidden={"passed": -1, "total": 2}),
    "no time": {name: PASSED[name] for name in PASSED if name != "exec_ms"},
    "time is no number": changed(PASSED, exec_ms="12"),
    "time is not finite": changed(PASSED, exec_ms=float("nan")),
    "negative memory": changed(PASSED, memory_mb=-1),
    "more time than can be": changed(PASSED, exec_ms=1e300),
    "more time than is stored": changed(PASSED, exec_ms=2**31),
    "more memory than can be": changed(PASSED, memory_mb=1e300),
    "memory is not finite": changed(PASSED, memory_mb=float("inf")),
}


@pytest.mark.parametrize("body", INVALID.values(), ids=INVALID.keys())
def test_an_answer_that_cannot_be_believed_is_no_verdict(
    httpserver: HTTPServer, client: EvalServiceClient, body: Any
) -> None:
    answer(httpserver, body)

    with pytest.raises(EvalServiceAnswerInvalid):
        client.evaluate(BUNDLE, "python", "code")


@pytest.mark.parametrize("text", ["", "{", "<html>", '{"status": "passed"', "[" * 100_000, "null"])
def test_text_that_is_no_answer_is_no_verdict(
    httpserver: HTTPServer, client: EvalServiceClient, text: str
) -> None:
    httpserver.expect_request("/evaluate/code").respond_with_data(text)

    with pytest.raises(EvalServiceAnswerInvalid):
        client.evaluate(BUNDLE, "python", "code")


def test_an_answer_that_says_two_things_at_once_is_no_verdict(
    httpserver: HTTPServer, client: EvalServiceClient
) -> None:
    """JSON readers differ in which of two equal keys they believe."""
    twice = json.dumps(PASSED).replace('"exec_ms"', '"status": "failed", "exec_ms"')
    httpserver.expect_request("/evaluate/code").respond_with_data(twice)

    with pytest.raises(EvalServiceAnswerInvalid, match="twice"):
        client.evaluate(BUNDLE, "python", "code")


def test_an_answer_that_breaks_off_is_no_verdict_and_names_no_address(
    httpserver: HTTPServer, client: EvalServiceClient
) -> None:
    def broken(request: Request) -> Response:
        return Response(iter([json.dumps(PASSED)[:40].encode()]), headers={"Content-Length": "400"})

    httpserver.expect_request("/evaluate/code").respond_with_handler(broken)

    with pytest.raises(EvalServiceUnreachable) as problem:
        client.evaluate(BUNDLE, "python", "code")

    assert "/evaluate" not in str(problem.value)


def test_nobody_is_asked_again_for_a_verdict_that_is_not_wanted(
    httpserver: HTTPServer, client: EvalServiceClient
) -> None:
    httpserver.expect_request("/evaluate/code").respond_with_data("busy", status=503)

    with pytest.raises(EvaluationStopped):
        client.evaluate(BUNDLE, "python", "code", lambda: len(httpserver.log) > 0)

    assert len(httpserver.log) == 1


@pytest.mark.parametrize("status", [400, 401, 403, 404, 413, 422])
def test_a_refusal_is_final(httpserver: HTTPServer, client: EvalServiceClient, status: int) -> None:
    httpserver.expect_request("/evaluate/code").respond_with_data("no", status=status)

    with pytest.raises(EvalServiceRefused, match=str(status)):
        client.evaluate(BUNDLE, "python", "code")

    assert len(httpserver.log) == 1


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_passing_trouble_is_tried_again(
    httpserver: HTTPServer, client: EvalServiceClient, pauses: list[float], status: int
) -> None:
    httpserver.expect_ordered_request("/evaluate/code").respond_with_data("busy", status=status)
    httpserver.expect_ordered_request("/evaluate/code").respond_with_data("busy", status=status)
    httpserver.expect_ordered_request("/evaluate/code").respond_with_json(PASSED)

    judgement = client.evaluate(BUNDLE, "python", "code")

    assert judgement.verdict is Verdict.ACCEPTED
    assert pauses == [0.4, 0.8]


def test_retries_are_bounded(httpserver: HTTPServer, client: EvalServiceClient) -> None:
    httpserver.expect_request("/evaluate/code").respond_with_data("down", status=503)

    with pytest.raises(EvalServiceUnreachable, match="503"):
        client.evaluate(BUNDLE, "python", "code")

    assert len(httpserver.log) == 3


def test_retry_after_is_honoured(
    httpserver: HTTPServer, client: EvalServiceClient, pauses: list[float]
) -> None:
    busy: dict[str, Any] = {"status": 429, "headers": {"Retry-After": "3"}}
    httpserver.expect_ordered_request("/evaluate/code").respond_with_data("busy", **busy)
    httpserver.expect_ordered_request("/evaluate/code").respond_with_json(PASSED)

    client.evaluate(BUNDLE, "python", "code")

    assert pauses == [3.0]


def test_a_long_retry_after_is_left_to_the_queue(
    httpserver: HTTPServer, client: EvalServiceClient, pauses: list[float]
) -> None:
    httpserver.expect_request("/evaluate/code").respond_with_data(
        "busy", status=429, headers={"Retry-After": "120"}
    )

    with pytest.raises(EvalServiceUnreachable) as problem:
        client.evaluate(BUNDLE, "python", "code")

    assert problem.value.retry_after_seconds == 120
    assert pauses == []


def test_a_late_answer_is_unreachable_and_not_asked_for_twice(
    httpserver: HTTPServer, pauses: list[float]
) -> None:
    def slow(request: Request) -> Response:
        time.sleep(0.5)
        return Response(json.dumps(PASSED), content_type="application/json")

    httpserver.expect_request("/evaluate/code").respond_with_handler(slow)
    client = EvalServiceClient(httpserver.url_for(""), 0.1, pause=pauses.append)

    with pytest.raises(EvalServiceUnreachable, match="within"):
        client.evaluate(BUNDLE, "python", "code")

    assert pauses == []


def test_an_answer_that_drips_is_late_too(httpserver: HTTPServer) -> None:
    def drip(request: Request) -> Response:
        def body() -> Any:
            for character in json.dumps(PASSED):
                yield character
                time.sleep(0.02)

        return Response(body(), content_type="application/json")

    httpserver.expect_request("/evaluate/code").respond_with_handler(drip)
    client = EvalServiceClient(httpserver.url_for(""), 1.0)

    with pytest.raises(EvalServiceUnreachable, match="within"):
        client.evaluate(BUNDLE, "python", "code")


def test_an_endless_answer_is_cut_off(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/evaluate/code").respond_with_data(b" " * (5 << 20))
    client = EvalServiceClient(httpserver.url_for(""), 30.0)

    with pytest.raises(EvalServiceAnswerInvalid, match="too long"):
        client.evaluate(BUNDLE, "python", "code")


def test_a_redirect_is_not_followed_with_the_tests_in_hand(
    httpserver: HTTPServer, client: EvalServiceClient
) -> None:
    elsewhere: dict[str, Any] = {"status": 302, "headers": {"Location": httpserver.url_for("/elsewhere")}}
    httpserver.expect_request("/evaluate/code").respond_with_data("", **elsewhere)

    with pytest.raises(EvalServiceAnswerInvalid, match="302"):
        client.evaluate(BUNDLE, "python", "code")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_nobody_listening_is_unreachable(pauses: list[float]) -> None:
    client = EvalServiceClient(f"http://127.0.0.1:{free_port()}", 1.0, pause=pauses.append)

    with pytest.raises(EvalServiceUnreachable):
        client.evaluate(BUNDLE, "python", "code")

    assert len(pauses) == 2


def test_after_repeated_failures_nobody_waits(pauses: list[float]) -> None:
    breaker = CircuitBreaker("eval", failure_threshold=1, reset_after_seconds=60)
    client = EvalServiceClient(f"http://127.0.0.1:{free_port()}", 1.0, breaker=breaker, pause=pauses.append)

    for _ in range(2):
        with pytest.raises(EvalServiceUnreachable):
            client.evaluate(BUNDLE, "python", "code")

    assert len(pauses) == 2
    assert breaker.is_open
