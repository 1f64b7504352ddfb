"""Entity tags: a stale change is refused, an unchanged answer is not sent again (RFC 9110, section 13)."""

from typing import Any

import pytest
from django.test import Client

from common.api import etag_of

pytestmark = pytest.mark.urls("tests.common.sample_api")


def patch(if_match: str | None) -> Any:
    headers = {} if if_match is None else {"if-match": if_match}
    return Client().patch("/v1/tasks/7", b"{}", content_type="application/json", headers=headers)


def test_an_entity_tag_is_a_quoted_version() -> None:
    assert (etag_of(7), etag_of("abc")) == ('"7"', '"abc"')


@pytest.mark.parametrize("if_match", [None, '"7"', ' "7" ', '"6", "7"', "*", '"a,b", "7"'])
def test_a_change_of_the_current_version_goes_on(if_match: str | None) -> None:
    assert patch(if_match).status_code == 200


@pytest.mark.parametrize("if_match", ['"6"', 'W/"7"', '"6", W/"7"', '"07"', '"*"'])
def test_a_change_of_another_version_is_refused_with_the_current_one(if_match: str) -> None:
    response = patch(if_match)

    assert (response.status_code, response.json()["code"]) == (412, "precondition_failed")
    assert response.headers["ETag"] == '"7"'


@pytest.mark.parametrize("if_match", ["", "7", "W/7", '"7', "\x00", "ü"])
def test_a_header_that_names_no_entity_tag_is_a_bad_request(if_match: str) -> None:
    response = patch(if_match)

    assert response.status_code == 400
    assert response.json()["errors"][0]["pointer"] == "If-Match"


@pytest.mark.parametrize(
    ("if_none_match", "status"),
    [
        ('"7"', 304),
        ('W/"7"', 304),
        ('"6", "7"', 304),
        ("*", 304),
        ('"6"', 200),
        ("7", 200),
        ("", 200),
        ("\xff", 200),
    ],
)
def test_what_the_caller_has_is_not_sent_again(if_none_match: str, status: int) -> None:
    response = Client().get("/v1/tasks/7", headers={"if-none-match": if_none_match})

    assert response.status_code == status
    assert (response.content == b"") == (status == 304)
    assert response.headers.get("ETag") == ('"7"' if status == 304 else None)
