"""Limits of a problem beside its time and memory, and what a whole submission may use."""

from __future__ import annotations

from typing import Any

import pytest

from evaluations.judge import Limits, Verdict
from evaluations.sandbox import budget, judge_locally
from evaluations.sandbox.probe import chosen_tier
from evaluations.sandbox.tiers import open_session
from tests.evaluations.bundles import bundle, case, function_bundle, program_bundle

ECHO = {"python": "def solve(value):\n    return value\n", "javascript": "const solve = (value) => value;"}
SPEAK = {"python": "print(input())", "javascript": "console.log(require('fs').readFileSync(0, 'utf8'));"}


def test_without_stated_limits_everything_is_as_the_problem_says() -> None:
    wanted = function_bundle((1, 1), (2, 2), time_limit_ms=1000)

    assert wanted.all_limits() == {
        "wall_ms": 6000,
        "output_kb": 256,
        "threads": 64,
        "open_files": 64,
        "depth": 500,
        "total_cpu_ms": 2000,
    }


@pytest.mark.parametrize(
    ("tests", "limit", "total"), [(17, 1000, 17_000), (100, 2000, 60_000), (1, 30_000, 30_000)]
)
def test_every_test_may_use_its_whole_time_up_to_a_minute(tests: int, limit: int, total: int) -> None:
    assert function_bundle(*[(1, 1)] * tests, time_limit_ms=limit).total_cpu_ms == total


def test_a_stated_limit_stands_for_itself() -> None:
    wanted = function_bundle((1, 1), limits=Limits(wall_ms=1500, total_cpu_ms=1000, threads=40))

    assert (wanted.wall_ms, wanted.total_cpu_ms, wanted.limits.threads) == (1500, 1000, 40)


SLEEP = {
    "python": "import time\ndef solve(value):\n    time.sleep(1)\n    return value\n",
    "javascript": "const solve = (v) => new Promise((done) => setTimeout(() => done(v), 1000));",
}
PRINT = {
    "python": "def solve(value):\n    print('x' * 2000)\n    return value\n",
    "javascript": "const solve = (value) => { console.log('x'.repeat(2000)); return value; };",
}
NEST = {
    "python": "def solve(value):\n    return [[[value]]]\n",
    "javascript": "const solve = (value) => [[[value]]];",
}


@pytest.mark.parametrize("language", ["python", "javascript"])
@pytest.mark.parametrize(
    ("code", "answer", "limits", "verdict"),
    [
        (SLEEP, 1, Limits(wall_ms=300), Verdict.TIME_LIMIT),
        (PRINT, 1, Limits(output_kb=1), Verdict.OUTPUT_LIMIT),
        (NEST, [[[1]]], Limits(depth=2), Verdict.RUNTIME_ERROR),
        (NEST, [[[1]]], Limits(depth=3), Verdict.ACCEPTED),
    ],
    ids=["waiting", "output", "too deep", "just as deep"],
)
def test_a_limit_is_that_of_the_problem(
    code: dict[str, str], answer: Any, limits: Limits, verdict: Verdict, language: str
) -> None:
    stated = judge_locally(function_bundle((1, answer), limits=limits), language, code[language])
    default = judge_locally(function_bundle((1, answer)), language, code[language])

    assert (stated.verdict, default.verdict) == (verdict, Verdict.ACCEPTED), stated.message


FILES = """
import os


def solve(value):
    opened = 0
    try:
        while True:
            os.dup(0)
            opened += 1
    except OSError:
        return opened
"""
THREADS = """
import threading


def solve(value):
    over = threading.Event()
    started = []
    try:
        while len(started) < 600:
            started.append(threading.Thread(target=over.wait))
            started[-1].start()
    except RuntimeError:
        started.pop()
    over.set()
    return len(started)
"""


def counted(code: str, limits: Limits) -> int:
    judgement = judge_locally(function_bundle((1, -1), limits=limits, memory_limit_mb=1024), "python", code)
    details = judgement.cases[0].details
    assert details is not None, judgement
    return int(details["got"])


def test_open_files_and_threads_are_counted() -> None:
    assert counted(FILES, Limits(open_files=40)) == counted(FILES, Limits()) - 24
    assert counted(THREADS, Limits(threads=32)) < 32


@pytest.mark.parametrize("language", ["python", "javascript"])
def test_a_runtime_lives_within_the_least_limits_that_a_problem_may_state(language: str) -> None:
    least = Limits(wall_ms=1000, output_kb=1, threads=32, open_files=32, depth=1, total_cpu_ms=1000)

    function = judge_locally(function_bundle((1, 1), limits=least), language, ECHO[language])
    program = judge_locally(program_bundle(("1", "1"), limits=least), language, SPEAK[language])

    assert (function.verdict, program.verdict) == (Verdict.ACCEPTED, Verdict.ACCEPTED), (function, program)


# The whole submission

BUSY = "import time\ndef solve(value):\n    while time.process_time() < 0.15: pass\n    return value\n"
BUSY_PROGRAM = """
const start = process.cpuUsage();
for (;;) { const { user, system } = process.cpuUsage(start); if (user + system > 150000) break; }
console.log(require('fs').readFileSync(0, 'utf8'));
"""


@pytest.mark.parametrize("language", ["python", "javascript"])
def test_when_the_time_of_the_whole_submission_is_used_up_the_rest_is_skipped(language: str) -> None:
    """Every test is right and within its own limit; three of 150 ms are more than 400."""
    limits = Limits(total_cpu_ms=400)
    if language == "python":
        judgement = judge_locally(function_bundle(*[(1, 1)] * 5, limits=limits), language, BUSY)
    else:
        judgement = judge_locally(program_bundle(*[("1", "1")] * 5, limits=limits), language, BUSY_PROGRAM)

    verdicts = [result.verdict for result in judgement.cases]
    assert verdicts == [Verdict.ACCEPTED] * 3 + [Verdict.SKIPPED] * 2
    assert (judgement.verdict, judgement.passed, judgement.total) == (Verdict.TIME_LIMIT, 3, 5)
    assert judgement.message == (
        "2 of 5 tests were not run: all tests together may use 0.4 s of CPU time, and that is used up"
    )


