"""Bodies: JSON objects of bounded size and depth come in, JSON goes out."""

import math
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.utils.translation import gettext_lazy
from hypothesis import given
from hypothesis import strategies as st

from common.json_body import MAX_DEPTH, ORJSONRenderer, decode, encode
from common.problems import MalformedBody

pytestmark = pytest.mark.urls("tests.common.sample_api")
MEBIBYTE = 1024 * 1024


def post(body: bytes, address: str = "/v1/bodies", **options: Any) -> Any:
    return Client().generic("POST", address, body, content_type="application/json", **options)


def nested(levels: int) -> bytes:
    return b'{"a":' + b"[" * (levels - 1) + b"]" * (levels - 1) + b"}"


def test_a_json_object_is_read_and_answered() -> None:
    response = post('{"a": [1, 2.5, null, true, "ü\\u0000"]}'.encode())

    assert response.status_code == 201
    assert response.headers["Content-Type"] == "application/json"
    assert response.json() == {"a": [1, 2.5, None, True, "ü\x00"]}


@pytest.mark.parametrize(
    "content_type", ["application/json; charset=utf-8", "application/json;charset=UTF-8"]
)
def test_a_charset_beside_the_media_type_is_fine(content_type: str) -> None:
    response = Client().generic("POST", "/v1/bodies", b"{}", content_type=content_type)

    assert response.status_code == 201


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b" ",
        b"{'a': 1}",
        b'{"a": NaN}',
        b'{"a": Infinity}',
        b'{"a": 1,}',
        b'{"a": "\xff"}',
        b'{"a": "\\ud800"}',
        b"\xef\xbb\xbf{}",
        b'{"a": 1} {"b": 2}',
        b"\x00",
    ],
)
def test_what_is_not_json_is_a_bad_request(body: bytes) -> None:
    response = post(body)

    assert response.status_code == 400
    assert response.json()["code"] == "malformed_body"
    assert ", column " in response.json()["detail"]


def test_the_position_of_the_mistake_is_told() -> None:
    response = post(b'{\n  "a": 1,\n  "b": oops\n}')

    assert "line 3, column 8" in response.json()["detail"]


@pytest.mark.parametrize("body", [b"[]", b'"text"', b"1", b"null", b"true"])
def test_something_else_than_an_object_is_a_bad_request(body: bytes) -> None:
    response = post(body)

    assert (response.status_code, response.json()["detail"]) == (400, "The body must be a JSON object.")


def test_a_view_may_take_an_array() -> None:
    response = post(b"[1, 2]", "/v1/arrays")

    assert (response.status_code, response.json()) == (201, [1, 2])


def test_no_body_is_an_empty_object() -> None:
    response = post(b"")

    assert (response.status_code, response.json()) == (201, {})


def test_a_body_over_one_mebibyte_is_too_large() -> None:
    def of_size(size: int) -> bytes:
        return b'{"a":"' + b"x" * (size - 8) + b'"}'

    largest, too_large = post(of_size(MEBIBYTE)), post(of_size(MEBIBYTE + 1))

    assert largest.status_code == 201
    assert (too_large.status_code, too_large.json()["code"]) == (413, "body_too_large")


def test_nesting_is_limited() -> None:
    deepest, too_deep, bomb = post(nested(MAX_DEPTH)), post(nested(MAX_DEPTH + 1)), post(nested(100_000))

    assert deepest.status_code == 201
    assert (too_deep.status_code, too_deep.json()["code"]) == (400, "malformed_body")
    assert (bomb.status_code, bomb.json()["code"]) == (400, "malformed_body")


def test_brackets_in_text_are_not_nesting() -> None:
    value = {"code": "[" * 100 + "{" * 100, "list": [{"a": []}] * 50}

    assert decode(encode(value)) == value


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(codec="utf-8")),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(st.characters(codec="utf-8")), inner),
    max_leaves=20,
)  # fmt: skip


@given(json_values)
def test_what_is_encoded_reads_back_the_same(value: Any) -> None:
    assert decode(encode(value)) == value


@given(st.binary(max_size=200))
def test_any_bytes_are_a_value_or_a_malformed_body(body: bytes) -> None:
    with suppress(MalformedBody):
        assert decode(encode(decode(body))) == decode(body)


def test_values_have_one_json_form() -> None:
    class Colour(StrEnum):
        RED = "red"

    value = {
        "utc": datetime(2026, 1, 31, 12, tzinfo=UTC),
        "elsewhere": datetime(2026, 1, 31, 12, tzinfo=timezone(timedelta(hours=2))),
        "id": UUID(int=7),
        "colour": Colour.RED,
        "amount": Decimal("1.5"),
        "lazy": gettext_lazy("Yes"),
        "set": {"b", "a"},
    }

    assert decode(encode(value)) == {
        "utc": "2026-01-31T12:00:00Z",
        "elsewhere": "2026-01-31T12:00:00+02:00",
        "id": "00000000-0000-0000-0000-000000000007",
        "colour": "red",
        "amount": 1.5,
        "lazy": "Yes",
        "set": ["a", "b"],
    }


def test_a_value_without_a_json_form_is_a_defect() -> None:
    with pytest.raises(TypeError):
        encode({"a": object()})


def test_nothing_is_rendered_as_nothing_and_nan_as_null() -> None:
    assert ORJSONRenderer().render(None) == b""
    assert ORJSONRenderer().render({"a": math.nan}) == b'{"a":null}'
