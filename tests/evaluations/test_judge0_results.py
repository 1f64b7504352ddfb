"""What becomes of the result of a run by Judge0: a verdict, or another run when it cannot be believed."""

from __future__ import annotations

import json
from typing import Any

import pytest

from evaluations.judge import Verdict
from evaluations.judge0 import Judge0Client
from evaluations.remote import (
    EvalServiceAnswerInvalid,
)
from tests.evaluations.bundles import function_bundle, program_bundle
from tests.evaluations.judge0_scenes import (
    BUNDLE,
    GOOD,
    KILLED,
    SECRET,
    changed,
    judged,
    without,
)
from tests.evaluations.judge0_server import Change, FakeJudge0, encoded


def test_a_run_is_created_looked_at_and_read(judge0_client: Judge0Client, judge0: FakeJudge0) -> None:
    judgement = judge0_client.evaluate(BUNDLE, "python", "code")

    assert judgement.verdict is Verdict.ACCEPTED
    assert (judgement.cases[0].memory_kb, judgement.memory_mb) == (9000, 9)
    assert [request.method for request in judge0.requests] == ["POST", "GET", "GET", "GET", "GET"]
    assert {request.headers["X-Auth-Token"] for request in judge0.requests} == {SECRET}


def test_many_tests_go_in_batches_and_equal_ones_once(
    judge0_client: Judge0Client, judge0: FakeJudge0
) -> None:
    tests = program_bundle(*[(f"{number}\n", "1\n") for number in range(23)], ("1\n", "1\n"))

    judgement = judge0_client.evaluate(tests, "python", "code")

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
    judge0_client: Judge0Client, judge0: FakeJudge0, fault: Change
) -> None:
    judge0.results = [None, fault]

    assert judged(judge0_client) is Verdict.ACCEPTED
    assert len(judge0.sent) == 3


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
def test_a_result_that_cannot_be_believed_twice_is_no_verdict(
    judge0_client: Judge0Client, judge0: FakeJudge0, fault: Change
) -> None:
    judge0.results = [None, fault, fault]

    with pytest.raises(EvalServiceAnswerInvalid, match="twice"):
        judged(judge0_client)

    assert len(judge0.sent) == 3


def test_killed_without_reason_is_believed_when_it_happens_twice(
    judge0_client: Judge0Client, judge0: FakeJudge0
) -> None:
    """The machine may have run out of memory, or the program killed itself."""
    judge0.results = [changed(**KILLED)]
    assert judged(judge0_client) is Verdict.ACCEPTED

    judge0.sent.clear()
    judge0.results = [changed(**KILLED), None, changed(**KILLED)]
    assert judged(judge0_client) is Verdict.RUNTIME_ERROR


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
    judge0_client: Judge0Client, judge0: FakeJudge0, fields: dict[str, Any], verdict: Verdict
) -> None:
    judge0.said = {**GOOD, **fields}

    assert judged(judge0_client) is verdict


def test_a_compiler_that_refuses_is_a_compile_error(judge0_client: Judge0Client, judge0: FakeJudge0) -> None:
    refused = {"status_id": 6, "time": None, "compile_output": encoded(b"line 1: no")}
    judge0.said = {**GOOD, **refused}

    judgement = judge0_client.evaluate(BUNDLE, "python", "code")

    assert (judgement.verdict, judgement.message) == (
        Verdict.COMPILE_ERROR,
        "CompilationError: line 1: no",
    )


def test_one_source_cannot_compile_and_not_compile(judge0_client: Judge0Client, judge0: FakeJudge0) -> None:
    judge0.results = [changed(status_id=6, time=None)]

    with pytest.raises(EvalServiceAnswerInvalid, match="compiled a source, and did not"):
        judged(judge0_client)


def test_a_syntax_error_of_some_tests_only_is_raised_by_the_program(
    judge0_client: Judge0Client, judge0: FakeJudge0
) -> None:
    words = encoded(b'  File "script.py", line 1\n    (\n    ^\nSyntaxError: invalid syntax\n')
    judge0.results = [changed(status_id=11, exit_code=1, stdout=None, stderr=words)]

    judgement = judge0_client.evaluate(BUNDLE, "python", "(")

    assert [case.verdict for case in judgement.cases] == [Verdict.RUNTIME_ERROR, Verdict.ACCEPTED]


def test_a_function_whose_runtime_never_started_is_no_verdict(
    judge0_client: Judge0Client, judge0: FakeJudge0
) -> None:
    """As with a number of another language in JUDGE0_LANGUAGES: every learner would fail."""
    words = encoded(b"/box/script.js:1\nSyntaxError: Unexpected identifier")
    judge0.said = {**GOOD, "status_id": 11, "exit_code": 1, "stdout": None, "stderr": words}

    with pytest.raises(EvalServiceAnswerInvalid, match="did not start the runtime"):
        judged(judge0_client, function_bundle((1, 1)))
