"""Every failure is a problem (RFC 9457) with a stable code, and tells nothing that is not the caller's business."""

import logging
from typing import Any

import pytest
from django.test import Client
from django.utils.translation import gettext_lazy

from accounts import idempotency
from common import problems
from common.errors import Conflict, TooManyRequests, answer, problem_kinds
from common.problems import FieldProblem, field_problems
from tests.callers import Caller

pytestmark = pytest.mark.urls("tests.common.sample_api")
MEMBERS = {"type", "title", "status", "detail", "instance", "code", "errors"}


@pytest.fixture
def client() -> Client:
    return Client(raise_request_exception=False)


def problem_of(response: Any, status: int, code: str) -> dict[str, Any]:
    assert response.status_code == status, response.content
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.headers["Cache-Control"] == "no-store"
    body: dict[str, Any] = response.json()
    assert body.keys() == MEMBERS
    assert (body["status"], body["code"]) == (status, code)
    assert body["type"] == f"/v1/docs#problem-{code}"
    assert body["instance"] == response.request["PATH_INFO"]
    return body


@pytest.mark.parametrize(
    ("kind", "status", "code"),
    [
        ("missing", 404, "not_found"),
        ("drf-missing", 404, "not_found"),
        ("throttled", 429, "too_many_requests"),
        ("conflict", 409, "conflict"),
        ("database", 503, "database_unavailable"),
        ("redis", 503, "queue_unavailable"),
        ("broker", 503, "queue_unavailable"),
        ("model", 400, "invalid_request"),
        ("suspicious", 400, "invalid_request"),
        ("unexpected", 500, "internal_error"),
    ],
)
def test_a_failure_of_a_view_is_a_problem(client: Client, kind: str, status: int, code: str) -> None:
    response = client.get(f"/v1/fail/{kind}")

    problem_of(response, status, code)
    assert "secret" not in response.text
    assert "10.0.0" not in response.text
    assert "StudyTask" not in response.text


def test_an_outage_of_the_database_claims_nothing_about_the_change(client: Client) -> None:
    """The connection may break between the commit and the word of it: only the key tells whether it was made."""
    detail = client.get("/v1/fail/database").json()["detail"]

    assert detail == (
        "It is not known whether a change was made; repeat the request with the same Idempotency-Key."
    )


def test_an_unexpected_failure_is_logged_with_its_traceback(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR, logger="common.errors"):
        client.get("/v1/fail/unexpected")

    (record,) = [record for record in caplog.records if record.name == "common.errors"]
    assert record.exc_info is not None
    assert isinstance(record.exc_info[1], RuntimeError)


@pytest.mark.parametrize(
    ("kind", "seconds"), [("throttled", "4"), ("too-many", "3"), ("database", "1"), ("redis", "1")]
)
def test_a_failure_that_passes_says_when_to_come_back(client: Client, kind: str, seconds: str) -> None:
    response = client.get(f"/v1/fail/{kind}")

    assert response.headers["Retry-After"] == seconds


def test_waiting_is_rounded_up_and_never_zero() -> None:
    waits = [TooManyRequests("x", retry_after=seconds).retry_after for seconds in (-5, 0, 0.2, 1, 1.01, 60)]

    assert waits == [1, 1, 1, 1, 2, 60]


def test_a_missing_token_is_a_challenge(client: Client) -> None:
    response = client.get("/v1/guarded")

    problem_of(response, 401, "unauthenticated")
    assert response.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.django_db
def test_a_refusal_keeps_its_reason(learner: Caller) -> None:
    response = learner.get("/v1/guarded")

    problem_of(response, 403, "forbidden")
    assert "the reason" not in response.text


def test_another_method_is_told_the_allowed_ones(client: Client) -> None:
    response = client.delete("/v1/batches")

    problem_of(response, 405, "method_not_allowed")
    assert response.headers["Allow"] == "GET, POST, HEAD, OPTIONS"


def test_an_answer_that_nobody_wants_is_a_problem_all_the_same(client: Client) -> None:
    response = client.get("/v1/batches", headers={"accept": "image/png"})

    problem_of(response, 406, "not_acceptable")


@pytest.mark.parametrize("accept", ["*/*", "application/json", "text/html, */*;q=0.1", "application/*", ""])
def test_usual_accept_headers_get_json(client: Client, accept: str) -> None:
    response = client.get("/v1/batches", headers={"accept": accept})

    assert response.headers["Content-Type"] == "application/json"


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/x-www-form-urlencoded", "application/xml"]
)
def test_only_json_bodies_are_read(client: Client, content_type: str) -> None:
    response = client.post("/v1/bodies", "a=1", content_type=content_type)

    problem_of(response, 415, "unsupported_media_type")


def test_head_is_get_without_a_body(client: Client) -> None:
    response = client.head("/v1/batches")

    assert response.status_code == 200
    assert response.content == b""


def test_options_tells_the_methods(client: Client) -> None:
    response = client.options("/v1/batches")

    assert response.status_code == 200
    assert response.json() == {"methods": ["GET", "POST", "HEAD", "OPTIONS"]}
    assert response.headers["Allow"] == "GET, POST, HEAD, OPTIONS"


