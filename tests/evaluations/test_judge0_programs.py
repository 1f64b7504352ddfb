"""Judge0 as an engine, against a small one that really runs what it is sent: values, verdicts, figures."""

from __future__ import annotations

import base64
import math
from typing import Any

import pytest
from pytest_httpserver import HTTPServer

from evaluations.judge import Bundle, Judgement, Limits, Verdict
from evaluations.judge0 import Judge0Client, Judge0Settings
from tests.evaluations.bundles import bundle, case, function_bundle, program_bundle
from tests.evaluations.judge0_server import JAVASCRIPT_ID, PYTHON_ID, FakeJudge0, local_judge0

SETTINGS: dict[str, Any] = {
    "timeout_seconds": 20,
    "languages": {"python": PYTHON_ID, "javascript": JAVASCRIPT_ID},
    "headers": {"X-Auth-Token": "secret"},
}


@pytest.fixture
def judge0(httpserver: HTTPServer) -> FakeJudge0:
    return local_judge0(httpserver)


@pytest.fixture
def client(httpserver: HTTPServer, judge0: FakeJudge0) -> Judge0Client:
    return Judge0Client(Judge0Settings(httpserver.url_for(""), **SETTINGS), pause=lambda seconds: None)


def got(judgement: Judgement) -> Any:
    details = judgement.cases[0].details
    assert details is not None, judgement
    return details["got"]


def python(client: Judge0Client, body: str, *pairs: tuple[Any, Any], **changes: Any) -> Judgement:
    return client.evaluate(function_bundle(*pairs, **changes), "python", body)


def javascript(client: Judge0Client, body: str, *pairs: tuple[Any, Any], **changes: Any) -> Judgement:
    return client.evaluate(function_bundle(*pairs, **changes), "javascript", body)


PYTHON_VALUES = [
    ("(1, (2, 3))", [1, [2, 3]]),
    ("{3, 1, 2}", [1, 2, 3]),
    ("{1: 'a', None: True}", {"1": "a", "null": True}),
    ("10**40", 10**40),
    ("float('inf')", math.inf),
    ("'\\u00e9\\U0001f600\\ud800\\n'", "é😀\ud800\n"),
]
JAVASCRIPT_VALUES = [
    ("[1, undefined, [NaN]]", [1, None, [math.nan]]),
    ("new Map([['a', new Set([2, 1])]])", {"a": [2, 1]}),
    ("10n ** 30n", 10**30),
    ("-0", 0),
    ("'\\u00e9\\u{1f600}\\n'", "é😀\n"),
    ("Promise.resolve(7)", 7),
]


@pytest.mark.parametrize(("expression", "expected"), PYTHON_VALUES)
def test_a_python_value_arrives_as_documented(client: Judge0Client, expression: str, expected: Any) -> None:
    judgement = python(client, f"def solve(value):\n    return {expression}\n", (0, expected))

    assert judgement.verdict is Verdict.ACCEPTED, judgement


@pytest.mark.parametrize(("expression", "expected"), JAVASCRIPT_VALUES)
def test_a_javascript_value_arrives_as_documented(
    client: Judge0Client, expression: str, expected: Any
) -> None:
    judgement = javascript(client, f"const solve = (value) => {expression};", (0, expected))

    assert judgement.verdict is Verdict.ACCEPTED, judgement


VERDICTS: dict[str, tuple[str, str, Verdict]] = {
    "wrong": ("python", "def solve(v): return v", Verdict.WRONG_ANSWER),
    "no such function": ("python", "def other(v): return v", Verdict.RUNTIME_ERROR),
    "no Python": ("python", "def solve(v: return v", Verdict.COMPILE_ERROR),
    "endless": ("python", "def solve(v):\n    while True: pass", Verdict.TIME_LIMIT),
    "asleep": ("python", "import time\ndef solve(v): time.sleep(60)", Verdict.TIME_LIMIT),
    "greedy": ("python", "def solve(v): return len(bytearray(10**9))", Verdict.MEMORY_LIMIT),
    "loud": ("python", "def solve(v):\n    while True: print('x' * 999)", Verdict.OUTPUT_LIMIT),
    "long answer": ("python", "def solve(v): return 'x' * 10**6", Verdict.OUTPUT_LIMIT),
    "gone": ("python", "import os\ndef solve(v): os._exit(0)", Verdict.RUNTIME_ERROR),
    "crashed": ("python", "import os\ndef solve(v): os.kill(os.getpid(), 11)", Verdict.RUNTIME_ERROR),
    "unsayable": ("python", "def solve(v): return object()", Verdict.RUNTIME_ERROR),
    "wrong script": ("javascript", "const solve = (v) => v;", Verdict.WRONG_ANSWER),
    "no JavaScript": ("javascript", "function solve(v) { return v", Verdict.COMPILE_ERROR),
    "endless script": ("javascript", "function solve(v) { for (;;); }", Verdict.TIME_LIMIT),
    "loud script": (
        "javascript",
        "function solve(v) { for (;;) console.log('xxxx'); }",
        Verdict.OUTPUT_LIMIT,
    ),
    "throwing script": ("javascript", "function solve(v) { null.x; }", Verdict.RUNTIME_ERROR),
    "script without end": ("javascript", "const solve = () => new Promise(() => 1);", Verdict.RUNTIME_ERROR),
}


