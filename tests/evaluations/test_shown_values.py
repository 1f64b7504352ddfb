"""Whatever code returns can be kept, answered and read: the report of a verdict never stands in its way."""

import math
from typing import Any

import orjson
import pytest

from evaluations.sandbox import judge_locally
from evaluations.shown_values import DEEPEST, LONGEST_TEXT, cut, presentable
from tests.evaluations.bundles import function_bundle


def nested(levels: int) -> Any:
    """A list in a list …: `levels` of them."""
    value: Any = []
    for _ in range(levels - 1):
        value = [value]
    return value


def depth_of(value: Any) -> int:
    return 1 + max(map(depth_of, value), default=0) if isinstance(value, list) else 0


@pytest.mark.parametrize("value", [0, -1, 2**53 - 1, 1 - 2**53, 1e300, True, None, "é", [1, {"a": [2]}], {}])
def test_plain_values_are_shown_as_they_are(value: Any) -> None:
    assert presentable(value) == value


@pytest.mark.parametrize("value", [2**53, -(2**53), 2**64, -(2**64), 10**400])
def test_integers_that_clients_would_round_are_shown_by_their_digits(value: int) -> None:
    assert presentable([value, {"n": value}]) == [str(value), {"n": str(value)}]


def test_numbers_that_json_lacks_are_shown_by_name() -> None:
    assert presentable([math.nan, math.inf, -math.inf]) == ["NaN", "Infinity", "-Infinity"]


def test_what_is_nested_too_deeply_is_shown_as_text() -> None:
    assert presentable(nested(DEEPEST)) == nested(DEEPEST)

    shown = presentable(nested(DEEPEST + 2))

    assert depth_of(shown) == DEEPEST
    assert orjson.dumps(shown).count(b'"[[]]"') == 1


@pytest.mark.parametrize(
    "value", [nested(300), nested(900), "\ud800\0", {"\ud800": 1}, ["x" * 9000], [10**5000]]
)
def test_everything_is_shown_in_a_way_that_can_be_written(value: Any) -> None:
    written = orjson.dumps(presentable(value))

    assert len(written) < 5 * LONGEST_TEXT


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("<function f at 0x7f06fd064720>", "<function f at 0x…>"),
        ("{<a.B object at 0x7f06fd064720>: 1}", "{<a.B object at 0x…>: 1}"),
        ("…ction f at 0x7f06fd064720>", "…ction f at 0x…>"),
        ("<function f at 0x7f06fd06", "<function f at 0x…"),
        ("stopped at 0xdeadbeef", "stopped at 0xdeadbeef"),
        ("<stopped at 0x1f>", "<stopped at 0x1f>"),
    ],
)
def test_addresses_of_objects_are_left_out(text: str, shown: str) -> None:
    """They are others in every run; numbers that a problem is about stay."""
    assert cut(text) == shown
    assert presentable([text]) == [shown]


@pytest.mark.parametrize("answer", ["2 ** 64", "10 ** 300", "deep(300)", "deep(450)", "{2 ** 70: [2 ** 70]}"])
@pytest.mark.parametrize("expected", [0, 2**64])
def test_the_report_of_any_answer_can_be_written(answer: str, expected: int) -> None:
    code = f"def deep(n):\n    return [deep(n - 1)] if n else []\ndef solve(value):\n    return {answer}\n"

    judgement = judge_locally(function_bundle((2**64, expected)), "python", code)

    assert judgement.cases[0].details
    assert orjson.dumps(judgement.cases[0].details)
