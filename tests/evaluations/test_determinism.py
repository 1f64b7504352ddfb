"""The same submission gets the same judgement, fifty times over, on a machine whose processors are all busy."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from evaluations.judge import Bundle, Judgement, Verdict
from evaluations.sandbox import judge_locally
from tests.evaluations.bundles import function_bundle, program_bundle

TIMES, AT_ONCE = 50, 4
SPIN = "while True: pass"


@pytest.fixture(scope="module", autouse=True)
def busy_machine() -> Iterator[None]:
    """A process for each processor that never rests."""
    burners = [subprocess.Popen([sys.executable, "-S", "-c", SPIN]) for _ in range(os.cpu_count() or 1)]
    yield
    for burner in burners:
        burner.kill()
        burner.wait()


def told(judgement: Judgement) -> Judgement:
    """All of a judgement but its figures: time and memory are measured."""
    cases = tuple(replace(case, runtime_ms=0, memory_kb=0) for case in judgement.cases)
    return replace(judgement, cases=cases, runtime_ms=0, memory_mb=0)


HASHES = """
class Thing:
    pass


def solve(value):
    words = {"one", "two", "three", "four"}
    print(words, {Thing: 1}, [Thing()], hash("one") % 1000)
    return [list(words), repr(Thing()), {frozenset({n, n + 8}) for n in range(9)}]
"""
CHANCE = """
def solve(value):
    import random

    random.shuffle(value)
    raise ValueError(object(), value, random.random())
"""
JAVASCRIPT_CHANCE = """
function solve(value) {
  console.log(Math.random(), new Date(0).toString(), new Intl.DateTimeFormat('en').resolvedOptions().timeZone);
  if (value === 1) setTimeout(() => {}, 1);
  return value === 2 ? undefinedName : [Math.random(), value];
}
"""
# Half as long again as the limit of 100 ms.
JUST_TOO_SLOW = """
import time


def solve(value):
    while value and time.process_time() < 0.15:
        pass
    return value
"""
MEMORY = {
    "python": "def solve(value):\n    return len([0] * (value * 40_000_000)) or value\n",
    "javascript": "const solve = (value) => (value ? new Array(2e7).fill(0.5).map((x) => [x]).length : 0);",
}
SUBMISSIONS: list[tuple[str, Bundle, str, str, Verdict]] = [
    ("accepted", function_bundle(([3, 1], [1, 3])), "python", "solve = sorted", Verdict.ACCEPTED),
    ("hashes and addresses", function_bundle((0, 0)), "python", HASHES, Verdict.WRONG_ANSWER),
    ("chance and a traceback", function_bundle(([1, 2, 3], 0)), "python", CHANCE, Verdict.RUNTIME_ERROR),
    (
        "chance in JavaScript",
        function_bundle((0, 0), (1, 1), (2, 2)),
        "javascript",
        JAVASCRIPT_CHANCE,
        Verdict.RUNTIME_ERROR,
    ),
    (
        "a little too slow",
        function_bundle((0, 0), (1, 1), time_limit_ms=100),
        "python",
        JUST_TOO_SLOW,
        Verdict.TIME_LIMIT,
    ),
    (
        "too much memory",
        function_bundle((0, 0), (1, 1), memory_limit_mb=64),
        "python",
        MEMORY["python"],
        Verdict.MEMORY_LIMIT,
    ),
    (
        "too much memory in JavaScript",
        function_bundle((0, 0), (1, 1), memory_limit_mb=64),
        "javascript",
        MEMORY["javascript"],
        Verdict.MEMORY_LIMIT,
    ),
    (
        "wrong output",
        program_bundle(("3\n", "3\n4\n")),
        "javascript",
        "console.log(require('fs').readFileSync(0, 'utf8'), Math.random());",
        Verdict.WRONG_ANSWER,
    ),
]


@pytest.mark.parametrize(
    ("bundle", "language", "code", "verdict"),
    [case[1:] for case in SUBMISSIONS],
    ids=[case[0] for case in SUBMISSIONS],
)
def test_a_submission_is_judged_alike_every_time(
    bundle: Bundle, language: str, code: str, verdict: Verdict
) -> None:
    """Cases, values, differences and messages too, not the verdict alone."""
    first = told(judge_locally(bundle, language, code))

    with ThreadPoolExecutor(AT_ONCE) as judges:
        runs = [judges.submit(judge_locally, bundle, language, code) for _ in range(TIMES - 1)]
        others = [told(run.result()) for run in runs]

    assert first.verdict is verdict
    assert [other for other in others if other != first] == []
