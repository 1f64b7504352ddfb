"""A problem's checker, for answers that a Judge0 got: in this machine's sandbox if it has one, else by the Judge0, as
a program of its own. Only then do expected values leave this machine, and no learner's code runs beside them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from evaluations.judge import Bundle, Limits, TestCase
from evaluations.remote import EvalServiceUnreachable
from evaluations.sandbox import SandboxUnavailable
from evaluations.sandbox.checker import refused_answers
from evaluations.sandbox.local import NotCompiled, Run
from evaluations.sandbox.probe import chosen_tier, why_unavailable

from .running import Judge0Runner
from .service import Judge0Service, StopCheck

_ENTRY_POINT = "check"
_TIME_LIMIT_MS, _MEMORY_LIMIT_MB, _WALL_MS = 5000, 256, 15_000

Answers = list[tuple[TestCase, Any]]


def refused_by_checker(
    service: Judge0Service, bundle: Bundle, answers: Answers, should_stop: StopCheck
) -> set[str]:
    """The ids of the tests whose answers the checker refuses. EvalServiceUnreachable, and SandboxBroken, when the
    checker itself fails."""
    checker = bundle.checker or {}
    tier = _tier(checker["lang"])
    if tier:
        return refused_answers(tier, bundle, answers, should_stop)
    said = _ask(service, bundle, answers, should_stop)
    failed = [(test, test.expected) for test, _ in answers if not isinstance(said[test.id], bool)]
    if failed and not all(word is True for word in _ask(service, bundle, failed, should_stop).values()):
        raise EvalServiceUnreachable("the checker fails on an expected value")
    return {test.id for test, _ in answers if said[test.id] is not True}


def _tier(language: str) -> str:
    try:
        return "" if why_unavailable(language) else chosen_tier()
    except SandboxUnavailable:
        return ""


def _ask(service: Judge0Service, bundle: Bundle, answers: Answers, should_stop: StopCheck) -> dict[str, Any]:
    """What the checker returns for each test; None where it returns nothing."""
    checker = bundle.checker or {}
    tests = tuple(
        TestCase(test.id, True, {"input": test.input, "expected": test.expected, "got": got}, True)
        for test, got in answers
    )
    own = replace(
        bundle,
        kind="function",
        params=("input", "expected", "got"),
        entry_point=_ENTRY_POINT,
        comparison="exact",
        checker=None,
        time_limit_ms=_TIME_LIMIT_MS,
        memory_limit_mb=_MEMORY_LIMIT_MB,
        limits=Limits(wall_ms=_WALL_MS),
        tests=tests,
    )
    run = Run(own, checker["lang"], checker["code"])
    try:
        run.take(Judge0Runner(service, own, checker["lang"], checker["code"], should_stop))
    except NotCompiled as problem:
        raise EvalServiceUnreachable(f"the checker does not compile: {problem}") from problem
    return {case.id: case.details and case.details["got"] for case in run.judgement().cases}