TWICE = """
const solve = (value) => {
  if (value) {
    let n = 0;
    while (n < 3e8) n++;
    return new Promise((done) => setTimeout(() => done(value), 1));
  }
  return value;
};
"""


def test_a_test_that_is_run_again_in_a_process_of_its_own_counts_twice_for_the_submission_only() -> None:
    """It turned out to be asynchronous where another had run before."""
    tier, wanted = chosen_tier(), function_bundle((0, 0), (1, 1))
    with open_session(tier, wanted, "javascript", TWICE) as session:
        session.compile()
        first, again = session.run(b"[0]"), session.run(b"[1]")

    spent = budget.Budget(function_bundle((1, 1), limits=Limits(total_cpu_ms=1 + again.cpu_us // 1000)))
    spent.charge(again)

    assert first.earlier_us == 0
    assert again.earlier_us > 20_000 < again.cpu_us
    assert spent.used_up


def test_visible_tests_run_first() -> None:
    tests = [case(number, {"value": 1}, 1, visible=number > 2) for number in range(5)]

    judgement = judge_locally(bundle(*tests, limits=Limits(total_cpu_ms=250)), "python", BUSY)

    assert [(result.id, result.verdict) for result in judgement.cases if result.visible] == [
        ("t3", Verdict.ACCEPTED),
        ("t4", Verdict.ACCEPTED),
    ]
    assert [result.verdict for result in judgement.cases if not result.visible] == [Verdict.SKIPPED] * 3


def test_many_tests_that_use_nearly_all_their_time_are_all_run() -> None:
    judgement = judge_locally(function_bundle(*[(1, 1)] * 8, time_limit_ms=200), "python", BUSY)

    assert (judgement.verdict, judgement.passed) == (Verdict.ACCEPTED, 8), judgement


def test_waiting_is_limited_in_all_by_the_length_of_its_limit_and_not_by_a_clock(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Two waits of 300 ms are more than 500, and fewer than the three time limits that a submission has."""
    monkeypatch.setattr(budget, "_LONGEST_WAIT_MS", 500)
    wanted = function_bundle(*[(1, 1)] * 4, limits=Limits(wall_ms=300))

    judgement = judge_locally(wanted, "python", SLEEP["python"])

    verdicts = [result.verdict for result in judgement.cases]
    assert verdicts == [Verdict.TIME_LIMIT] * 2 + [Verdict.SKIPPED] * 2
    assert "waited" in judgement.message


def test_waits_that_stay_below_their_limit_are_limited_in_all_as_well(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(budget, "_LONGEST_WAIT_MS", 2000)
    sleeper = "import time\ndef solve(value):\n    time.sleep(1.1)\n    return value\n"

    judgement = judge_locally(function_bundle(*[(1, 1)] * 4), "python", sleeper)

    verdicts = [result.verdict for result in judgement.cases]
    assert (judgement.verdict, verdicts) == (
        Verdict.TIME_LIMIT,
        [Verdict.ACCEPTED] * 2 + [Verdict.SKIPPED] * 2,
    )
    assert "waited" in judgement.message


def test_what_takes_longer_than_any_machine_in_order_is_no_failure_of_the_learner(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(budget, "GUARD_SECONDS", 0.5)
    sleeper = "import time\ndef solve(value):\n    time.sleep(600)\n"

    judgement = judge_locally(function_bundle((1, 1), limits=Limits(wall_ms=100_000)), "python", sleeper)

    assert judgement.verdict is Verdict.INFRASTRUCTURE_ERROR
    assert "longer than 0.5 s" in judgement.message


def nested_finally(levels: int) -> str:
    """The compiler writes each block twice, and so two to the power of `levels` of them."""
    lines = [f"{' ' * level}try: x\n{' ' * level}finally:\n" for level in range(levels)]
    return "".join(lines) + " " * levels + "x\n"


def test_a_source_that_the_compiler_takes_too_long_for_is_a_compile_error(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("evaluations.sandbox.tiers._COMPILE_MS", 150)
    wanted = function_bundle((1, 1))

    slow = judge_locally(wanted, "python", f"{ECHO['python']}\n{nested_finally(17)}")
    quick = judge_locally(wanted, "python", f"{ECHO['python']}\nx = 1\n{nested_finally(3)}")

    assert (slow.verdict, slow.message) == (Verdict.COMPILE_ERROR, "the compiler gave up on this source")
    assert quick.verdict is Verdict.ACCEPTED


SLOW_CHECK = (
    "import time\ndef check(a, b, got):\n    while time.process_time() < 0.15: pass\n    return True\n"
)


def test_a_slow_checker_is_ended_in_all_and_is_never_the_learners_failure(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("evaluations.sandbox.checker._TOTAL_CPU_MS", 400)
    checker = {"lang": "python", "code": SLOW_CHECK}

    enough = judge_locally(function_bundle(*[(1, 1)] * 3, checker=checker), "python", ECHO["python"])
    too_slow = judge_locally(function_bundle(*[(1, 1)] * 5, checker=checker), "python", ECHO["python"])

    assert enough.verdict is Verdict.ACCEPTED, enough
    assert too_slow.verdict is Verdict.INFRASTRUCTURE_ERROR
    assert "the checker used" in too_slow.message
