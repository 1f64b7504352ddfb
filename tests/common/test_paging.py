"""Cursor pages: complete, in order, stable, in both directions, by hand-written SQL and by the ORM alike."""

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import Learner
from common.ids import uuid7
from common.paging import Keyset, read_cursor, write_cursor
from common.problems import InvalidRequest
from tests.common.sample_api import LEARNERS

pytestmark = [pytest.mark.urls("tests.common.sample_api"), pytest.mark.django_db]
both = pytest.mark.parametrize("how", ["sql", "orm"])
START = datetime(2026, 1, 1, tzinfo=UTC)

SOME_ID = "01890a5d-ac96-774b-bcce-b302099a8057"  # the same in every worker of a test run


@pytest.fixture(autouse=True)
def seven_learners() -> None:
    """Newest first they are g to a; b, c and d came at the same moment."""
    moments = [0, 1, 1, 1, 2, 3, 4]
    for name, seconds in zip("abcdefg", moments, strict=True):
        add(name, START + timedelta(seconds=seconds))


def add(name: str, at: datetime) -> None:
    Learner.objects.create(id=uuid7(), user_id=name, created_at=at)


def get(url: str) -> Any:
    response = Client().get(url)
    assert response.status_code == 200, response.content
    return response.json()


def walk(url: str | None, direction: str = "next") -> list[list[str]]:
    pages = []
    while url:
        page = get(url)
        pages.append(page["results"])
        url = page[direction]
    return pages


@both
@pytest.mark.parametrize("limit", [1, 2, 3, 6, 7, 8, 200])
def test_following_next_shows_everything_once_and_in_order(how: str, limit: int) -> None:
    pages = walk(f"/v1/learners/{how}?limit={limit}")

    assert "".join(name for page in pages for name in page) == "gfedcba"
    assert all(len(page) == limit for page in pages[:-1])
    assert pages[-1]


@both
def test_following_previous_goes_the_same_way_back(how: str) -> None:
    url = f"/v1/learners/{how}?limit=3"
    last = get(get(get(url)["next"])["next"])

    assert (last["results"], last["next"]) == (["a"], None)
    assert walk(last["previous"], "previous") == [["d", "c", "b"], ["g", "f", "e"]]


@both
def test_the_first_page_of_the_way_back_has_no_previous_and_leads_forward_again(how: str) -> None:
    first = get(get(get(f"/v1/learners/{how}?limit=3")["next"])["previous"])

    assert (first["results"], first["previous"]) == (["g", "f", "e"], None)
    assert get(first["next"])["results"] == ["d", "c", "b"]


@both
def test_a_page_does_not_shift_when_rows_are_added_before_it(how: str) -> None:
    first = get(f"/v1/learners/{how}?limit=3")
    add("new", START + timedelta(days=1))

    second = get(first["next"])

    assert second["results"] == ["d", "c", "b"]
    assert get(second["previous"])["results"] == ["g", "f", "e"]
    assert get(get(second["previous"])["previous"])["results"] == ["new"]


@both
def test_pages_whose_rows_are_gone_end_the_walk(how: str) -> None:
    first = get(f"/v1/learners/{how}?limit=3")
    second = get(first["next"])
    Learner.objects.all().delete()

    assert get(first["next"]) == {"next": None, "previous": None, "results": []}
    back = get(second["previous"])
    assert (back["results"], back["previous"]) == ([], None)
    assert back["next"] == f"http://testserver/v1/learners/{how}?limit=3"


def test_an_empty_table_is_one_empty_page() -> None:
    Learner.objects.all().delete()

    assert get("/v1/learners/orm") == {"next": None, "previous": None, "results": []}


def test_links_are_absolute_and_keep_the_other_parameters() -> None:
    page = get("/v1/learners/orm?limit=3&kept=%C3%BC%26x")

    link = urlsplit(page["next"])
    assert (link.scheme, link.netloc, link.path) == ("http", "testserver", "/v1/learners/orm")
    parameters = parse_qs(link.query)
    assert parameters.keys() == {"limit", "kept", "cursor"}
    assert (parameters["limit"], parameters["kept"]) == (["3"], ["ü&x"])
    assert len(parse_qs(urlsplit(get(page["next"])["next"]).query)["cursor"]) == 1