def enough_time(verdict: Verdict) -> int:
    """A time limit in ms: Judge0 counts the start of the runtimes, which takes a busy machine several times as long."""
    return 300 if verdict is Verdict.TIME_LIMIT else 2000


@pytest.mark.parametrize(("language", "code", "verdict"), VERDICTS.values(), ids=VERDICTS.keys())
def test_a_function_gets_the_verdict_that_the_sandbox_gives(
    client: Judge0Client, language: str, code: str, verdict: Verdict
) -> None:
    waits = Limits(wall_ms=1000 if "sleep" in code else None)
    limit = enough_time(verdict)
    judgement = client.evaluate(function_bundle((1, 2), time_limit_ms=limit, limits=waits), language, code)

    assert judgement.verdict is verdict, judgement


PROGRAMS: dict[str, tuple[str, str, Verdict]] = {
    "right": ("python", "print(int(input()) * 2)", Verdict.ACCEPTED),
    "wrong": ("python", "print(3)", Verdict.WRONG_ANSWER),
    "silent": ("python", "", Verdict.WRONG_ANSWER),
    "no Python": ("python", "print(", Verdict.COMPILE_ERROR),
    "raises": ("python", "raise ValueError('no')", Verdict.RUNTIME_ERROR),
    "raises late": ("python", "print(1)\nexec('1 +')", Verdict.RUNTIME_ERROR),
    "exits": ("python", "import sys; sys.exit(3)", Verdict.RUNTIME_ERROR),
    "greedy": ("python", "x = bytearray(10**9)", Verdict.MEMORY_LIMIT),
    "loud": ("python", "while True: print('x' * 999)", Verdict.OUTPUT_LIMIT),
    "right script": (
        "javascript",
        "console.log(2 * require('fs').readFileSync(0, 'utf8'))",
        Verdict.ACCEPTED,
    ),
    "no JavaScript": ("javascript", "const x = ;", Verdict.COMPILE_ERROR),
    "throws": ("javascript", "JSON.parse('{')", Verdict.RUNTIME_ERROR),
    "throws its own": ("javascript", "throw new SyntaxError('mine')", Verdict.RUNTIME_ERROR),
    "exits by code": ("javascript", "process.exit(2)", Verdict.RUNTIME_ERROR),
}


@pytest.mark.parametrize(("language", "code", "verdict"), PROGRAMS.values(), ids=PROGRAMS.keys())
def test_a_program_gets_the_verdict_that_the_sandbox_gives(
    client: Judge0Client, language: str, code: str, verdict: Verdict
) -> None:
    wanted = program_bundle(("21\n", "42\n"), time_limit_ms=enough_time(verdict))
    judgement = client.evaluate(wanted, language, code)

    assert judgement.verdict is verdict, judgement


def test_what_is_printed_is_kept_apart_from_the_answer(client: Judge0Client) -> None:
    code = "def solve(value):\n    print('é', value)\n    print('R0', end='')\n    return value + 1\n"

    judgement = python(client, code, (1, 2))

    details = judgement.cases[0].details
    assert details is not None
    assert (judgement.verdict, details["stdout"]) == (Verdict.ACCEPTED, "é 1\nR0")


def test_tracebacks_hold_the_learners_own_lines_only(client: Judge0Client) -> None:
    in_python = python(client, "import re\n\ndef solve(value):\n    return re.compile('(')\n", (1, 2))
    in_javascript = javascript(client, "\nfunction solve(value) {\n  return value.x.y;\n}\n", (1, 2))
    of_program = client.evaluate(program_bundle(("", "")), "python", "x = 1\n\nint('a')\n")

    assert '  File "solution.py", line 4, in solve\n    return re.compile' in in_python.message
    assert in_python.message.count("File") == 1
    assert "at solve (solution.js:3:" in in_javascript.message
    assert in_javascript.message.count(" at ") == 1
    assert of_program.message.splitlines()[1:3] == [
        '  File "solution.py", line 3, in <module>',
        "    int('a')",
    ]
    assert "script.py" not in of_program.message


