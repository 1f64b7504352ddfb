"""Canonical JSON: one byte sequence for one value, also after a stay in PostgreSQL."""

import json
import math
from typing import Any

import pytest
from django.db import connection
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from common.canonical import MAX_DEPTH, NotStorable, canonical_json, storable

text = st.text(st.characters(codec="utf-8", exclude_characters="\x00"))
numbers = st.integers(-(2**53) + 1, 2**53 - 1) | st.floats(
    min_value=-1e15, max_value=1e15, exclude_min=True, exclude_max=True
)
values = st.recursive(
    st.none() | st.booleans() | numbers | text,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(text, inner, max_size=4),
    max_leaves=15,
)


def test_keys_are_sorted_by_code_point_and_nothing_is_padded() -> None:
    value = {"b": 1, "a": [1.0, None, True], "ü": "ü", "B": {}, "\U0001f600": "/", "\uffff": "\n"}

    written = canonical_json(storable(value)).decode()

    assert written == '{"B":{},"a":[1.0,null,true],"b":1,"ü":"ü","\uffff":"\\n","\U0001f600":"/"}'


@given(st.dictionaries(text, values))
def test_the_order_of_members_does_not_matter(value: dict[str, Any]) -> None:
    turned = dict(reversed(value.items()))

    assert canonical_json(storable(turned)) == canonical_json(storable(value))


@given(values)
def test_it_is_json_that_reads_back_the_same(value: Any) -> None:
    kept = storable(value)

    assert json.loads(canonical_json(kept)) == kept == value


@pytest.mark.django_db
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(values)
@example(5e-324)
@example(999999999999999.9)
@example([0.1, 1e-7, -0.0, 1e14, 123456789.123456789])
def test_a_stay_in_jsonb_changes_no_byte(value: Any) -> None:
    before = canonical_json(storable(value))

    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::jsonb", [before.decode()])
        stored = json.loads(cursor.fetchone()[0])

    assert canonical_json(storable(stored)) == before


@pytest.mark.parametrize(
    ("value", "path"),
    [
        ("a\x00b", ""),
        ({"a": ["x", "\x00"]}, "/a/1"),
        ({"a/b~c": "\x00"}, "/a~1b~0c"),
        ({"\x00": 1}, "/\x00"),
        ("\ud800", ""),
        (math.nan, ""),
        (math.inf, ""),
        (1e15, ""),
        (-1e300, ""),
        (2**53, ""),
        ({"n": [-(2**53)]}, "/n/0"),
    ],
)
def test_what_jsonb_would_change_or_refuse_is_refused_with_its_place(value: Any, path: str) -> None:
    with pytest.raises(NotStorable) as refusal:
        storable(value)

    assert refusal.value.path == path
    assert str(refusal.value).startswith(f"{path or 'value'}: ")


def nested(levels: int) -> Any:
    value: Any = 1
    for _ in range(levels):
        value = [value]
    return value


def test_depth_is_limited() -> None:
    assert storable(nested(MAX_DEPTH)) == nested(MAX_DEPTH)

    with pytest.raises(NotStorable, match="deeper"):
        storable(nested(MAX_DEPTH + 1))


def test_a_copy_is_returned() -> None:
    value = {"a": [1]}

    kept = storable(value)
    value["a"].append(2)

    assert kept == {"a": [1]}


@pytest.mark.parametrize("value", [object(), {1: "a"}, {None: 1}, {"a": {3}}, b"bytes"])
def test_what_is_no_json_value_is_refused(value: Any) -> None:
    with pytest.raises(NotStorable):
        storable(value)