def test_an_answer_without_a_json_form_is_our_fault(client: Client) -> None:
    response = client.get("/v1/unencodable")

    problem_of(response, 500, "internal_error")


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/v1/nowhere", 404, "not_found"),
        ("/v1/plain/missing", 404, "not_found"),
        ("/v1/plain/suspicious", 400, "invalid_request"),
        ("/v1/plain/database", 503, "database_unavailable"),
        ("/v1/plain/redis", 503, "queue_unavailable"),
        ("/v1/plain/unexpected", 500, "internal_error"),
    ],
)
def test_addresses_outside_drf_answer_problems_too(client: Client, path: str, status: int, code: str) -> None:
    response = client.get(path, headers={"accept": "text/html"})

    problem_of(response, status, code)


@pytest.mark.parametrize(("kind", "status"), [("missing", 404), ("unexpected", 500), ("database", 503)])
def test_a_person_with_a_browser_gets_a_page(client: Client, kind: str, status: int) -> None:
    response = client.get(f"/pages/{kind}", headers={"accept": "text/html,application/xhtml+xml,*/*;q=0.8"})

    assert response.status_code == status
    assert response.headers["Content-Type"].startswith("text/html")
    assert f'<p class="status">{status}</p>' in response.text
    assert "secret" not in response.text
    assert "style=" not in response.text, "the Content-Security-Policy would not apply it"


def test_a_program_that_asks_a_page_for_json_gets_a_problem(client: Client) -> None:
    response = client.get("/pages/missing", headers={"accept": "application/json"})

    problem_of(response, 404, "not_found")


def test_a_host_that_is_not_ours_is_a_bad_request(client: Client) -> None:
    response = client.get("/v1/learners/orm", headers={"host": "evil.example"})

    problem_of(response, 400, "invalid_request")


@pytest.mark.django_db
def test_a_statement_that_takes_too_long_is_a_busy_database(client: Client) -> None:
    response = client.get("/v1/sleeping")

    problem_of(response, 503, "database_busy")
    assert response.headers["Retry-After"] == "1"


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_breaks_is_replaced_for_the_next_request(client: Client) -> None:
    broken = client.get("/v1/cut")

    problem_of(broken, 503, "database_unavailable")
    assert client.get("/v1/alive").status_code == 200


def test_mistakes_in_nested_lists_are_pointed_at(client: Client) -> None:
    body = {
        "path": {"a/b~c": "x"},
        "tasks": [
            {"problem_id": "two-sum", "difficulty": 3},
            {"problem_id": "two-sum", "difficulty": 9, "tags": ["fine", "too long"]},
            {"difficulty": 1},
            "two-sum",
        ],
    }

    response = client.post("/v1/batches", body, content_type="application/json")

    found = {
        (error["pointer"], error["code"]) for error in problem_of(response, 400, "invalid_request")["errors"]
    }
    assert found == {
        ("#/path/a~1b~0c", "invalid"),
        ("#/tasks/1/difficulty", "max_value"),
        ("#/tasks/1/tags/1", "max_length"),
        ("#/tasks/2/problem_id", "required"),
        ("#/tasks/3", "invalid"),
    }


def test_a_mistake_of_the_whole_body_points_at_the_whole_body(client: Client) -> None:
    body = {"tasks": [{"problem_id": "refused", "difficulty": 3}]}

    response = client.post("/v1/batches", body, content_type="application/json")

    problem = problem_of(response, 400, "invalid_request")
    assert problem["errors"] == [
        {"pointer": "#", "code": "refused", "detail": "The batch as a whole is refused."}
    ]
    assert problem["detail"] == "#: The batch as a whole is refused."


def test_the_detail_tells_the_first_mistake_and_counts_the_others(client: Client) -> None:
    response = client.post("/v1/batches", {"tasks": [{}]}, content_type="application/json")

    detail = response.json()["detail"]
    assert detail == "#/tasks/0/problem_id: This field is required. (and 1 more)"


def test_a_flood_of_mistakes_is_cut(client: Client) -> None:
    response = client.post("/v1/batches", {"tasks": [{}] * 500}, content_type="application/json")

    assert len(response.json()["errors"]) == 100


def test_pointers_are_uri_fragments() -> None:
    found = list(field_problems({"ü ": [gettext_lazy("Odd.")]}, in_body=True))

    assert found == [FieldProblem("#/%C3%BC%20", "invalid", "Odd.")]


def test_mistakes_in_parameters_carry_the_parameters_name() -> None:
    found = list(field_problems({"from": ["Odd."], "status": {0: ["Unknown."]}}, in_body=False))

    assert [problem.pointer for problem in found] == ["from", "status.0"]


def test_the_instance_is_a_valid_uri_reference() -> None:
    response = answer(Conflict("x"), path='/v1/users/jürgen "x"/tasks')

    assert b'"instance":"/v1/users/j%C3%BCrgen%20%22x%22/tasks"' in response.content


def test_every_kind_of_problem_has_its_own_code_status_and_title() -> None:
    kinds = problem_kinds()

    codes = [kind.code for kind in kinds]
    assert len(codes) == len(set(codes))
    assert {"invalid_request", "database_unavailable", idempotency.IdempotencyKeyReused.code} <= set(codes)
    assert all(400 <= kind.status < 600 and kind.title and kind.code.islower() for kind in kinds)


def test_a_domain_error_carries_headers_and_field_problems() -> None:
    error = problems.InvalidRequest.at("limit", "integer", "Too large.")
    error.headers["X-Why"] = "because"

    response = answer(error, path="/v1/x")

    assert response.headers["X-Why"] == "because"
    assert b'"errors":[{"pointer":"limit","code":"integer","detail":"Too large."}]' in response.content
