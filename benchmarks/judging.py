"""The local sandbox beside interpreters that nothing protects from what they run."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median

from benchmarks.installation import Installation
from benchmarks.naive_judge import judge_naively, start_bare
from benchmarks.results import Result, interleaved
from benchmarks.scales import Scale
from catalog.problem_files import read_problems
from catalog.shapes import bundle_of
from evaluations.bundles import judge_bundle
from evaluations.judge import Bundle, TestCase, Verdict
from evaluations.sandbox import judge_locally
from evaluations.sandbox.runtimes import JAVASCRIPT, PYTHON

PROBLEM_SET = Path(__file__).resolve().parents[1] / "catalog" / "problem_set"
ECHO = {PYTHON: "def solve(value):\n    return value\n", JAVASCRIPT: "const solve = (value) => value;"}
TITLES = {PYTHON: "a Python function", JAVASCRIPT: "a JavaScript function"}
FIFTY_GOALS = {PYTHON: 0.7, JAVASCRIPT: 0.1}
ONE_GOAL_MS = 60
TESTS = 50
AT_ONCE = 2

Submission = tuple[Bundle, str, str]


class NotAccepted(RuntimeError):
    """A solution that is right was judged otherwise."""


def judging(installation: Installation, scale: Scale) -> Iterator[Result]:
    """Fifty tests beside fifty bare starts, one test beside one, and the problem set on two cores beside the naive
    way of judging it."""
    for language in (PYTHON, JAVASCRIPT):
        yield _fifty(language, scale.judgements)
    for language in (PYTHON, JAVASCRIPT):
        yield _one(language, scale.judgements)
    yield _problem_set(scale)


def _fifty(language: str, times: int) -> Result:
    ours, raw = _milliseconds(language, TESTS, times)
    return Result(
        f"{TESTS} tests of {TITLES[language]}",
        "ms",
        ours,
        raw,
        goal=FIFTY_GOALS[language],
        bound="at_most",
        notes={"raw": f"{TESTS} bare interpreters, one after the other", "spread": _spread(ours, raw)},
    )


def _one(language: str, times: int) -> Result:
    ours, raw = _milliseconds(language, 1, times)
    return Result(
        f"one test of {TITLES[language]}",
        "ms",
        ours,
        raw,
        goal=ONE_GOAL_MS,
        bound="at_most",
        score=median(a - b for a, b in zip(ours, raw, strict=True)),
        score_unit="ms beside a bare start",
        notes={"spread": _spread(ours, raw)},
    )


def _milliseconds(language: str, tests: int, times: int) -> tuple[list[float], list[float]]:
    bundle = _echo_bundle(tests)

    def ours(_: int) -> float:
        return _timed(lambda: _judge((bundle, language, ECHO[language])))

    ours(-1)  # the first of a process probes the sandbox
    return interleaved(times, ours, lambda _: _timed(lambda: start_bare(language, tests)))


def _echo_bundle(tests: int) -> Bundle:
    cases = tuple(TestCase(str(n), n == 0, {"value": n}, n) for n in range(tests))
    return Bundle("echo", 1, "function", ("value",), "solve", "exact", None, 1000, 256, cases)


def _timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return (time.perf_counter() - started) * 1000


def _spread(ours: list[float], raw: list[float]) -> str:
    return f"{min(ours):.0f} to {max(ours):.0f} ms; raw {min(raw):.0f} to {max(raw):.0f} ms"


def _judge(submission: Submission) -> None:
    judgement = judge_locally(*submission)
    if judgement.verdict is not Verdict.ACCEPTED:
        raise NotAccepted(f"{submission[0].problem_id}: {judgement.verdict}: {judgement.message}")


def _judge_naively(submission: Submission) -> None:
    bundle = submission[0]
    if judge_naively(*submission) != len(bundle.tests):
        raise NotAccepted(f"{bundle.problem_id}: the naive judge disagrees")


def _problem_set(scale: Scale) -> Result:
    submissions = list(reference_solutions(scale.problems_per_module))
    tests = sum(len(bundle.tests) for bundle, _, _ in submissions)
    with ThreadPoolExecutor(AT_ONCE) as pool:  # threads are enough: the work is done by other processes

        def rate(judge: Callable[[Submission], None]) -> float:
            return len(submissions) / (_timed(lambda: list(pool.map(judge, submissions))) / 1000)

        ours, raw = interleaved(scale.rounds, lambda _: rate(_judge), lambda _: rate(_judge_naively))
    return Result(
        f"reference solutions, {AT_ONCE} at a time",
        "submissions/s",
        ours,
        raw,
        goal=1,
        notes={
            "what": f"{len(submissions)} solutions in both languages, {tests} tests",
            "raw": "an unprotected interpreter for each test",
        },
    )


def reference_solutions(problems_per_module: int) -> Iterator[Submission]:
    """The first problems of every module of the shipped set, each in every language that it has a solution in."""
    records = [
        record
        for module in sorted(PROBLEM_SET.iterdir())
        if module.is_dir()
        for record in read_problems(module).records[:problems_per_module]
    ]
    for record in records:
        tests = bundle_of(record.fields, version=1)
        for language, code in sorted(record.fields["solutions"].items()):
            yield judge_bundle(tests, language), language, code
