"""What a learner reads of a wrong answer: where it differs first, and how."""

from __future__ import annotations

from typing import Any

import pytest

from evaluations.differences import first_difference, output_difference
from evaluations.sandbox import judge_locally
from tests.evaluations.bundles import function_bundle, program_bundle

WHERE: list[tuple[Any, Any, str]] = [
    ({"a": [1, {"b": 2}]}, {"a": [1, {"b": True}]}, "at a[1].b: expected 2 (a number), got true (a boolean)"),
    ([[1, 2], [3, 4]], [[1, 2], [3, 5]], "at [1][1]: expected 4, got 5"),
    (list(range(1000)), [*range(999), 0], "at [999]: expected 999, got 0"),
    ({"a b": [1]}, {"a b": [2]}, 'at ["a b"][0]: expected 1, got 2'),
    ({"a": 1}, {}, "at a: this key is missing: expected 1"),
    ({}, {"b": 2}, "at b: this key is not expected: 2"),
]
SIZES: list[tuple[Any, Any, str]] = [
    ([1, 2, 3], [1, 2], "expected 3 elements, got 2; [2] is missing: 3"),
    ([1], [1, 2, 3], "expected 1 element, got 3; [1] is too many: 2"),
    ([1, 2, 3], [1, 9], "expected 3 elements, got 2; at [1]: expected 2, got 9"),
    ([[1], [2, 3]], [[1], [2]], "at [1]: expected 2 elements, got 1; [1] is missing: 3"),
    (["a", "b"], ["b", "a"], 'the elements are right but in another order; at [0]: expected "a", got "b"'),
]
KINDS: list[tuple[Any, Any, str]] = [
    ("1", 1, 'expected "1" (text), got 1 (a number)'),
    (1, "1", 'expected 1 (a number), got "1" (text)'),
    (True, 1, "expected true (a boolean), got 1 (a number)"),
    (1, [1], "expected 1 (a number), got [1] (a list)"),
    ([1], None, "expected [1], got null: nothing was returned"),
    ([1], [None], "at [0]: expected 1, got null"),
    (1, float("nan"), "expected 1, got NaN"),
]
NUMBERS: list[tuple[Any, Any, str]] = [
    (0.3, 0.1 + 0.2, "expected 0.3, got 0.30000000000000004 (nearly, but this problem wants it exactly)"),
    (2**60, 2**60 + 1, f"expected {2**60}, got {2**60 + 1} (nearly, but this problem wants it exactly)"),
    (3, 1, "expected 3, got 1"),
    (10**400, 1.5, f"expected 1{'0' * 199}…, got 1.5"),
]
TEXTS: list[tuple[Any, Any, str]] = [
    ("abc", "abC", 'expected "abc", got "abC" (only upper and lower case differ)'),
    ("a b", "a  b", 'expected "a b", got "a  b" (only white space differs)'),
    ("a b", "a\u00a0b", 'expected "a b", got "a\\u00a0b" (only white space differs)'),
    ("caf\u00e9", "cafe\u0301", 'expected "caf\\u00e9", got "cafe\\u0301"'),
    ("caf\u00e9", "cafe", 'expected "caf\u00e9", got "cafe"'),
    ("one\ntwo", "one\ntoo", 'expected "one\\ntwo", got "one\\ntoo"'),
    ("", "x", 'expected "", got "x"'),
    (
        "x" * 500 + "a" + "y" * 99,
        "x" * 500 + "b" + "y" * 99,
        f'from character 501: expected "…{"x" * 20}a{"y" * 39}…", got "…{"x" * 20}b{"y" * 39}…"',
    ),
]


@pytest.mark.parametrize(("expected", "got", "told"), WHERE + SIZES + KINDS + NUMBERS + TEXTS)
def test_the_difference_is_told_in_words(expected: Any, got: Any, told: str) -> None:
    assert first_difference(expected, got, "exact") == told


