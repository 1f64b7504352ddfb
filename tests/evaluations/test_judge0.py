"""What a Judge0 may do wrong: each is an infrastructure error and, where that can help, another try; never the
learner's failure."""

from __future__ import annotations

import ast
import base64
import json
import re
import socket
from collections.abc import Callable
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from common.circuit import CircuitBreaker
from evaluations.judge import Bundle, Verdict
from evaluations.judge0 import Judge0Client, Judge0Settings
from evaluations.judge0.programs import source_of
from evaluations.remote import (
    EvalServiceAnswerInvalid,
    EvalServiceRefused,
    EvalServiceUnreachable,
    EvaluationStopped,
)
from tests.evaluations.bundles import function_bundle, program_bundle
from tests.evaluations.judge0_server import JAVASCRIPT_ID, PYTHON_ID, Answer, Change, FakeJudge0, encoded

LANGUAGES = {"python": PYTHON_ID, "javascript": JAVASCRIPT_ID}
SECRET = "token-that-nobody-may-see"
BUNDLE = program_bundle(("1\n", "1\n"), ("2\n", "1\n"))
GOOD: dict[str, Any] = {
    "status_id": 3,
    "time": "0.051",
    "wall_time": "0.06",
    "memory": 9000,
    "stdout": encoded(b"1\n"),
    "stderr": None,
    "compile_output": None,
    "exit_code": 0,
    "exit_signal": None,
}
KILLED = {"status_id": 11, "exit_code": 137, "stdout": None}


@pytest.fixture
def judge0(httpserver: HTTPServer) -> FakeJudge0:
    fake = FakeJudge0({PYTHON_ID: ("", ""), JAVASCRIPT_ID: ("", "")}, said=GOOD)
    fake.serve(httpserver)
    return fake


@pytest.fixture
def pauses() -> list[float]:
    return []


@pytest.fixture
def client(httpserver: HTTPServer, judge0: FakeJudge0, pauses: list[float]) -> Judge0Client:
    settings = Judge0Settings(httpserver.url_for(""), 2, LANGUAGES, headers={"X-Auth-Token": SECRET})
    return Judge0Client(settings, pause=pauses.append, jitter=lambda: 1.0)


def changed(**fields: Any) -> Change:
    return lambda result: {**result, **fields}


def without(name: str) -> Change:
    return lambda result: {key: value for key, value in result.items() if key != name}


def answering(body: Any, status: int = 200, **headers: str) -> Answer:
    text = body if isinstance(body, (str, bytes)) else json.dumps(body)
    return lambda request: Response(text, status, headers)


def passing(request: Request) -> None:
    """Let the server answer."""


def judged(client: Judge0Client, bundle: Bundle = BUNDLE) -> Verdict:
    return client.evaluate(bundle, "python", "code").verdict


def test_a_run_is_created_looked_at_and_read(client: Judge0Client, judge0: FakeJudge0) -> None:
    judgement = client.evaluate(BUNDLE, "python", "code")

    assert judgement.verdict is Verdict.ACCEPTED
    assert (judgement.cases[0].memory_kb, judgement.memory_mb) == (9000, 9)
    assert [request.method for request in judge0.requests] == ["POST", "GET", "GET", "GET", "GET"]
    assert {request.headers["X-Auth-Token"] for request in judge0.requests} == {SECRET}


def test_many_tests_go_in_batches_and_equal_ones_once(client: Judge0Client, judge0: FakeJudge0) -> None:
    tests = program_bundle(*[(f"{number}\n", "1\n") for number in range(23)], ("1\n", "1\n"))

    judgement = client.evaluate(tests, "python", "code")

    batches = [json.loads(request.data)["submissions"] for request in judge0.requests if request.data]
    assert (judgement.verdict, judgement.passed) == (Verdict.ACCEPTED, 24)
    assert [len(batch) for batch in batches] == [20, 3]


