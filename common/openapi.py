"""The OpenAPI 3.1 document and the page that shows it.

What all calls share is added here, so that views declare only what is their own: the problems that a call can
answer, `Idempotency-Key`, and the headers that a view names in `documented_headers`, such as
`{"GET": ("If-None-Match",), "PATCH": ("If-Match",)}`.
"""

import hashlib
from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.generic import TemplateView
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.renderers import OpenApiJsonRenderer, OpenApiJsonRenderer2, OpenApiYamlRenderer
from drf_spectacular.settings import spectacular_settings
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.views import APIView

from common.conditional import not_modified, unchanged
from common.errors import MethodNotAllowed, answer
from common.paging import DEFAULT_LIMIT, MAX_LIMIT
from common.problems import PROBLEM_MEDIA_TYPE, PROBLEM_TYPE, problem_kinds
from common.throttling import RequestThrottle

PROBLEMS = {
    400: ("InvalidRequest", "Body, parameter or header cannot be read; `errors` names each field."),
    401: ("Unauthenticated", "No bearer token, or not a valid one."),
    403: ("Forbidden", "This caller may not do that."),
    404: ("NotFound", "There is no such object, or it is not the caller's."),
    406: ("NotAcceptable", "The answer is not available in an accepted media type."),
    409: ("Conflict", "The present state does not allow that."),
    412: ("PreconditionFailed", "The object was changed since; `ETag` tells its current version."),
    413: ("BodyTooLarge", "The body is larger than 1 MiB."),
    415: ("UnsupportedMediaType", "The body is not `application/json`."),
    422: ("Unprocessable", "Well-formed but not to be followed, such as a reused `Idempotency-Key`."),
    429: ("TooManyRequests", "A limit is reached; `Retry-After` tells when to come back, in seconds."),
    503: (
        "Unavailable",
        "Something this call needs is away for a moment. It is not known whether a change was made; repeat the request"
        " with the same `Idempotency-Key`.",
    ),
}
HEADERS: dict[str, tuple[dict[str, Any], str]] = {
    "Idempotency-Key": (
        {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[ -~]+$"},
        "The same request with the same key gets the first answer again (24 hours); another request a 422.",
    ),
    "If-Match": (
        {"type": "string"},
        "Entity tags; go on only if the object still has one of these versions.",
    ),
    "If-None-Match": (
        {"type": "string"},
        "Entity tags; 304 when the answer still has one of these versions.",
    ),
    "Prefer": ({"type": "string"}, "`wait=N`: wait up to N seconds (at most 30) for the result (RFC 7240)."),
}
RENDERERS: dict[str, type[BaseRenderer]] = {
    renderer.media_type: renderer
    for renderer in (OpenApiJsonRenderer2, OpenApiJsonRenderer, OpenApiYamlRenderer)
}
PAGE_PARAMETERS = [
    OpenApiParameter(
        "limit",
        {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT},
        description="Rows on a page.",
    ),
    OpenApiParameter("cursor", str, description="Where the page starts; comes from `next` or `previous`."),
]
TAGS = {
    "Study paths": "A learner's personalised way through a track.",
    "Study tasks": "What there is to do, what was done, and the log of it.",
    "Evaluations": "Submitted code and its verdict.",
    "Reviews": "What comes back, when, and why: spaced repetition.",
    "Catalogue": "Tracks, modules and problems.",
}
SECURITY_SCHEMES = {
    "bearer": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "A token of the identity service; `manage.py issue_token` makes one locally.",
    }
}
PROBLEM_SCHEMA: dict[str, Any] = {
    "type": "object",
    "description": "Problem details (RFC 9457).",
    "required": ["type", "title", "status", "detail", "instance", "code", "errors"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference", "examples": [f"{PROBLEM_TYPE}invalid_request"]},
        "title": {"type": "string", "examples": ["The request is not valid"]},
        "status": {"type": "integer", "minimum": 400, "maximum": 599, "examples": [400]},
        "detail": {"type": "string", "examples": ["#/tasks/3/difficulty: A valid integer is required."]},
        "instance": {"type": "string", "format": "uri-reference", "examples": ["/v1/study-tasks/batch"]},
        "code": {"type": "string", "pattern": "^[a-z_]+$", "examples": ["invalid_request"]},
        "errors": {"type": "array", "items": {"$ref": "#/components/schemas/FieldProblem"}},
    },
}
FIELD_PROBLEM_SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["pointer", "code", "detail"],
    "properties": {
        "pointer": {
            "type": "string",
            "description": "JSON pointer into the body (RFC 6901), or the name of a parameter or header.",
            "examples": ["#/tasks/3/difficulty"],
        },
        "code": {"type": "string", "examples": ["invalid"]},
        "detail": {"type": "string", "examples": ["A valid integer is required."]},
    },
}


