"""The comparison rules of evaluations/comparison.py."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluations.comparison import (
    COMPARISONS,
    same_output,
    same_value,
)
from evaluations.differences import first_difference, output_difference

SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=12,
)
LINES = st.lists(st.text(alphabet="ab 01.", max_size=4), max_size=5).map("\n".join)


def nested(depth: int) -> Any:
    value: Any = 0
    for _ in range(depth):
        value = [value]
    return value


@given(VALUES, st.sampled_from(COMPARISONS))
def test_every_value_equals_itself(value: Any, comparison: str) -> None:
    assert same_value(value, value, comparison)
    assert first_difference(value, value, comparison) == ""


@given(VALUES, VALUES, st.sampled_from(COMPARISONS))
def test_comparing_is_symmetric_and_says_where(one: Any, other: Any, comparison: str) -> None:
    same = same_value(one, other, comparison)

    assert same_value(other, one, comparison) == same
    assert bool(first_difference(one, other, comparison)) != same


@given(st.lists(VALUES, max_size=6), st.randoms())
def test_unordered_ignores_the_order_of_the_outermost_list_only(values: list[Any], random: Any) -> None:
    shuffled = random.sample(values, len(values))

    assert same_value(values, shuffled, "unordered")
    assert not same_value([[1, 2]], [[2, 1]], "unordered")


@given(st.lists(st.integers(0, 3), max_size=6), st.lists(st.integers(0, 3), max_size=6))
def test_unordered_counts_how_often_an_element_occurs(one: list[int], other: list[int]) -> None:
    assert same_value(one, other, "unordered") == (sorted(one) == sorted(other))


@given(st.floats(-1e9, 1e9), st.floats(-0.9e-6, 0.9e-6))
def test_float_accepts_a_millionth_absolute_or_relative(number: float, error: float) -> None:
    assert same_value(number, number + error, "float")
    assert same_value(number, number * (1 + error), "float")


@pytest.mark.parametrize(
    ("expected", "got"),
    [
        (True, 1),
        (1, True),
        (False, 0),
        (0, None),
        ("1", 1),
        ([], {}),
        ([1], [1, 1]),
        ({"a": 1}, {"a": 1, "b": 2}),
        (2**60 + 1, 2**60),
        (1.0, 1.0 + 1e-9),
        (math.inf, -math.inf),
        (math.nan, 0),
        ("é", "e\u0301"),
        ([True], [1]),
        ("", None),
    ],
)
def test_exact_tells_apart(expected: Any, got: Any) -> None:
    assert not same_value(expected, got, "exact")
    assert not same_value([expected], [got], "unordered")


@pytest.mark.parametrize(
    ("expected", "got"),
    [
        (1, 1.0),
        (0, -0.0),
        ((1, 2), [1, 2]),
        (math.nan, math.nan),
        (-9999999999999999, -1e16),
        (10**40, 10**40),
    ],
)
def test_exact_takes_as_the_same(expected: Any, got: Any) -> None:
    assert same_value(expected, got, "exact")
    assert same_value([expected], [got], "unordered")


@pytest.mark.parametrize(
    ("expected", "got"), [(1, 1.00001), (math.inf, 1e308), (True, 1.0), (10**400, 1.0), ("1", 1)]
)
def test_float_still_refuses(expected: Any, got: Any) -> None:
    assert not same_value(expected, got, "float")


HOSTILE = [nested(100_000), object(), {1, 2}, 10**5000, [10**5000, 1.5], {"a": object()}, b"x"]


@pytest.mark.parametrize("comparison", COMPARISONS)
@pytest.mark.parametrize("hostile", HOSTILE, ids=lambda value: type(value).__name__)
def test_a_hostile_value_is_never_an_error(hostile: Any, comparison: str) -> None:
    for other in (0, [0], {"a": 1}, nested(50_000)):
        assert not same_value(other, hostile, comparison)
        assert first_difference(other, hostile, comparison)


def test_an_unknown_comparison_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown comparison"):
        same_value(1, 1, "roughly")


@given(LINES)
def test_white_space_at_line_ends_and_empty_lines_at_the_end_do_not_count(text: str) -> None:
    padded = "\n".join(line + "  " for line in text.split("\n")) + "\n\n"

    assert same_output(text, padded, "exact")
    assert output_difference(text, padded, "exact") == ""


@pytest.mark.parametrize(
    ("expected", "got", "comparison", "same"),
    [
        ("1 2\n", "1 2", "exact", True),
        ("1 2\n", "1  2\n", "exact", False),
        ("1\n2\n", "2\n1\n", "exact", False),
        ("1\n2\n", "2\n1\n", "unordered", True),
        ("1\n1\n2\n", "1\n2\n2\n", "unordered", False),
        ("0.3333333\n", "0.33333339\n", "float", True),
        ("x 0.5\n", "x 0.6\n", "float", False),
        ("x 0.5\n", "y 0.5\n", "float", False),
        ("1\n\n2", "1\n2", "exact", False),
        ("1\r\n2\r\n", "1\n2\n", "exact", True),
        ("1000", "1_000", "float", False),
        ("1", "\u0661", "float", False),
        ("nan -inf", "NaN -Infinity", "float", True),
    ],
)
def test_programs_are_compared_by_lines(expected: str, got: str, comparison: str, same: bool) -> None:
    assert same_output(expected, got, comparison) is same
    assert bool(output_difference(expected, got, comparison)) is not same


def test_integers_beyond_the_doubles_are_compared_digit_by_digit() -> None:
    huge = 10**400

    assert same_value([huge, 1], [1, huge], "unordered")
    assert not same_value([huge], [huge + 1], "unordered")
    assert same_value(huge, huge, "float")
