"""What a judgement says: verdicts, details, messages, values that JSON cannot say, determinism."""

from __future__ import annotations

import json
from typing import Any

import pytest

from evaluations.judge import Judgement, Verdict
from evaluations.sandbox import judge_locally
from tests.evaluations.bundles import bundle, case, function_bundle, program_bundle


def python(body: str, *pairs: tuple[Any, Any], **changes: Any) -> Judgement:
    return judge_locally(function_bundle(*pairs, **changes), "python", body)


def javascript(body: str, *pairs: tuple[Any, Any], **changes: Any) -> Judgement:
    return judge_locally(function_bundle(*pairs, **changes), "javascript", body)


def got(judgement: Judgement) -> Any:
    details = judgement.cases[0].details
    assert details is not None, judgement
    return details["got"]


PYTHON_VALUES = [
    ("(1, (2, 3))", [1, [2, 3]]),
    ("{3, 1, 2}", [1, 2, 3]),
    ("frozenset('ba')", ["a", "b"]),
    ("range(3)", [0, 1, 2]),
    ("{1: 'a', None: True}", {"1": "a", "null": True}),
    ("__import__('collections').deque([1])", [1]),
    ("10**40", 10**40),
    ("-0.0", 0),
    ("'\\u00e9\\U0001f600'", "é😀"),
    ("None", None),
]
JAVASCRIPT_VALUES = [
    ("undefined", None),
    ("[undefined, , null]", [None, None, None]),
    ("({ a: undefined, b: 1 })", {"b": 1}),
    ("-0", 0),
    ("new Set([3, 1])", [3, 1]),
    ("new Map([['a', 1]])", {"a": 1}),
    ("10n ** 40n", 10**40),
    ("2 ** 60", 2**60),
    ("1e21", 10**21),
    ("new Int8Array([1, -1])", [1, -1]),
    ("[1.5, 0.1 + 0.2]", [1.5, 0.1 + 0.2]),
    ("'\\u00e9\\u{1f600}'", "é😀"),
]
NO_ANSWER = [
    ("python", "def solve(value):\n    return lambda: 1", "a value of type function cannot be returned"),
    ("python", "def solve(value):\n    return {(1, 2): 3}", "keys must be"),
    ("python", "def solve(value):\n    return 1j", "a value of type complex cannot be returned"),
    ("python", "def solve(value):\n    a = []\n    a.append(a)\n    return a", "Circular reference"),
    ("javascript", "const solve = () => () => 1", "a value of type function cannot be returned"),
    ("javascript", "const solve = () => { const a = {}; a.a = a; return a; }", "contains itself"),
    ("javascript", "const solve = () => Symbol('s')", "a value of type symbol cannot be returned"),
]


@pytest.mark.parametrize(("expression", "expected"), PYTHON_VALUES)
def test_a_python_value_arrives_as_documented(expression: str, expected: Any) -> None:
    judgement = python(f"def solve(value):\n    return {expression}", (0, expected))

    assert judgement.verdict is Verdict.ACCEPTED, got(judgement)


@pytest.mark.parametrize(("expression", "expected"), JAVASCRIPT_VALUES)
def test_a_javascript_value_arrives_as_documented(expression: str, expected: Any) -> None:
    judgement = javascript(f"const solve = () => ({expression});", (0, expected))

    assert judgement.verdict is Verdict.ACCEPTED, got(judgement)


@pytest.mark.parametrize(
    ("language", "code"),
    [("python", "def solve(v):\n    return float(v)"), ("javascript", "const solve = (v) => Number(v)")],
)
def test_nan_and_infinities_are_no_null_and_are_shown_by_name(language: str, code: str) -> None:
    judgement = judge_locally(function_bundle(("NaN", None), ("-Infinity", None)), language, code)

    shown = [result.details["got"] for result in judgement.cases if result.details]
    assert judgement.verdict is Verdict.WRONG_ANSWER
    assert shown == ["NaN", "-Infinity"]


@pytest.mark.parametrize(("language", "code", "message"), NO_ANSWER)
def test_a_value_that_cannot_be_said_is_a_runtime_error_that_says_so(
    language: str, code: str, message: str
) -> None:
    judgement = judge_locally(function_bundle((0, 0)), language, code)

    assert judgement.verdict is Verdict.RUNTIME_ERROR
    assert message in judgement.message


