"""What stands around every view.

Sessions, CSRF tokens, messages and policies for browsers serve the pages. A call of the API passes them by: together
they take several times as long as the rest of Django's work on a request.
"""

import re
import time
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import structlog
from csp.middleware import CSPMiddleware
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponse
from django.middleware.clickjacking import XFrameOptionsMiddleware
from django.middleware.csrf import CsrfViewMiddleware
from django.utils.deprecation import MiddlewareMixin

from common import errors, foreign_errors

DOCS_PAGE = "/v1/docs"
REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")

logger = structlog.get_logger(__name__)
GetResponse = Callable[[HttpRequest], HttpResponse]


def is_api(request: HttpRequest) -> bool:
    """Whether programs call this address; the docs page is read in a browser."""
    path = request.path_info
    return path.startswith(errors.API_PREFIXES) and path != DOCS_PAGE


class DatabaseOutageMiddleware:
    """A database that cannot be reached is a 503 with Retry-After, wherever outside DRF it is noticed.

    The broken connection is closed, so that this thread's next request opens a new one. An outage inside
    another middleware does not come to `process_exception`; `common.errors.server_error` answers that one.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        failure = foreign_errors.outage(exception)
        return None if failure is None else errors.outside_a_view(request, failure)


class RequestLogMiddleware:
    """One log line for each request, and one id on all lines that belong to it.

    The id is the caller's `X-Request-ID` when that is 8 to 64 plain characters, else a new one; the answer carries
    it. Never logged: query strings, headers, bodies.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        started = time.perf_counter()
        given = request.META.get("HTTP_X_REQUEST_ID", "")
        request_id = given if REQUEST_ID.fullmatch(given) else uuid4().hex
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id)
        response = self.get_response(request)
        response.headers["X-Request-ID"] = request_id
        logger.info(
            "request",
            method=request.method,
            path=request.path,
            actor=_actor_of(request),
            status=response.status_code,
            milliseconds=round((time.perf_counter() - started) * 1000, 2),
        )
        return response


def _actor_of(request: HttpRequest) -> str | None:
    """Who called the API. On pages nobody is asked for: `request.user` would cost a query there."""
    return getattr(request.__dict__.get("user"), "actor", None) if is_api(request) else None


class PagesOnly(MiddlewareMixin):
    """Mixin: an API call goes straight on to what is inside of this middleware."""

    def __call__(self, request: HttpRequest) -> Any:
        return self.get_response(request) if is_api(request) else super().__call__(request)


class PageSessionMiddleware(PagesOnly, SessionMiddleware):
    """Django's sessions, on pages."""


class PageCsrfMiddleware(PagesOnly, CsrfViewMiddleware):
    """Django's CSRF check, on pages; DRF views take no cookies and are exempt anyway."""


class PageAuthenticationMiddleware(PagesOnly, AuthenticationMiddleware):
    """Django's `request.user`, on pages; the API has its own."""


class PageMessageMiddleware(PagesOnly, MessageMiddleware):
    """Django's messages, on pages."""


class PageFrameOptionsMiddleware(PagesOnly, XFrameOptionsMiddleware):
    """X-Frame-Options, on pages."""


class PageContentSecurityPolicyMiddleware(PagesOnly, CSPMiddleware):
    """Content-Security-Policy, on pages."""
