"""GET /v1/tracks, /v1/tracks/{slug}, /v1/problems/{id} over HTTP."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client, override_settings
from pytest_django import DjangoAssertNumQueries
from pytest_httpserver import HTTPServer
from rest_framework.serializers import BaseSerializer, ListSerializer, Serializer

from catalog import languages, schemas
from tests.callers import Caller
from tests.catalog.samples import imported

pytestmark = pytest.mark.usefixtures("tracks")

PROBLEM = "/v1/problems/longest-climb"


@pytest.fixture
def without_node() -> Iterator[None]:
    """An installation that cannot run JavaScript."""
    before = list(languages._checks)
    languages.set_runtime_check(lambda: {"python": True, "javascript": False})
    yield
    languages._checks[:] = before


def assert_shape(schema: BaseSerializer[Any], value: Any) -> None:
    """`value` has exactly the fields that the OpenAPI document declares."""
    if isinstance(schema, ListSerializer):
        assert isinstance(schema.child, BaseSerializer)
        for item in value:
            assert_shape(schema.child, item)
    elif isinstance(schema, Serializer):
        assert value.keys() == schema.fields.keys()
        for name, field in schema.fields.items():
            if isinstance(field, BaseSerializer):
                assert_shape(field, value[name])


def test_tracks_are_listed(learner: Caller) -> None:
    answer = learner.get("/v1/tracks")

    assert answer.status_code == 200
    assert [track["slug"] for track in answer.json()["results"]] == ["coding-interview-meta"]
    assert_shape(schemas.TrackPageSchema(), answer.json())


def test_a_track_shows_modules_topics_counts_and_languages(learner: Caller) -> None:
    imported({}, {"id": "b"})

    track = learner.get("/v1/tracks/coding-interview-meta").json()

    assert len(track["modules"]) == 14
    assert track["modules"][1]["slug"] == "arrays-strings"
    assert track["modules"][1]["problems"] == 2
    assert {"slug": "two-pointers", "title": "Two pointers"} in track["modules"][1]["topics"]
    assert [language["slug"] for language in track["languages"]] == ["python", "javascript"]
    assert_shape(schemas.TrackSchema(), track)


@pytest.mark.usefixtures("without_node")
def test_a_language_without_a_runtime_is_shown_as_unavailable(learner: Caller) -> None:
    imported({})

    for path in ("/v1/tracks/coding-interview-meta", PROBLEM):
        shown = {
            language["slug"]: language["available"] for language in learner.get(path).json()["languages"]
        }
        assert shown == {"python": True, "javascript": False}


def test_a_problem_shows_what_is_needed_to_solve_it(learner: Caller) -> None:
    imported({})

    problem = learner.get(PROBLEM).json()

    assert problem["visible_tests"] == [{"input": {"heights": [1, 2]}, "expected": 2}]
    assert problem["entry_points"] == {"python": "longest_climb", "javascript": "longestClimb"}
    assert problem["version"] == 1
    assert_shape(schemas.ProblemSchema(), problem)


def test_a_problem_never_shows_hidden_tests_hints_solutions_or_checker(learner: Caller) -> None:
    secret = "s3cr3t"
    imported(
        {
            "visible_tests": [{"input": {"heights": []}, "expected": 0, "category": secret}],
            "hidden_tests": [{"input": {"heights": [secret]}, "expected": secret, "category": secret}],
            "hints": {"L1": secret},
            "solutions": {"python": f"# {secret}"},
            "checker": {"lang": "python", "code": f"# {secret}"},
        }
    )

    answer = learner.get(PROBLEM)

    assert answer.status_code == 200
    assert secret not in answer.content.decode()


def test_an_earlier_version_can_be_asked_for(learner: Caller) -> None:
    imported({"title": "Old"})
    imported({"title": "New"})

    titles = [
        learner.get(PROBLEM, query).json()["title"] for query in ({}, {"version": "1"}, {"version": "2"})
    ]

    assert titles == ["New", "Old", "New"]
    assert learner.get(PROBLEM, {"version": "3"}).status_code == 404


@pytest.mark.parametrize("path", ["/v1/tracks", "/v1/tracks/coding-interview-meta", PROBLEM])
def test_an_unchanged_answer_is_a_304(learner: Caller, stranger: Caller, path: str) -> None:
    imported({})
    first = learner.get(path)

    again = stranger.get(path, if_none_match=first["ETag"])

    assert again.status_code == 304
    assert again.content == b""
    assert again["ETag"] == first["ETag"]
    assert first["Cache-Control"] == "private, no-cache"


@pytest.mark.parametrize("path", ["/v1/tracks/coding-interview-meta", PROBLEM])
def test_a_change_changes_the_entity_tag(learner: Caller, path: str) -> None:
    imported({})
    first = learner.get(path)

    imported({"title": "Changed"}, {"id": "another"})

    again = learner.get(path, if_none_match=first["ETag"])
    assert again.status_code == 200
    assert again["ETag"] != first["ETag"]


@pytest.mark.parametrize(
    ("path", "statements"), [("/v1/tracks", 1), ("/v1/tracks/coding-interview-meta", 3), (PROBLEM, 1)]
)
def test_the_number_of_statements_is_fixed(
    learner: Caller, django_assert_num_queries: DjangoAssertNumQueries, path: str, statements: int
) -> None:
    imported({})
    learner.get(path)  # the first request of a learner also looks the learner up

    with django_assert_num_queries(statements):
        learner.get(path)
    imported(*({"id": f"p-{number}", "topics": [f"topic-{number}"]} for number in range(20)))
    with django_assert_num_queries(statements):
        learner.get(path)


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/v1/tracks/nowhere", 404, "track_not_found"),
        ("/v1/problems/nothing", 404, "problem_not_found"),
        ("/v1/problems/..%2F..", 404, "not_found"),
        (f"{PROBLEM}?version=0", 400, "invalid_request"),
        (f"{PROBLEM}?version=x", 400, "invalid_request"),
        (f"{PROBLEM}?version=99999999999", 400, "invalid_request"),
        (f"{PROBLEM}?verson=1", 400, "invalid_request"),
        ("/v1/tracks?limit=5", 400, "invalid_request"),
        ("/v1/tracks/coding-interview-meta?x=1", 400, "invalid_request"),
        ("/v1/problems/%00", 400, "invalid_request"),
        (f"/v1/problems/{'x' * 101}", 400, "invalid_request"),
    ],
)
def test_what_cannot_be_answered_is_a_problem(learner: Caller, path: str, status: int, code: str) -> None:
    imported({})

    answer = learner.get(path)

    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
    assert answer.json()["code"] == code


@pytest.mark.parametrize("path", ["/v1/tracks", "/v1/tracks/coding-interview-meta", PROBLEM])
def test_who_is_not_signed_in_sees_nothing(path: str) -> None:
    assert Client().get(path).status_code == 401


@pytest.mark.parametrize("who", ["learner", "mentor", "staff", "service"])
def test_anyone_signed_in_may_look(who: str, request: pytest.FixtureRequest) -> None:
    imported({})
    caller: Caller = request.getfixturevalue(who)

    assert [caller.get(path).status_code for path in ("/v1/tracks", PROBLEM)] == [200, 200]


def test_a_refusal_of_the_bank_is_a_502_and_its_absence_a_503(
    learner: Caller, httpserver: HTTPServer
) -> None:
    base = f"/{uuid4()}"
    httpserver.expect_request(f"{base}/internal/problems/refused").respond_with_data(status=401)
    httpserver.expect_request(f"{base}/internal/problems/late").respond_with_data(
        status=503, headers={"Retry-After": "30"}
    )

    with override_settings(PROBLEM_BANK_URL=httpserver.url_for(base)):
        refused = learner.get("/v1/problems/refused")
        late = learner.get("/v1/problems/late")

    assert (refused.status_code, refused.json()["code"]) == (502, "problem_bank_refused")
    assert (late.status_code, late.json()["code"]) == (503, "problem_bank_unreachable")
    assert late["Retry-After"] == "30"