def test_only_visible_tests_have_details() -> None:
    """R148: what hidden tests hold reaches nobody, not by stdout, not by a traceback."""
    tests = [case(1, {"value": 7}, 8), case(2, {"value": 424242}, 434343, visible=False, category="large")]
    code = (
        "def solve(value):\n    print('given', value)\n    assert value < 10, value\n    return value + 1\n"
    )

    judgement = judge_locally(bundle(*tests), "python", code)

    shown, kept = judgement.cases
    assert shown.details is not None
    assert shown.details["stdout"] == "given 7\n"
    assert (kept.verdict, kept.category, kept.details) == (Verdict.RUNTIME_ERROR, "large", None)
    assert "4242" not in json.dumps(judgement.message)
    assert "4343" not in repr(judgement)


def test_details_show_input_expected_got_and_the_difference() -> None:
    judgement = python("def solve(value):\n    print('hello')\n    return [value, 3]", ([1, 2], [[1, 2], 4]))

    assert judgement.cases[0].details == {
        "input": {"value": [1, 2]},
        "expected": [[1, 2], 4],
        "got": [[1, 2], 3],
        "diff": "at [1]: expected 4, got 3",
        "stdout": "hello\n",
        "error": "",
    }


def test_a_python_traceback_shows_the_learners_lines_only() -> None:
    code = "def helper(value):\n    return value[5]\n\n\ndef solve(value):\n    return helper(value)\n"

    judgement = python(code, ([1], 1))

    assert judgement.message == (
        "Traceback (most recent call last):\n"
        '  File "solution.py", line 6, in solve\n'
        "    return helper(value)\n"
        '  File "solution.py", line 2, in helper\n'
        "    return value[5]\n"
        "IndexError: list index out of range"
    )


@pytest.mark.parametrize("kind", ["function", "stdio"])
def test_a_javascript_stack_shows_the_learners_lines_only(kind: str) -> None:
    code = "function helper(value) {\n  return value.a.b;\n}\nfunction solve(value) {\n  return helper(value);\n}\n"
    wanted = function_bundle((1, 1)) if kind == "function" else program_bundle(("1", "1"))

    judgement = judge_locally(wanted, "javascript", code + ("solve(1);" if kind == "stdio" else ""))

    lines = judgement.message.splitlines()
    assert lines[0] == "TypeError: Cannot read properties of undefined (reading 'b')"
    assert lines[1].strip() == "at helper (solution.js:2:18)"
    assert all("solution.js" in line for line in lines[1:])


@pytest.mark.parametrize(
    ("language", "code", "where"),
    [
        ("python", "def solve(value):\n    return (value\n", "line 2"),
        ("python", "x = 1\ny = 'a\0b'", "the source contains a NUL character in line 2"),
        ("python", "x = '\ud800'", "not valid Unicode"),
        ("python", "#" * 70_000, "longer than 65536 bytes"),
        ("javascript", "const solve = (value) => {\n  return value +;\n};", "solution.js:2"),
    ],
)
def test_a_compile_error_says_where(language: str, code: str, where: str) -> None:
    judgement = judge_locally(function_bundle((1, 1), (2, 2)), language, code)

    assert judgement.verdict is Verdict.COMPILE_ERROR
    assert (judgement.passed, judgement.total) == (0, 2)
    assert where in judgement.message
    assert "..." not in judgement.message


def test_after_three_time_limits_the_rest_is_skipped() -> None:
    pairs = [(value, value) for value in range(5)]

    judgement = python("def solve(value):\n    while True: pass", *pairs, time_limit_ms=100)

    verdicts = [result.verdict for result in judgement.cases]
    assert verdicts == [Verdict.TIME_LIMIT] * 3 + [Verdict.SKIPPED] * 2
    assert (judgement.verdict, judgement.total) == (Verdict.TIME_LIMIT, 5)


@pytest.mark.parametrize("language", ["python", "javascript"])
def test_one_failing_test_does_not_change_the_next(language: str) -> None:
    code = {
        "python": "import os\ndef solve(v):\n    if v == 1: os.abort()\n    if v == 2: raise OSError\n    return v",
        "javascript": "const solve = (v) => { if (v === 1) for (;;); if (v === 2) throw 1; return v; };",
    }

    judgement = judge_locally(
        function_bundle((0, 0), (1, 1), (2, 2), (3, 3), time_limit_ms=300), language, code[language]
    )

    first, second, third, fourth = (result.verdict for result in judgement.cases)
    assert (first, fourth) == (Verdict.ACCEPTED, Verdict.ACCEPTED)
    assert second in (Verdict.RUNTIME_ERROR, Verdict.TIME_LIMIT)
    assert third is Verdict.RUNTIME_ERROR


def test_an_argument_that_is_changed_is_changed_for_one_test_only() -> None:
    judgement = python(
        "def solve(value):\n    value.append(1)\n    return value", ([0], [0, 1]), ([0], [0, 1])
    )

    assert judgement.verdict is Verdict.ACCEPTED


