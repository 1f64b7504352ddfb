"""What stands around the views: browsers' needs on pages, one log line and id for every request."""

import logging
from typing import Any

import pytest
import structlog
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.core.checks import run_checks
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import include, path

from common import errors, middleware
from tests.callers import Caller

seen: list[HttpRequest] = []


def looked_at(request: HttpRequest) -> HttpResponse:
    seen.append(request)
    return HttpResponse(structlog.contextvars.get_contextvars()["request_id"])


urlpatterns = [
    path("v1/call", looked_at),
    path("page", looked_at),
    path("", include("tests.common.sample_api")),
]
handler400, handler404, handler500 = errors.bad_request, errors.not_found, errors.server_error


@pytest.fixture(autouse=True)
def own_addresses(settings: Any) -> None:
    settings.ROOT_URLCONF = __name__
    seen.clear()


def test_a_call_of_the_api_has_no_session_and_no_policy_for_browsers() -> None:
    response = Client().get("/v1/call")

    assert not hasattr(seen[0], "session")
    assert not hasattr(seen[0], "_messages")
    assert "Content-Security-Policy" not in response.headers
    assert "X-Frame-Options" not in response.headers
    assert response.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("address", ["/page", "/v1/docs"])
def test_a_page_has_its_policies(address: str) -> None:
    response = Client().get(address)

    assert response.status_code == 200
    assert "default-src 'self'" in response.headers["Content-Security-Policy"]
    assert response.headers["X-Frame-Options"] == "DENY"


def test_a_page_has_a_session_a_user_and_messages() -> None:
    Client().get("/page")

    assert all(hasattr(seen[0], name) for name in ("session", "user", "_messages"))


def test_a_page_is_guarded_against_foreign_forms() -> None:
    forged = Client(enforce_csrf_checks=True).post("/page", {"a": "1"})
    call = Client(enforce_csrf_checks=True).post("/v1/bodies", {}, content_type="application/json")

    assert (forged.status_code, call.status_code) == (403, 201)


def test_the_admin_recognises_its_middleware() -> None:
    assert issubclass(middleware.PageSessionMiddleware, SessionMiddleware)
    assert issubclass(middleware.PageAuthenticationMiddleware, AuthenticationMiddleware)
    assert issubclass(middleware.PageMessageMiddleware, MessageMiddleware)
    assert [
        str(check) for check in run_checks(tags=["admin"]) if check.id in {"admin.E408", "admin.E410"}
    ] == []


def request_lines(caplog: pytest.LogCaptureFixture) -> list[dict[str, Any]]:
    records: list[Any] = [record for record in caplog.records if record.name == "common.middleware"]
    return [record.msg for record in records]


def test_a_request_is_one_log_line_without_its_query(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, logger="common.middleware")

    Client().get("/v1/call?token=secret", headers={"authorization": "Bearer secret"})

    (line,) = request_lines(caplog)
    assert (line["event"], line["method"], line["path"], line["status"]) == (
        "request",
        "GET",
        "/v1/call",
        200,
    )
    assert line["milliseconds"] >= 0
    assert "secret" not in str(line)


@pytest.mark.django_db
def test_the_log_line_names_the_caller(learner: Caller, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, logger="common.middleware")

    learner.get("/v1/limited")

    (line,) = request_lines(caplog)
    assert line["actor"] == f"learner:{learner.learner_id}"


def test_a_request_has_one_id_in_views_logs_and_answer(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, logger="common.middleware")

    first, second = Client().get("/v1/call"), Client().get("/v1/call")

    ids = [line["request_id"] for line in request_lines(caplog)]
    assert ids == [first.text, second.text] == [first.headers["X-Request-ID"], second.headers["X-Request-ID"]]
    assert ids[0] != ids[1]


@pytest.mark.parametrize(
    ("given", "is_taken"),
    [
        ("0197b8a2-0000-7000-8000-00000000000a", True),
        ("short", False),
        ("x" * 65, False),
        ("eight\n{}", False),
    ],
)
def test_a_callers_plain_id_is_taken(given: str, is_taken: bool) -> None:
    response = Client().get("/v1/call", headers={"x-request-id": given})

    assert (response.headers["X-Request-ID"] == given) == is_taken


@pytest.mark.parametrize(("address", "status"), [("/v1/plain/unexpected", 500), ("/v1/nowhere", 404)])
def test_a_failure_is_logged_and_answered_with_its_id(
    address: str, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="common.middleware")

    response = Client(raise_request_exception=False).get(address)

    (line,) = request_lines(caplog)
    assert (line["status"], line["request_id"]) == (status, response.headers["X-Request-ID"])


def unreachable(get_response: Any) -> Any:
    """A middleware that finds the database away."""

    def fail(request: HttpRequest) -> HttpResponse:
        raise OperationalError("no route to 10.0.0.7")

    return fail


def test_an_outage_inside_another_middleware_is_a_503(settings: Any) -> None:
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, f"{__name__}.unreachable"]

    response = Client(raise_request_exception=False).get("/page", headers={"accept": "text/html"})

    assert (response.status_code, response.headers["Retry-After"]) == (503, "1")
    assert "10.0.0.7" not in response.text