FAULTS: dict[str, Change] = {
    "internal error": changed(status_id=13),
    "no executable": changed(status_id=14),
    "lost": lambda result: None,
    "wrong answer to nothing": changed(status_id=4),
    "good end with an exit code": changed(exit_code=1),
    "good end by a signal": changed(exit_signal=11),
    "nonzero exit of zero": changed(status_id=11),
    "signal that is another": changed(status_id=7, exit_signal=6),
    "no time": without("time"),
    "time of nothing": changed(time=None),
    "time in words": changed(time="soon"),
    "time without end": changed(time="inf"),
    "negative time": changed(time="-1"),
    "no stdout": without("stdout"),
    "memory in words": changed(memory="much"),
    "negative memory": changed(memory=-1),
    "no Base64": changed(stdout="1!"),
    "Base64 of a half": changed(stdout="MQ"),
    "stdout is a list": changed(stdout=["MQ=="]),
    "exit code of text": changed(exit_code="0"),
    "time limit that was not reached": changed(status_id=5, exit_code=0),
    "waiting, but busy": changed(status_id=5, time="0.9", wall_time="6.4"),
    "more time than allowed, and no limit": changed(time="30"),
    "no runtime": changed(
        status_id=11, exit_code=127, stderr=encoded(b"run: line 1: /usr/local/python: No such file\n")
    ),
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
def test_a_result_that_cannot_be_believed_is_run_once_more(
    client: Judge0Client, judge0: FakeJudge0, fault: Change
) -> None:
    judge0.results = [None, fault]

    assert judged(client) is Verdict.ACCEPTED
    assert len(judge0.sent) == 3


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
def test_a_result_that_cannot_be_believed_twice_is_no_verdict(
    client: Judge0Client, judge0: FakeJudge0, fault: Change
) -> None:
    judge0.results = [None, fault, fault]

    with pytest.raises(EvalServiceAnswerInvalid, match="twice"):
        judged(client)

    assert len(judge0.sent) == 3


def test_killed_without_reason_is_believed_when_it_happens_twice(
    client: Judge0Client, judge0: FakeJudge0
) -> None:
    """The machine may have run out of memory, or the program killed itself."""
    judge0.results = [changed(**KILLED)]
    assert judged(client) is Verdict.ACCEPTED

    judge0.sent.clear()
    judge0.results = [changed(**KILLED), None, changed(**KILLED)]
    assert judged(client) is Verdict.RUNTIME_ERROR


LIMIT_KB = (BUNDLE.memory_limit_mb << 10) + (32 << 10)
OWN_FAILURES: dict[str, tuple[dict[str, Any], Verdict]] = {
    "CPU time": ({"status_id": 5, "time": "1.35", "exit_code": None}, Verdict.TIME_LIMIT),
    "asleep": ({"status_id": 5, "time": "0.05", "wall_time": "6.4"}, Verdict.TIME_LIMIT),
    "killed at the limit": ({**KILLED, "memory": LIMIT_KB}, Verdict.MEMORY_LIMIT),
    "killed by a signal": ({**KILLED, "exit_code": 139}, Verdict.RUNTIME_ERROR),
    "SIGXFSZ": ({"status_id": 8, "exit_signal": 25}, Verdict.OUTPUT_LIMIT),
    "SIGXFSZ behind a shell": ({"status_id": 11, "exit_code": 153}, Verdict.OUTPUT_LIMIT),
    "SIGSEGV": ({"status_id": 7, "exit_signal": 11}, Verdict.RUNTIME_ERROR),
    "SIGFPE": ({"status_id": 9, "exit_signal": 8}, Verdict.RUNTIME_ERROR),
    "SIGABRT": ({"status_id": 10, "exit_signal": 6}, Verdict.RUNTIME_ERROR),
    "V8's heap": (
        {"status_id": 11, "exit_code": 134, "stderr": encoded(b"FATAL ERROR: Reached heap limit")},
        Verdict.MEMORY_LIMIT,
    ),
    "another signal": ({"status_id": 12, "exit_signal": 5}, Verdict.RUNTIME_ERROR),
    "exit code": ({"status_id": 11, "exit_code": 3}, Verdict.RUNTIME_ERROR),
    "too much output": ({"stdout": encoded(b"1" * 300_000)}, Verdict.OUTPUT_LIMIT),
}


@pytest.mark.parametrize(("fields", "verdict"), OWN_FAILURES.values(), ids=OWN_FAILURES.keys())
def test_a_status_becomes_the_verdict_that_the_sandbox_would_give(
    client: Judge0Client, judge0: FakeJudge0, fields: dict[str, Any], verdict: Verdict
) -> None:
    judge0.said = {**GOOD, **fields}

    assert judged(client) is verdict


def test_a_compiler_that_refuses_is_a_compile_error(client: Judge0Client, judge0: FakeJudge0) -> None:
    refused = {"status_id": 6, "time": None, "compile_output": encoded(b"line 1: no")}
    judge0.said = {**GOOD, **refused}

    judgement = client.evaluate(BUNDLE, "python", "code")

    assert (judgement.verdict, judgement.message) == (
        Verdict.COMPILE_ERROR,
        "CompilationError: line 1: no",
    )


def test_one_source_cannot_compile_and_not_compile(client: Judge0Client, judge0: FakeJudge0) -> None:
    judge0.results = [changed(status_id=6, time=None)]

    with pytest.raises(EvalServiceAnswerInvalid, match="compiled a source, and did not"):
        judged(client)


def test_a_syntax_error_of_some_tests_only_is_raised_by_the_program(
    client: Judge0Client, judge0: FakeJudge0
) -> None:
    words = encoded(b'  File "script.py", line 1\n    (\n    ^\nSyntaxError: invalid syntax\n')
    judge0.results = [changed(status_id=11, exit_code=1, stdout=None, stderr=words)]

    judgement = client.evaluate(BUNDLE, "python", "(")

    assert [case.verdict for case in judgement.cases] == [Verdict.RUNTIME_ERROR, Verdict.ACCEPTED]


def test_a_function_whose_runtime_never_started_is_no_verdict(
    client: Judge0Client, judge0: FakeJudge0
) -> None:
    """As with a number of another language in JUDGE0_LANGUAGES: every learner would fail."""
    words = encoded(b"/box/script.js:1\nSyntaxError: Unexpected identifier")
    judge0.said = {**GOOD, "status_id": 11, "exit_code": 1, "stdout": None, "stderr": words}

    with pytest.raises(EvalServiceAnswerInvalid, match="did not start the runtime"):
        judged(client, function_bundle((1, 1)))


BAD_CREATIONS: dict[str, Any] = {
    "no JSON": "<html>",
    "nothing": "",
    "no list": {"token": "a"},
    "too few": [{"token": "a"}],
    "too many": [{"token": "a"}, {"token": "b"}, {"token": "c"}],
    "one token twice": [{"token": "a"}, {"token": "a"}],
    "no object": [{"token": "a"}, 1],
    "empty object": [{"token": "a"}, {}],
    "number as token": [{"token": "a"}, {"token": 1}],
    "strange token": [{"token": "a"}, {"token": "a,b&fields=source_code"}],
    "a key twice": '[{"token": "a"}, {"token": "b", "token": "c"}]',
}


@pytest.mark.parametrize("body", BAD_CREATIONS.values(), ids=BAD_CREATIONS.keys())
def test_a_creation_that_makes_no_sense_is_no_verdict(
    client: Judge0Client, judge0: FakeJudge0, body: Any
) -> None:
    judge0.answers = [answering(body, 201)]

    with pytest.raises(EvalServiceAnswerInvalid, match="nonsense"):
        judged(client)


def in_answer(change: Callable[[list[Any]], Any]) -> Answer:
    """An answer to a question about tokens, changed."""

    def respond(request: Request) -> Response:
        tokens = request.args["tokens"].split(",")
        good = [{**GOOD, "token": token} for token in tokens]
        return Response(json.dumps({"submissions": change(good)}))

    return respond


BAD_LOOKS: dict[str, Answer] = {
    "no JSON": answering("<html>"),
    "truncated": answering('{"submissions": ['),
    "no object": answering([]),
    "no submissions": answering({}),
    "too few": in_answer(lambda items: items[:1]),
    "too many": in_answer(lambda items: [*items, items[0]]),
    "one twice": in_answer(lambda items: [items[0], items[0]]),
    "in another order": in_answer(lambda items: items[::-1]),
    "another token": in_answer(lambda items: [items[0], {**GOOD, "token": "x"}]),
    "without tokens": in_answer(lambda items: [GOOD, GOOD]),
    "unknown status": in_answer(lambda items: [items[0], {**items[1], "status_id": 15}]),
    "status of text": in_answer(lambda items: [items[0], {**items[1], "status_id": "3"}]),
    "redirect": answering("", 302, Location="/elsewhere"),
}


@pytest.mark.parametrize("look", BAD_LOOKS.values(), ids=BAD_LOOKS.keys())
def test_an_answer_about_tokens_that_makes_no_sense_is_no_verdict(
    client: Judge0Client, judge0: FakeJudge0, look: Answer
) -> None:
    judge0.answers = [passing, look]

    with pytest.raises(EvalServiceAnswerInvalid):
        judged(client)


def test_a_status_that_goes_back_is_run_once_more(client: Judge0Client, judge0: FakeJudge0) -> None:
    back = in_answer(lambda items: [{**item, "status_id": 1} for item in items])
    judge0.answers = [passing, passing, passing, back]
    judge0.results = []

    def processing(request: Request) -> Response:
        return in_answer(lambda items: [{**item, "status_id": 2} for item in items])(request) or Response()

    judge0.answers = [passing, processing, back]

    assert judged(client) is Verdict.ACCEPTED
    assert len(judge0.sent) == 4


def test_a_result_of_another_status_than_was_seen_is_run_once_more(
    client: Judge0Client, judge0: FakeJudge0
) -> None:
    other = in_answer(lambda items: [{**item, "status_id": 12, "exit_signal": 5} for item in items])
    judge0.answers = [passing, passing, passing, passing, other]

    assert judged(client) is Verdict.ACCEPTED
    assert len(judge0.sent) == 4


def test_a_batch_that_was_made_in_part_is_completed(client: Judge0Client, judge0: FakeJudge0) -> None:
    def half(request: Request) -> Response:
        body = json.loads(request.data)["submissions"]
        made = [judge0._made(body[0]), {"base": ["queue is full"]}]
        return Response(json.dumps(made), 201)

    judge0.answers = [half]

    assert judged(client) is Verdict.ACCEPTED
    assert [len(json.loads(request.data)["submissions"]) for request in judge0.requests if request.data] == [
        2,
        1,
    ]


def test_limits_that_judge0_does_not_allow_are_told_to_the_operator(
    client: Judge0Client, judge0: FakeJudge0
) -> None:
    with pytest.raises(EvalServiceRefused, match="memory_limit must be less than or equal to 512000"):
        judged(client, program_bundle(("", ""), memory_limit_mb=1000))

    assert len(judge0.requests) == 1


def test_a_language_that_judge0_does_not_have_is_refused(client: Judge0Client, judge0: FakeJudge0) -> None:
    del judge0.runtimes[PYTHON_ID]
    with pytest.raises(EvalServiceRefused, match="language_id"):
        judged(client)
    with pytest.raises(EvalServiceRefused, match="JUDGE0_LANGUAGES"):
        client.evaluate(BUNDLE, "cobol", "code")


@pytest.mark.parametrize("status", [400, 401, 403, 404])
def test_a_refusal_is_final_and_names_no_secret(
    client: Judge0Client, judge0: FakeJudge0, status: int
) -> None:
    judge0.answers = [passing, answering({"error": "no"}, status)]

    with pytest.raises(EvalServiceRefused, match=f"Judge0 answered {status}") as problem:
        judged(client)

    assert not any(token in str(problem.value) for token in (SECRET, *judge0.stored))
    assert len(judge0.requests) == 2


@pytest.mark.parametrize("step", [0, 1, 2, 3])
@pytest.mark.parametrize("status", [429, 503])
def test_a_full_queue_is_waited_for_as_it_asks(
    client: Judge0Client, judge0: FakeJudge0, pauses: list[float], status: int, step: int
) -> None:
    busy = answering({"error": "queue is full"}, status, **{"Retry-After": "4"})
    judge0.answers = [*[passing] * step, busy]

    assert judged(client) is Verdict.ACCEPTED
    assert 4.0 in pauses


def test_looks_become_rarer(client: Judge0Client, judge0: FakeJudge0, pauses: list[float]) -> None:
    waiting = in_answer(lambda items: [{**item, "status_id": 1} for item in items])
    judge0.answers = [passing, *[waiting] * 10]

    judged(client)

    assert pauses[:2] == [0.2, pytest.approx(0.3)]
    assert pauses == sorted(pauses)
    assert max(pauses) == 2.0


def test_whoever_does_not_want_the_verdict_ends_the_looking(client: Judge0Client, judge0: FakeJudge0) -> None:
    with pytest.raises(EvaluationStopped):
        client.evaluate(BUNDLE, "python", "code", lambda: len(judge0.requests) >= 2)

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


def test_an_answer_without_end_is_cut_off(client: Judge0Client, judge0: FakeJudge0) -> None:
    judge0.answers = [passing, answering(b" " * (2 << 20))]

    with pytest.raises(EvalServiceAnswerInvalid, match="too long"):
        judged(client)


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


def test_a_broken_connection_is_told_without_the_tokens(client: Judge0Client, judge0: FakeJudge0) -> None:
    """requests would name the whole address, tokens included; so would the traceback's earlier exceptions."""

    def gone(request: Request) -> Response:
        return Response(iter([b"{"]), headers={"Content-Length": "100"})

    judge0.answers = [passing, gone, gone, gone]

    with pytest.raises(EvalServiceUnreachable) as problem:
        judged(client)

    assert problem.value.__suppress_context__
    assert not any(token in str(problem.value) for token in judge0.stored)


def sent_parts(language: str) -> list[str]:
    """The program around a function, and what it carries in Base64."""
    source = source_of(function_bundle((1, 1)), language, "", output_bytes=1)
    carried = [
        base64.b64decode(text).decode() for text in re.findall(r"[\"']([A-Za-z0-9+/=]{40,})[\"']", source)
    ]
    return [source, *carried]


@pytest.mark.parametrize("newer", ["??", "?.", "WeakRef(", ".at(", "replaceAll", "static {"])
def test_what_is_sent_for_javascript_is_within_node_12(newer: str) -> None:
    assert not any(newer in part for part in sent_parts("javascript"))


def test_what_is_sent_for_python_is_within_python_3_8() -> None:
    source, setup = sent_parts("python")

    modules = dict(json.loads(setup)["modules"])

    assert {"python_child", "values"} <= modules.keys()
    for text in (source, *modules.values()):
        ast.parse(text, feature_version=(3, 8))
