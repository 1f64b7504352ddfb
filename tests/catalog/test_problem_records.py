"""What a problem may be: every limit of the problem file is held, and a fault names its place."""

from typing import Any

import pytest

from catalog.records import COMPLETE, checked
from tests.catalog.samples import a_problem, a_record, a_stdio_problem


def faults_in(problem: Any) -> list[tuple[str, str]]:
    faults: list[tuple[str, str]] = []
    checked(problem, COMPLETE, faults, refuse_unknown=True)
    return faults


def a_test(**changes: Any) -> dict[str, Any]:
    return {"input": {"heights": [1]}, "expected": 1} | changes


def nested(levels: int) -> Any:
    value: Any = 1
    for _ in range(levels):
        value = [value]
    return value


@pytest.mark.parametrize(
    "problem",
    [
        a_problem(),
        a_stdio_problem(),
        a_problem(
            subject=..., constraints=..., objectives=..., starter=..., hints=..., hidden_tests=[a_test()]
        ),
        a_problem(difficulty=5, topics=["string-scan", "hash-map"]),
        a_problem(
            hints={}, checker={"lang": "python", "code": "def check(input, expected, got): return True"}
        ),
        a_problem(visible_tests=[a_test()] * 50, hidden_tests=[a_test()] * 50),
        a_problem(solutions={"python": "#" * 65536}),
        a_problem(params=[], visible_tests=[a_test(input={})], hidden_tests=[]),
        a_problem(comparison="unordered", visible_tests=[a_test(expected=[])], hidden_tests=[]),
        a_problem(visible_tests=[a_test(expected=-(2**63) + 1)]),
        a_problem(visible_tests=[a_test(expected=nested(90))]),
    ],
)
def test_a_problem_within_the_limits_is_accepted(problem: dict[str, Any]) -> None:
    assert faults_in(problem) == []


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"id": ...}, "/id"),
        ({"id": "two words"}, "/id"),
        ({"id": "x" * 101}, "/id"),
        ({"title": "  "}, "/title"),
        ({"title": "t" * 201}, "/title"),
        ({"title": 5}, "/title"),
        ({"module": "Arrays"}, "/module"),
        ({"topics": []}, "/topics"),
        ({"topics": "string-scan"}, "/topics"),
        ({"topics": ["ok", "Not OK"]}, "/topics/1"),
        ({"topics": ["same", "same"]}, "/topics"),
        ({"difficulty": 0}, "/difficulty"),
        ({"difficulty": 6}, "/difficulty"),
        ({"difficulty": True}, "/difficulty"),
        ({"difficulty": 2.0}, "/difficulty"),
        ({"minutes_target": 0}, "/minutes_target"),
        ({"statement": ...}, "/statement"),
        ({"statement": "\x00"}, "/statement"),
        ({"statement": "\ud800"}, "/statement"),
        ({"objectives": [""]}, "/objectives/0"),
        ({"kind": "essay"}, "/kind"),
        ({"params": ["2nd"]}, "/params/0"),
        ({"params": ["class"]}, "/params/0"),
        ({"params": ["heights", "heights"]}, "/params"),
        ({"entry_points": ...}, "/entry_points"),
        ({"entry_points": {"python": "longest climb"}}, "/entry_points/python"),
        ({"entry_points": {"python": "f", "cobol": "f"}}, "/entry_points/cobol"),
        ({"starter": {"ruby": "x"}}, "/starter/ruby"),
        ({"comparison": "fuzzy"}, "/comparison"),
        ({"checker": {"code": "x"}}, "/checker"),
        ({"checker": {"lang": "perl", "code": "x"}}, "/checker/lang"),
        ({"time_limit_ms": 1}, "/time_limit_ms"),
        ({"memory_limit_mb": 10**6}, "/memory_limit_mb"),
        ({"visible_tests": []}, "/visible_tests"),
        ({"visible_tests": ["x"]}, "/visible_tests/0"),
        ({"visible_tests": [{"input": {"heights": []}}]}, "/visible_tests/0"),
        ({"visible_tests": [a_test(visible=True)]}, "/visible_tests/0/visible"),
        ({"visible_tests": [a_test(input={})]}, "/visible_tests/0/input"),
        ({"visible_tests": [a_test(input={"heights": [], "more": 1})]}, "/visible_tests/0/input"),
        ({"visible_tests": [a_test(input=[1])]}, "/visible_tests/0/input"),
        ({"hidden_tests": [a_test(input={"height": []})]}, "/hidden_tests/0/input"),
        ({"hidden_tests": [a_test(category="Large One")]}, "/hidden_tests/0/category"),
        ({"hidden_tests": [a_test(expected=float("nan"))]}, "/hidden_tests/0/expected"),
        ({"hidden_tests": [a_test(expected=2**63)]}, "/hidden_tests/0/expected"),
        ({"hidden_tests": [a_test(expected=[{"a/b": "\x00"}])]}, "/hidden_tests/0/expected/0/a~1b"),
        ({"hidden_tests": [a_test(expected={"\x00": 1})]}, "/hidden_tests/0/expected"),
        ({"hidden_tests": [a_test()] * 100}, "/hidden_tests"),
        ({"hints": {"L4": "x"}}, "/hints/L4"),
        ({"hints": {"L1": ""}}, "/hints/L1"),
        ({"solutions": {}}, "/solutions"),
        ({"solutions": ...}, "/solutions"),
        ({"solutions": {"python": "#" * 65537}}, "/solutions/python"),
        ({"solutions": {"ruby": "x"}}, "/solutions/ruby"),
        ({"entry_points": {"python": "f"}}, "/solutions/javascript"),
        ({"comparison": "unordered"}, "/visible_tests/0/expected"),
        ({"author": "me"}, "/author"),
    ],
)
def test_a_fault_names_the_field(changes: dict[str, Any], pointer: str) -> None:
    pointers = [where for where, _ in faults_in(a_problem(**changes))]

    assert pointer in pointers


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"params": ["a"]}, "/params"),
        ({"entry_points": {"python": "main"}}, "/entry_points"),
        ({"visible_tests": [{"input": {"a": 1}, "expected": "1"}]}, "/visible_tests/0/input"),
        ({"hidden_tests": [{"input": "1", "expected": 1}]}, "/hidden_tests/0/expected"),
    ],
)
def test_a_stdio_problem_speaks_text_and_has_no_signature(changes: dict[str, Any], pointer: str) -> None:
    pointers = [where for where, _ in faults_in(a_stdio_problem(**changes))]

    assert pointers == [pointer]


