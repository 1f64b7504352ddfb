"""What comes in an address or a header is read strictly: a value or a 400 that names it, never a 500."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from common.parameters import (
    parse_choice,
    parse_flag,
    parse_instant,
    parse_int,
    parse_interval,
    parse_text,
    parse_uuid,
    printable,
)
from common.problems import InvalidRequest

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-01-31T12:00:00Z", NOON),
        ("2026-01-31T12:00Z", NOON),
        ("2026-01-31T13:00:00+01:00", NOON),
        ("2026-01-31T13:00:00+0100", NOON),
        ("2026-01-31T13:00:00 01:00", NOON),
        ("2026-01-31T02:00:00-10:00", NOON),
        ("2026-01-31T12:00:00.000001Z", NOON.replace(microsecond=1)),
        ("0001-01-01T00:00:00Z", datetime(1, 1, 1, tzinfo=UTC)),
    ],
)
def test_an_instant_is_read_with_its_offset(text: str, instant: datetime) -> None:
    read = parse_instant(text, "from")

    assert read == instant
    assert read.tzinfo is UTC


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "2026-01-31",
        "2026-01-31T12:00:00",
        "2026-01-31 12:00:00Z",
        "0000-13-45T00:00:00Z",
        "2026-02-30T00:00:00Z",
        "2026-01-31T24:30:00Z",
        "2026-01-31T12:00:60Z",
        "2026-W05-6T12:00:00Z",
        "20260131T120000Z",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        "2026-01-31T12:00:00+99:99",
        "\uff12026-01-31T12:00:00Z",
        "2026-01-31T12:00:00.0000001Z",
        "2026-01-31T12:00:00Z\x00",
        "2026-01-31T12:00:00Z\n",
        "9" * 10_000,
    ],
)
def test_what_is_no_instant_is_refused(text: str) -> None:
    with pytest.raises(InvalidRequest) as refusal:
        parse_instant(text, "from")

    assert [(problem.pointer, problem.code) for problem in refusal.value.errors] == [("from", "instant")]


offsets = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@given(st.datetimes(timezones=offsets).filter(lambda instant: 1 < instant.year < 9999))
def test_every_instant_that_python_writes_is_read(instant: datetime) -> None:
    assert parse_instant(instant.isoformat(), "to") == instant


@pytest.mark.parametrize(
    ("text", "interval"),
    [
        ("2026-01-31T12:00:00Z/2026-02-01T00:00:00Z", (NOON, datetime(2026, 2, 1, tzinfo=UTC))),
        ("2026-01-31/2026-02-01", (datetime(2026, 1, 31, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC))),
        ("2026-01-31T12:00:00Z/..", (NOON, None)),
        ("../2026-01-31T12:00:00Z", (None, NOON)),
        ("2026-01-31T12:00:00Z/", (NOON, None)),
    ],
)
def test_a_date_range_is_an_iso_interval(
    text: str, interval: tuple[datetime | None, datetime | None]
) -> None:
    """R066, K-03."""
    assert parse_interval(text, "date_range") == interval


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026-01-31",
        "a/b",
        "2026-01-31/2026-01-31",
        "2026-02-01/2026-01-31",
        "2026-01-31/2026-02-01/2026-03-01",
        "2026-01-31/P1M",
        "0000-13-45/..",
    ],
)
def test_what_is_no_interval_is_refused(text: str) -> None:
    with pytest.raises(InvalidRequest, match="date_range"):
        parse_interval(text, "date_range")


@pytest.mark.parametrize(("text", "number"), [("1", 1), ("200", 200), ("007", 7), ("-5", -5)])
def test_an_integer_within_its_bounds_is_read(text: str, number: int) -> None:
    assert parse_int(text, "limit", minimum=-5, maximum=200) == number


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0",
        "201",
        "1.5",
        "1e2",
        "1_0",
        " 1",
        "+1",
        "\u0663",
        "0x1",
        "9" * 5000,
        "-" + "9" * 30,
        "NaN",
        "1\x00",
    ],
)
def test_what_is_no_integer_within_its_bounds_is_refused(text: str) -> None:
    with pytest.raises(InvalidRequest, match=r"limit: .* from 1 to 200"):
        parse_int(text, "limit", minimum=1, maximum=200)


def test_a_choice_is_one_of_the_known_ones() -> None:
    assert parse_choice("b", "status", ["a", "b"]) == "b"

    with pytest.raises(InvalidRequest, match=r"status: The value must be one of a, b\."):
        parse_choice("B", "status", {"b", "a"})


def test_a_flag_is_true_or_false() -> None:
    assert (parse_flag("true", "passed"), parse_flag("false", "passed")) == (True, False)

    with pytest.raises(InvalidRequest):
        parse_flag("1", "passed")


def test_a_uuid_is_read_in_its_usual_form_only() -> None:
    text = "0197b8a2-0000-7000-8000-00000000000A"

    assert parse_uuid(text, "path") == UUID(text)
    for other in (
        "",
        text[:-1],
        "{" + text + "}",
        "urn:uuid:" + text,
        text.replace("-", ""),
        "\u0660" + text[1:],
    ):
        with pytest.raises(InvalidRequest, match="path"):
            parse_uuid(other, "path")


@pytest.mark.parametrize("text", ["", "x" * 11, "a\x00b", "a\ufffdb", "\ud800"])
def test_text_that_postgresql_would_refuse_is_refused_here(text: str) -> None:
    with pytest.raises(InvalidRequest, match="user_id"):
        parse_text(text, "user_id", maximum_length=10)


@given(
    st.text(min_size=1, max_size=40, alphabet=st.characters(exclude_characters="\x00\ufffd", codec="utf-8"))
)
def test_all_other_text_is_kept(text: str) -> None:
    assert parse_text(text, "user_id") == text


def test_quoted_text_is_cut_and_printable() -> None:
    assert printable("a\nb\x00c\ufffdd" + "x" * 200) == "a?b?c?d" + "x" * 73


@pytest.mark.urls("tests.common.sample_api")
class TestQueryStrings:
    """`refuse_unknown_parameters` on a view that knows `module` and, as often as wished, `status`."""

    def get(self, query: str) -> Any:
        return Client().get(f"/v1/batches?{query}")

    @pytest.mark.parametrize(
        "query", ["", "module=a", "module=", "status=a&status=b", "module=%C3%BC&status="]
    )
    def test_known_parameters_are_taken(self, query: str) -> None:
        assert self.get(query).status_code == 200

    @pytest.mark.parametrize(
        ("query", "pointer", "code"),
        [
            ("modul=a", "modul", "unknown_parameter"),
            ("=a", "", "unknown_parameter"),
            ("module[]=a", "module[]", "unknown_parameter"),
            ("mod%00ule=a", "mod?ule", "unknown_parameter"),
            ("module=a&module=b", "module", "repeated_parameter"),
            ("module=a%00b", "module", "unreadable"),
            ("status=a&status=%00", "status", "unreadable"),
            ("module=%FF%FE", "module", "unreadable"),
            ("module=%ED%A0%80", "module", "unreadable"),
        ],
    )
    def test_everything_else_is_a_bad_request(self, query: str, pointer: str, code: str) -> None:
        response = self.get(query)

        assert response.status_code == 400
        (problem,) = response.json()["errors"]
        assert (problem["pointer"], problem["code"]) == (pointer, code)

    def test_a_thousand_parameters_are_a_bad_request(self) -> None:
        response = self.get("&".join(f"a{number}=1" for number in range(1001)))

        assert response.status_code == 400
        assert response.headers["Content-Type"] == "application/problem+json"
