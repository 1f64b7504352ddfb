"""What can go wrong, and how it is answered: `application/problem+json` for every failure of the API.

Kinds of failure are in `common.problems`; `common.foreign_errors` tells the failures of Django, DRF,
PostgreSQL and Redis in these kinds.
"""

import logging
import sys
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from common import foreign_errors
from common.problems import (
    PROBLEM_MEDIA_TYPE,
    BodyTooLarge,
    Conflict,
    DatabaseBusy,
    DatabaseUnavailable,
    DomainError,
    FieldProblem,
    Forbidden,
    InternalFailure,
    InvalidRequest,
    MalformedBody,
    MethodNotAllowed,
    NotAcceptable,
    NotFound,
    PreconditionFailed,
    QueueUnavailable,
    TooManyRequests,
    Unauthenticated,
    Unavailable,
    Unprocessable,
    UnsupportedMediaType,
    field_problems,
    problem_body,
    problem_kinds,
)

__all__ = [
    "BodyTooLarge",
    "Conflict",
    "DatabaseBusy",
    "DatabaseUnavailable",
    "DomainError",
    "FieldProblem",
    "Forbidden",
    "InternalFailure",
    "InvalidRequest",
    "MalformedBody",
    "MethodNotAllowed",
    "NotAcceptable",
    "NotFound",
    "PreconditionFailed",
    "QueueUnavailable",
    "TooManyRequests",
    "Unauthenticated",
    "Unavailable",
    "Unprocessable",
    "UnsupportedMediaType",
    "answer",
    "bad_request",
    "domain_error",
    "field_problems",
    "not_found",
    "permission_denied",
    "problem_kinds",
    "problem_response",
    "server_error",
]

API_PREFIXES = ("/v1/", "/health/")

logger = logging.getLogger(__name__)


def problem_response(exc: Exception, context: Mapping[str, Any]) -> HttpResponse:
    """DRF's EXCEPTION_HANDLER: every failure of a view as a problem.

    An atomic block has ended, and rolled back, before its exception arrives here; with ATOMIC_REQUESTS off
    nothing is left of what `rest_framework.views.set_rollback` would do.
    """
    request = context["request"]
    return answer(domain_error(exc, method=request.method, path=request.path), path=request.path)


def domain_error(exc: BaseException, *, method: str, path: str) -> DomainError:
    """What `exc` means to the caller. What nobody expected is logged with its traceback."""
    if isinstance(exc, DomainError):
        return exc
    known = foreign_errors.translated(exc, method=method)
    if known is not None:
        return known
    logger.error("unexpected failure of %s %s", method, path, exc_info=exc)
    return InternalFailure("The failure was recorded.")


def answer(error: DomainError, *, path: str) -> HttpResponse:
    """`error` as `application/problem+json`; `path` is the request path, the problem's `instance`."""
    response = HttpResponse(
        problem_body(error, path=path),
        status=error.status,
        content_type=PROBLEM_MEDIA_TYPE,
        headers=error.headers,
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler400: malformed requests that no view saw."""
    return outside_a_view(request, domain_error(exception, method="GET", path=request.path))


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler403."""
    return outside_a_view(request, Forbidden("This account is not allowed to do that."))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler404."""
    return outside_a_view(request, NotFound("Nothing answers at this address."))


def server_error(request: HttpRequest) -> HttpResponse:
    """Django's handler500, called while the exception is handled: an outage that broke a middleware is a 503.

    Django logs the traceback by itself.
    """
    failure = sys.exception()
    outage = foreign_errors.outage(failure) if failure else None
    return outside_a_view(request, outage or InternalFailure("The failure was recorded."))


def outside_a_view(request: HttpRequest, error: DomainError) -> HttpResponse:
    """`error` where DRF is not in charge: a problem, or a page for a person with a browser."""
    if wants_json(request):
        return answer(error, path=request.path)
    page = render_to_string("error.html", {"error": error})
    response = HttpResponse(page, status=error.status, headers=error.headers)
    response.headers["Cache-Control"] = "no-store"
    return response


def wants_json(request: HttpRequest) -> bool:
    """Whether a failure of this request is told as a problem rather than as a page."""
    if request.path.startswith(API_PREFIXES):
        return True
    accepted = request.META.get("HTTP_ACCEPT", "")
    return "json" in accepted and "text/html" not in accepted