def test_values_nested_too_deeply_are_refused() -> None:
    faults = faults_in(a_problem(visible_tests=[a_test(expected=nested(150))]))

    assert [detail for _, detail in faults] == ["is nested deeper than 100 levels"]


def test_every_fault_is_reported_at_once_and_none_twice() -> None:
    faults = faults_in(
        a_problem(
            difficulty=9,
            title="",
            solutions={"python": "", "ruby": ""},
            hidden_tests=[a_test(input={"other": 1}), a_test(input=5)],
        )
    )

    assert sorted(pointer for pointer, _ in faults) == [
        "/difficulty",
        "/hidden_tests/0/input",
        "/hidden_tests/1/input",
        "/solutions/python",
        "/solutions/ruby",
        "/title",
    ]


def test_tests_are_not_blamed_for_parameters_that_are_wrong() -> None:
    faults = faults_in(a_problem(params=["a b"]))

    assert [pointer for pointer, _ in faults] == ["/params/0"]


@pytest.mark.parametrize("value", [None, [], "text", 5])
def test_what_is_no_object_is_no_problem(value: Any) -> None:
    assert faults_in(value) == [("", "must be an object")]


def test_the_digest_changes_with_any_field_and_with_nothing_else() -> None:
    record = a_record()

    assert a_record(topics=["string-scan"]).digest() == record.digest()
    assert a_record(title="Other").digest() != record.digest()
    assert a_record(solutions={"python": "def longest_climb(heights): ..."}).digest() != record.digest()
    assert a_record(hints={}).digest() != record.digest()


def test_the_order_of_keys_counts_in_tests_only() -> None:
    def digest(argument: dict[str, int], hints: dict[str, str]) -> str:
        return a_record(visible_tests=[a_test(input={"heights": argument})], hints=hints).digest()

    record = digest({"a": 1, "b": 2}, {"L1": "x", "L2": "y"})

    assert digest({"a": 1, "b": 2}, {"L2": "y", "L1": "x"}) == record
    assert digest({"b": 2, "a": 1}, {"L1": "x", "L2": "y"}) != record


def test_what_may_be_shown_holds_nothing_secret() -> None:
    content = a_record().content

    assert not {"hidden_tests", "solutions", "hints", "checker"} & content.keys()