def test_fifty_rows_are_a_page_when_nothing_is_said() -> None:
    Learner.objects.bulk_create(
        Learner(id=uuid7(), user_id=f"x{number}", created_at=START) for number in range(60)
    )

    assert len(get("/v1/learners/orm")["results"]) == 50


@pytest.mark.parametrize("limit", ["0", "201", "-1", "x", "", "1.0", "9" * 4000])
def test_a_limit_that_cannot_be_is_a_bad_request(limit: str) -> None:
    response = Client().get(f"/v1/learners/sql?limit={limit}")

    assert (response.status_code, response.json()["errors"][0]["pointer"]) == (400, "limit")


def forged(*content: Any) -> str:
    return write_cursor(Keyset(content[0], ()), content[2:], backwards=content[1])


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "x",
        "%00",
        "%FF",
        "AAAA",
        "A" * 5000,
        forged("learners", False),
        forged("learners", False, "2026-01-01T00:00:00Z"),
        forged("learners", False, "2026-01-01T00:00:00", SOME_ID),
        forged("learners", False, "0000-13-45T00:00:00Z", SOME_ID),
        forged("learners", False, 7, SOME_ID),
        forged("learners", False, "2026-01-01T00:00:00Z", "no uuid"),
        forged("learners", False, "2026-01-01T00:00:00Z", None),
        forged("learners", False, "2026-01-01T00:00:00Z", SOME_ID, 1),
        forged("learners", "yes", "2026-01-01T00:00:00Z", SOME_ID),
        forged("others", False, "2026-01-01T00:00:00Z", SOME_ID),
    ],
)
def test_a_cursor_that_this_list_never_gave_is_a_bad_request(cursor: str) -> None:
    response = Client().get(f"/v1/learners/sql?cursor={cursor}")

    assert (response.status_code, response.json()["errors"][0]["pointer"]) == (400, "cursor")


EVERYTHING = Keyset("all", (("at", "instant"), ("n", "int"), ("t", "text"), ("id", "uuid")))


@given(
    st.tuples(
        st.datetimes(timezones=st.just(UTC)),
        st.integers(-(2**63) + 1, 2**63 - 1),
        st.text(st.characters(codec="utf-8", exclude_characters="\x00\ufffd"), max_size=40),
        st.uuids(),
    ),
    st.booleans(),
)
def test_a_cursor_keeps_every_kind_of_value(start: tuple[Any, ...], backwards: bool) -> None:
    cursor = write_cursor(EVERYTHING, start, backwards=backwards)

    assert read_cursor(cursor, EVERYTHING) == (backwards, start)


@given(st.text(max_size=60) | st.binary(max_size=60).map(lambda raw: raw.hex()))
def test_any_other_text_is_refused_as_a_cursor(cursor: str) -> None:
    with pytest.raises(InvalidRequest):
        read_cursor(cursor, EVERYTHING)


@both
def test_a_page_is_one_query_answered_by_one_index_range(how: str) -> None:
    """Row comparison, because `a < x OR (a = x AND id < y)` makes PostgreSQL filter instead of seek."""
    second = get(f"/v1/learners/{how}?limit=3")["next"]
    with connection.cursor() as cursor:
        cursor.execute("CREATE INDEX keyset ON learners (created_at, id)")

    with CaptureQueriesContext(connection) as queries:
        get(second)

    (query,) = queries.captured_queries
    with connection.cursor() as cursor:
        # Seven rows would be sorted rather than sought.
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off")
        cursor.execute(f"EXPLAIN (COSTS OFF) {query['sql']}")
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "Index Cond: (ROW(created_at, id) <" in plan
    assert "Sort" not in plan
    assert LEARNERS.descending
