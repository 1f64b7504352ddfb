"""The document says what every call can answer; the page shows it under our Content-Security-Policy."""

from typing import Any

import pytest
import yaml
from django.test import Client
from drf_spectacular import validation
from drf_spectacular.settings import spectacular_settings
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.idempotency import idempotent
from common import openapi
from common.errors import problem_kinds
from common.openapi import PAGE_PARAMETERS

pytestmark = pytest.mark.urls("tests.common.sample_api")


class Documented(APIView):
    documented_headers = {"GET": ("If-None-Match",), "POST": ("Prefer",), "PATCH": ("If-Match",)}

    @extend_schema(responses={200: {"type": "object"}}, parameters=PAGE_PARAMETERS, tags=["Study tasks"])
    def get(self, request: Request, task_id: str) -> Response:
        raise NotImplementedError

    @extend_schema(request={"type": "object"}, responses={202: {"type": "object"}}, tags=["Study tasks"])
    @idempotent
    def post(self, request: Request, task_id: str) -> Response:
        raise NotImplementedError

    @extend_schema(request={"type": "object"}, responses={200: {"type": "object"}}, tags=["Study tasks"])
    def patch(self, request: Request, task_id: str) -> Response:
        raise NotImplementedError


class Public(APIView):
    authentication_classes = []
    permission_classes = []
    throttle_classes = []

    @extend_schema(responses={200: {"type": "object"}})
    def get(self, request: Request) -> Response:
        raise NotImplementedError


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    from django.urls import path

    patterns = [path("v1/tasks/<uuid:task_id>", Documented.as_view()), path("v1/public", Public.as_view())]
    generator = spectacular_settings.DEFAULT_GENERATOR_CLASS(patterns=patterns)
    found: dict[str, Any] = generator.get_schema(request=None, public=True)
    return found


def call(document: dict[str, Any], method: str) -> dict[str, Any]:
    found: dict[str, Any] = document["paths"]["/v1/tasks/{task_id}"][method]
    return found


def test_the_document_is_valid_openapi_3_1(document: dict[str, Any]) -> None:
    library: Any = validation
    library.validate_schema(document)

    assert document["openapi"].startswith("3.1")
    assert document["servers"][0]["url"] == "/"
    assert [tag["name"] for tag in document["tags"]] == ["Study tasks"]
    assert document["components"]["securitySchemes"]["bearer"]["scheme"] == "bearer"


@pytest.mark.parametrize(
    ("method", "statuses"),
    [
        ("get", "200 304 400 401 403 404 406 429 503"),
        ("post", "202 400 401 403 404 406 409 413 415 422 429 503"),
        ("patch", "200 400 401 403 404 406 409 412 413 415 429 503"),
    ],
)
def test_every_status_that_a_call_can_answer_is_in_it(
    document: dict[str, Any], method: str, statuses: str
) -> None:
    assert " ".join(call(document, method)["responses"]) == statuses


def test_a_public_call_answers_fewer(document: dict[str, Any]) -> None:
    public = document["paths"]["/v1/public"]["get"]

    assert list(public["responses"]) == ["200", "400", "406", "503"]
    assert "security" not in public


def test_every_problem_is_described_once_and_referred_to(document: dict[str, Any]) -> None:
    problem = call(document, "get")["responses"]["429"]

    assert problem == {"$ref": "#/components/responses/TooManyRequests"}
    described = document["components"]["responses"]["TooManyRequests"]
    assert list(described["content"]) == ["application/problem+json"]
    assert "Retry-After" in described["headers"]
    assert document["components"]["schemas"]["Problem"]["required"]


@pytest.mark.parametrize(
    ("method", "headers"),
    [("get", {"If-None-Match"}), ("post", {"Idempotency-Key", "Prefer"}), ("patch", {"If-Match"})],
)
def test_headers_are_parameters_where_they_are_read(
    document: dict[str, Any], method: str, headers: set[str]
) -> None:
    parameters = call(document, method)["parameters"]

    assert {parameter["name"] for parameter in parameters if parameter["in"] == "header"} == headers


def test_page_parameters_carry_their_bounds(document: dict[str, Any]) -> None:
    parameters = {parameter["name"]: parameter for parameter in call(document, "get")["parameters"]}

    assert parameters["limit"]["schema"] == {"type": "integer", "minimum": 1, "maximum": 200, "default": 50}
    assert parameters["cursor"]["schema"]["type"] == "string"


def test_calls_need_a_bearer_token(document: dict[str, Any]) -> None:
    assert call(document, "post")["security"] == [{"bearer": []}]


def test_every_described_problem_is_a_kind_that_exists() -> None:
    by_status = {kind.status for kind in problem_kinds()}

    assert by_status >= openapi.PROBLEMS.keys()


class TestServing:
    """The calls of the sample API have no declared answers: that is what a document without care looks like."""

    @pytest.fixture(autouse=True)
    def document_of_this_test(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        openapi.document.cache_clear()

    @pytest.mark.parametrize(
        ("accept", "content_type"),
        [
            ("*/*", "application/json"),
            ("application/json", "application/json"),
            ("application/vnd.oai.openapi", "application/vnd.oai.openapi"),
            ("application/vnd.oai.openapi+json", "application/vnd.oai.openapi+json"),
        ],
    )
    def test_the_document_is_served_without_a_token_in_two_forms(
        self, accept: str, content_type: str
    ) -> None:
        response = Client().get("/v1/schema", headers={"accept": accept})

        assert (response.status_code, response.headers["Content-Type"]) == (200, content_type)
        assert yaml.safe_load(response.content)["openapi"].startswith("3.1")

    def test_an_unchanged_document_is_not_sent_again(self) -> None:
        etag = Client().get("/v1/schema").headers["ETag"]

        response = Client().get("/v1/schema", headers={"if-none-match": etag})

        assert (response.status_code, response.content) == (304, b"")

    def test_the_page_needs_nothing_that_the_policy_forbids(self) -> None:
        response = Client().get("/v1/docs", headers={"accept": "text/html"})

        assert response.status_code == 200
        assert "default-src 'self'" in response.headers["Content-Security-Policy"]
        assert "<style" not in response.text
        assert " style=" not in response.text
        assert "<script>" not in response.text
        assert "https://" not in response.text
        assert 'data-schema="/v1/schema"' in response.text

    def test_every_type_of_a_problem_leads_to_its_entry(self) -> None:
        page = Client().get("/v1/docs").text

        assert [kind.code for kind in problem_kinds() if f'id="problem-{kind.code}"' not in page] == []

    def test_the_page_is_read_only(self) -> None:
        response = Client().delete("/v1/docs")

        assert (response.status_code, response.json()["code"]) == (405, "method_not_allowed")
