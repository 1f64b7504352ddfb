"""Small problems to judge."""

from __future__ import annotations

from typing import Any

from evaluations.judge import Bundle, TestCase


def case(
    number: int, given: Any, expected: Any, *, visible: bool = True, category: str = "plain"
) -> TestCase:
    return TestCase(f"t{number}", visible, given, expected, category)


def bundle(*tests: TestCase, **changes: Any) -> Bundle:
    """A function problem `solve(value)` unless `changes` say otherwise."""
    fields: dict[str, Any] = {
        "problem_id": "sample",
        "problem_version": 1,
        "kind": "function",
        "params": ("value",),
        "entry_point": "solve",
        "comparison": "exact",
        "checker": None,
        "time_limit_ms": 1000,
        "memory_limit_mb": 256,
        "tests": tests,
    }
    return Bundle(**{**fields, **changes})


def function_bundle(*pairs: tuple[Any, Any], **changes: Any) -> Bundle:
    """One visible test for each (argument, expected)."""
    return bundle(*[case(i, {"value": a}, e) for i, (a, e) in enumerate(pairs)], **changes)


def program_bundle(*pairs: tuple[str, str], **changes: Any) -> Bundle:
    """One visible test for each (stdin, stdout)."""
    return bundle(*[case(i, a, e) for i, (a, e) in enumerate(pairs)], kind="stdio", params=(), **changes)