def test_where_numbers_may_be_rounded_the_tolerance_is_told() -> None:
    assert first_difference([0.5], [0.5001], "float") == (
        "at [0]: expected 0.5, got 0.5001 (off by 0.0001; 1e-06 is allowed, absolutely or relatively)"
    )
    assert first_difference([0.5], [0.7], "float") == "at [0]: expected 0.5, got 0.7"


@pytest.mark.parametrize(
    ("expected", "got", "told"),
    [
        ([1, 2, 3], [2, 3, 4], "in any order, missing: 1; too many: 4"),
        ([1, 2, 2], [2, 1, 1], "in any order, missing: 2; too many: 1"),
        ([1, 2, 3], [3, 2], "expected 3 elements, got 2; in any order, missing: 1"),
        (list(range(9)), [], "expected 9 elements, got 0; in any order, missing: 0, 1, 2 and 6 more"),
        ([[1, 2]], [[2, 1]], "in any order, missing: [1, 2]; too many: [2, 1]"),
        ([10**20], [10**20 + 1], "in any order, the elements are not the expected ones"),
        ([1], None, "expected [1], got null: nothing was returned"),
        ([1], {"a": 1}, 'expected [1] (a list), got {"a": 1} (an object)'),
    ],
)
def test_without_order_what_is_missing_and_what_is_too_many_is_told(
    expected: Any, got: Any, told: str
) -> None:
    assert first_difference(expected, got, "unordered") == told


LINES = [
    ("1\n2\n", "1\n3\n", "exact", 'line 2: expected "2", got "3"'),
    ("1\n2\n", "1\n", "exact", 'line 2 is missing: expected "2"'),
    ("1\n2\n3\n", "1", "exact", 'line 2 is missing: expected "2" (the first of 2 such lines)'),
    ("1\n", "1\n2\n", "exact", 'line 2 is too many: "2"'),
    ("1\n2", "", "exact", 'nothing was printed; the first line should be "1"'),
    ("", "x", "exact", 'line 1 is too many: "x"'),
    ("Yes", "YES", "exact", 'line 1: expected "Yes", got "YES" (only upper and lower case differ)'),
    ("1 2", "1  2", "exact", 'line 1: expected "1 2", got "1  2" (only white space differs)'),
    ("a\n\nb", "a\nb", "exact", 'line 2: expected "", got "b"'),
    ("25", "Number? 25", "exact", 'line 1: expected "25", got "Number? 25"'),
    ("0.3333333\n1.0", "0.33333339\n1.1", "float", 'line 2: expected "1.0", got "1.1"'),
    ("1\n2\n3", "3\n4\n1", "unordered", 'in any order, missing: "2"; too many: "4"'),
]


@pytest.mark.parametrize(("expected", "got", "comparison", "told"), LINES)
def test_the_difference_of_outputs_names_the_line(
    expected: str, got: str, comparison: str, told: str
) -> None:
    assert output_difference(expected, got, comparison) == told


@pytest.mark.parametrize("got", ["1\n2", "1\n2\n", "1 \n2\n\n\n", "1\r\n2\r\n"])
def test_a_missing_last_newline_is_no_difference(got: str) -> None:
    assert output_difference("1\n2\n", got, "exact") == ""


def test_who_prints_instead_of_returning_is_told_so() -> None:
    judgement = judge_locally(function_bundle((3, 9)), "python", "def solve(value):\n    print(value ** 2)\n")

    assert judgement.cases[0].details
    assert judgement.cases[0].details["diff"] == (
        "expected 9, got null: nothing was returned (what is printed is no answer)"
    )


def test_a_program_is_told_the_line_by_the_rules_of_its_comparison() -> None:
    wanted = program_bundle(("", "0.5\n1.5\n"), comparison="float")

    judgement = judge_locally(wanted, "python", "print(0.50000001); print(1.6)")

    assert judgement.cases[0].details
    assert judgement.cases[0].details["diff"] == 'line 2: expected "1.5", got "1.6"'