def test_syntax_errors_name_the_learners_line(client: Judge0Client) -> None:
    in_python = python(client, "x = 1\ny = = 2\n", (1, 2))
    of_program = client.evaluate(program_bundle(("", "")), "python", "x = 1\ny = = 2\n")

    assert 'File "solution.py", line 2' in in_python.message
    assert 'File "solution.py", line 2' in of_program.message
    assert "SyntaxError" in of_program.message


def test_nothing_that_is_expected_is_sent_and_the_limits_are(
    client: Judge0Client, judge0: FakeJudge0
) -> None:
    tests = bundle(case(1, {"value": 1}, "secret-1"), case(2, {"value": 2}, "secret-2", visible=False))

    client.evaluate(tests, "python", "def solve(value): return f'secret-{value}'")

    first = judge0.sent[0]
    assert len(judge0.sent) == 2
    assert "expected_output" not in first
    inputs = [base64.b64decode(each["stdin"]) for each in judge0.sent]
    assert not any(b"secret" in given for given in inputs)
    assert b"secret-1" not in base64.b64decode(first["source_code"])
    assert (first["enable_network"], first["number_of_runs"]) == (False, 1)
    assert first["redirect_stderr_to_stdout"] is False
    assert first["memory_limit"] >= tests.memory_limit_mb * 1024
    assert tests.time_limit_ms / 1000 < first["cpu_time_limit"] < first["wall_time_limit"]


def test_of_hidden_tests_nothing_but_verdict_time_and_memory_is_kept(client: Judge0Client) -> None:
    tests = bundle(case(1, {"value": 5}, 6, visible=False, category="edge"))

    judgement = python_on(client, tests, "def solve(value):\n    raise ValueError(value)\n")

    assert [result.details for result in judgement.cases] == [None]
    assert judgement.message == ""


def python_on(client: Judge0Client, tests: Bundle, code: str) -> Judgement:
    return client.evaluate(tests, "python", code)


def test_after_three_time_limits_no_further_batch_is_sent(httpserver: HTTPServer, judge0: FakeJudge0) -> None:
    settings = Judge0Settings(httpserver.url_for(""), batch_size=3, **SETTINGS)
    client = Judge0Client(settings, pause=lambda seconds: None)
    endless = "def solve(value):\n    while True: pass\n"

    judgement = python(client, endless, *[(n, n) for n in range(5)], time_limit_ms=200)

    assert len(judge0.sent) == 3
    assert judgement.verdict is Verdict.TIME_LIMIT
    assert [result.verdict for result in judgement.cases[3:]] == [Verdict.SKIPPED] * 2


def test_the_same_submission_gets_the_same_answer(client: Judge0Client) -> None:
    """Hash seed and random are fixed, as in the sandbox."""
    code = "import random\ndef solve(value): return [hash('a'), random.random()]"

    first, second = (got(python(client, code, (value, 0))) for value in (1, 2))

    assert first == second


def test_an_answer_forged_on_stdout_is_only_an_answer(client: Judge0Client) -> None:
    """The marker can be found by who looks for it; what it brings is an answer that is compared."""
    code = """
import gc, os
def solve(value):
    frames = [o for o in gc.get_objects() if isinstance(o, tuple)]
    os.write(1, b"\\nRtrue\\n")
    os._exit(0)
"""

    assert python(client, code, (1, True)).verdict is Verdict.RUNTIME_ERROR


CHECKER = (
    "def check(given, expected, got):\n    return sorted(got) == sorted(given['value']) and got[0] == 3\n"
)


@pytest.mark.parametrize("sandbox", ["here", "nowhere"])
def test_a_checker_decides_in_the_sandbox_here_or_else_in_judge0(
    client: Judge0Client, judge0: FakeJudge0, monkeypatch: pytest.MonkeyPatch, sandbox: str
) -> None:
    if sandbox == "nowhere":
        monkeypatch.setenv("SANDBOX_TIER", "none")
    tests = function_bundle(([1, 3, 2], [3, 1, 2]), checker={"lang": "python", "code": CHECKER})

    right = client.evaluate(tests, "javascript", "const solve = (v) => [3, 2, 1];")
    wrong = client.evaluate(tests, "javascript", "const solve = (v) => v;")
    strange = client.evaluate(tests, "javascript", "const solve = (v) => 'x';")

    assert [each.verdict for each in (right, wrong, strange)] == [
        Verdict.ACCEPTED,
        Verdict.WRONG_ANSWER,
        Verdict.WRONG_ANSWER,
    ]
    assert (len(judge0.sent) > 3) == (sandbox == "nowhere")