class ProblemAutoSchema(AutoSchema):
    """drf-spectacular's inspection of a view, and what every call of this API has."""

    def get_auth(self) -> list[dict[str, Any]]:
        return [{"bearer": []}] if self.view.get_authenticators() else []

    def get_override_parameters(self) -> list[Any]:
        return [_header_parameter(name) for name in self._header_names()]

    def _header_names(self) -> tuple[str, ...]:
        declared: dict[str, tuple[str, ...]] = getattr(self.view, "documented_headers", {})
        names = declared.get(self.method, ())
        handler = getattr(self.view, self.method.lower(), None)
        if getattr(handler, "is_idempotent", False) and "Idempotency-Key" not in names:
            return ("Idempotency-Key", *names)
        return names

    def _get_response_bodies(self, direction: Any = "response") -> dict[str, Any]:
        bodies: dict[str, Any] = super()._get_response_bodies(direction)
        headers = self._header_names()
        if "If-None-Match" in headers:
            bodies.setdefault("304", {"description": "The caller has the current version already."})
        for status in self._problem_statuses(headers):
            bodies.setdefault(str(status), {"$ref": f"#/components/responses/{PROBLEMS[status][0]}"})
        return dict(sorted(bodies.items()))

    def _problem_statuses(self, headers: tuple[str, ...]) -> set[int]:
        """Which of `PROBLEMS` this call can answer."""
        changes = self.method in {"POST", "PUT", "PATCH", "DELETE"}
        applies = {
            (401, 403): bool(self.view.get_authenticators()),
            (404,): "{" in self.path,
            (409, 413, 415): changes,
            (412,): "If-Match" in headers,
            (422,): "Idempotency-Key" in headers,
            (429,): bool(self.view.get_throttles()),
            (400, 406, 503): True,
        }
        return {status for statuses, holds in applies.items() if holds for status in statuses}


def _header_parameter(name: str) -> OpenApiParameter:
    schema, description = HEADERS[name]
    return OpenApiParameter(name, schema, OpenApiParameter.HEADER, description=description)


def finish_document(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """Post-processing hook: server, tags, and the problems that the calls refer to."""
    result["servers"] = [{"url": "/", "description": "The server that gave this document."}]
    used = {
        tag for item in result["paths"].values() for call in item.values() for tag in call.get("tags", ())
    }
    result["tags"] = [{"name": name, "description": text} for name, text in TAGS.items() if name in used]
    components = result.setdefault("components", {})
    components.setdefault("schemas", {}).update(Problem=PROBLEM_SCHEMA, FieldProblem=FIELD_PROBLEM_SCHEMA)
    components["securitySchemes"] = SECURITY_SCHEMES
    components["responses"] = {
        **components.get("responses", {}),
        **{name: _problem_answer(status, text) for status, (name, text) in PROBLEMS.items()},
    }
    return result


def _problem_answer(status: int, description: str) -> dict[str, Any]:
    retry = {"Retry-After": {"schema": {"type": "integer"}, "description": "Seconds."}}
    return {
        "description": description,
        **({"headers": retry} if status in {429, 503} else {}),
        "content": {PROBLEM_MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }


@cache
def document(media_type: str) -> tuple[bytes, str]:
    """The document in one of `RENDERERS`, and its entity tag; made once in a process, when asked for."""
    generator = spectacular_settings.DEFAULT_GENERATOR_CLASS()
    schema = generator.get_schema(request=None, public=True)
    rendered = RENDERERS[media_type]().render(schema, renderer_context={})
    body = rendered.encode() if isinstance(rendered, str) else rendered
    return body, f'"{hashlib.sha256(body).hexdigest()[:32]}"'


class SchemaView(APIView):
    """The OpenAPI document, as JSON or YAML by `Accept`."""

    authentication_classes = []
    permission_classes = []
    throttle_classes = [RequestThrottle]
    renderer_classes = list(RENDERERS.values())

    @extend_schema(exclude=True)
    def get(self, request: Request) -> HttpResponse:
        renderer = request.accepted_renderer
        body, etag = document(renderer.media_type)
        if not_modified(request, etag):
            return unchanged(etag)
        return HttpResponse(body, content_type=renderer.media_type, headers={"ETag": etag})


class DocsView(TemplateView):
    """The document to read and try out, then every kind of problem at the address that its `type` names."""

    template_name = "docs.html"
    http_method_names = ["get", "head", "options"]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kinds = [{"status": kind.status, "code": kind.code, "title": kind.title} for kind in problem_kinds()]
        return super().get_context_data(kinds=kinds, **kwargs)

    def http_method_not_allowed(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        refusal = MethodNotAllowed(
            f"{request.method} is not allowed here.", headers={"Allow": "GET, HEAD, OPTIONS"}
        )
        return answer(refusal, path=request.path)