def test_parameters_are_passed_in_order() -> None:
    wanted = bundle(case(1, {"b": 2, "a": 10}, 8), params=("a", "b"))

    assert judge_locally(wanted, "python", "def solve(x, y):\n    return x - y").passed == 1
    assert judge_locally(wanted, "javascript", "const solve = (x, y) => x - y").passed == 1


CHANCE = """
import random, time


def solve(value):
    return [random.random(), hash('text'), list({'a', 'b', 'c', 'd'}), time.localtime(0).tm_hour]
"""


@pytest.mark.parametrize(
    ("language", "code"),
    [
        ("python", CHANCE),
        (
            "javascript",
            "const solve = () => [Math.random(), new Date(0).getHours(), new Date(0).getTimezoneOffset()]",
        ),
    ],
)
def test_chance_hashes_and_time_zone_are_the_same_every_time(language: str, code: str) -> None:
    wanted = function_bundle((0, None))

    answers = {json.dumps(got(judge_locally(wanted, language, code))) for _ in range(3)}

    assert len(answers) == 1


def test_the_peak_is_measured_below_the_worker() -> None:
    """A child of a fat worker reports the worker's peak as its own; below the launcher it does not."""
    ballast = bytearray(300 << 20)

    small = python("def solve(value):\n    return value", (1, 1))
    large = python("def solve(value):\n    return len(bytearray(100 << 20)) and value", (1, 1))

    assert len(ballast) > small.memory_mb << 20
    assert small.memory_mb < 40
    assert 100 <= large.memory_mb < 160


def test_runtime_is_cpu_time() -> None:
    asleep = python("import time\ndef solve(value):\n    time.sleep(0.3)\n    return value", (1, 1))
    busy = python(
        "import time\ndef solve(v):\n    while time.process_time() < 0.3: pass\n    return v", (1, 1)
    )

    assert asleep.verdict is busy.verdict is Verdict.ACCEPTED
    assert asleep.runtime_ms < 200 <= busy.runtime_ms


def test_text_that_postgres_cannot_store_is_replaced() -> None:
    judgement = python("def solve(value):\n    print('a\\0b')\n    return ['\\0', '\\ud800']", (1, 1))

    assert got(judgement) == ["\u2400", "?"]
    assert judgement.cases[0].details is not None
    assert judgement.cases[0].details["stdout"] == "a\u2400b\n"


def test_large_values_are_cut_in_the_details_not_in_the_comparison() -> None:
    values = list(range(30_000))

    judgement = python("def solve(value):\n    return list(range(value))", (len(values), values))

    assert judgement.verdict is Verdict.ACCEPTED
    assert got(judgement).endswith("characters)")


CHECKER = "def check(given, expected, got):\n    return sorted(got) == sorted(given['value']) and got != given['value']"


@pytest.mark.parametrize(
    ("code", "verdict"),
    [
        ("def solve(v):\n    return v[::-1]", Verdict.ACCEPTED),
        ("def solve(v):\n    return v", Verdict.WRONG_ANSWER),
        ("def solve(v):\n    return 7", Verdict.WRONG_ANSWER),
        ("def solve(v):\n    return v.missing", Verdict.RUNTIME_ERROR),
    ],
)
def test_a_checker_decides_where_several_answers_are_right(code: str, verdict: Verdict) -> None:
    wanted = function_bundle(([1, 2, 3], [2, 1, 3]), checker={"lang": "python", "code": CHECKER})

    assert judge_locally(wanted, "python", code).verdict is verdict


def test_a_javascript_checker_works_too() -> None:
    checker = {
        "lang": "javascript",
        "code": "const check = (given, expected, got) => got === given.value + 1;",
    }
    wanted = function_bundle((1, 2), (2, 0), checker=checker)

    judgement = judge_locally(wanted, "python", "def solve(v):\n    return v + 1")

    assert judgement.verdict is Verdict.ACCEPTED


@pytest.mark.parametrize(
    "code", ["def check(a, b, c):\n    return 1 / 0", "def check(", "def other():\n    pass"]
)
def test_a_broken_checker_is_never_the_learners_failure(code: str) -> None:
    wanted = function_bundle((1, 2), checker={"lang": "python", "code": code})

    judgement = judge_locally(wanted, "python", "def solve(v):\n    return v + 1")

    assert judgement.verdict is Verdict.INFRASTRUCTURE_ERROR
    assert "checker" in judgement.message


def test_the_checker_reads_programs_too() -> None:
    checker = {
        "lang": "python",
        "code": "def check(given, expected, got):\n    return float(got) == float(given) / 2",
    }

    judgement = judge_locally(
        program_bundle(("3\n", "1.5\n"), checker=checker), "python", "print(f'{int(input()) / 2:.3f}')"
    )

    assert judgement.verdict is Verdict.ACCEPTED
