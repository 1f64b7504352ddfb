"""The failures of the libraries below us, in our own words."""

from collections.abc import Iterable
from itertools import islice
from typing import Any

import kombu.exceptions
import redis.exceptions
from django.core import exceptions as django_exceptions
from django.db import InterfaceError, OperationalError, connections
from django.http import Http404, UnreadablePostError
from rest_framework import exceptions as drf

from common import problems as errors
from common.problems import MAX_FIELD_PROBLEMS, DomainError

READING_METHODS = frozenset({"GET", "HEAD", "DELETE", "OPTIONS"})
# SQLSTATE class 40 (deadlock, serialisation), lock_not_available, query_canceled (statement_timeout).
BUSY_STATES = ("40", "55P03", "57014")
# A connection may break between the COMMIT and the word that it was made.
CHANGE_UNKNOWN = (
    "It is not known whether a change was made; repeat the request with the same Idempotency-Key."
)
QUEUE_FAILURES = (
    redis.exceptions.ConnectionError,
    redis.exceptions.TimeoutError,
    kombu.exceptions.OperationalError,
)

_BY_DRF_TYPE: tuple[tuple[type[drf.APIException], type[DomainError]], ...] = (
    (drf.ParseError, errors.MalformedBody),
    (drf.NotAuthenticated, errors.Unauthenticated),
    (drf.AuthenticationFailed, errors.Unauthenticated),
    (drf.PermissionDenied, errors.Forbidden),
    (drf.NotFound, errors.NotFound),
    (drf.MethodNotAllowed, errors.MethodNotAllowed),
    (drf.NotAcceptable, errors.NotAcceptable),
    (drf.UnsupportedMediaType, errors.UnsupportedMediaType),
)
_BY_STATUS: dict[int, type[DomainError]] = {
    kind.status: kind for kind in (errors.InvalidRequest, errors.Conflict, errors.PreconditionFailed)
}


def translated(exc: BaseException, *, method: str) -> DomainError | None:
    """The `DomainError` that `exc` stands for; None for what nobody expected."""
    if isinstance(exc, drf.APIException):
        return _of_drf(exc, method)
    return outage(exc) or _of_django(exc, method)


def outage(exc: BaseException) -> DomainError | None:
    """The 503 that `exc` stands for, when the database, the cache or the broker is at fault."""
    if isinstance(exc, OperationalError | InterfaceError):
        return _of_database(exc)
    if isinstance(exc, QUEUE_FAILURES):
        return errors.QueueUnavailable("Please try again.", retry_after=1)
    return None


def _of_django(exc: BaseException, method: str) -> DomainError | None:
    if isinstance(exc, Http404):
        return errors.NotFound("There is nothing at this address, or not for this caller.")
    if isinstance(exc, django_exceptions.PermissionDenied):
        return errors.Forbidden("This caller is not allowed to do that.")
    if isinstance(exc, django_exceptions.RequestDataTooBig):
        return errors.BodyTooLarge("A request body may be at most 1 MiB.")
    if isinstance(exc, django_exceptions.ValidationError):
        return _invalid(_of_validation(exc), method)
    if isinstance(exc, django_exceptions.SuspiciousOperation | django_exceptions.BadRequest):
        return errors.InvalidRequest("The request is malformed.")
    if isinstance(exc, UnreadablePostError):
        return errors.MalformedBody("The body ended before its announced length.")
    return None


def _of_drf(exc: drf.APIException, method: str) -> DomainError:
    if isinstance(exc, drf.ValidationError):
        return _invalid(exc.detail, method)
    if isinstance(exc, drf.Throttled):
        return errors.TooManyRequests(
            "The limit of requests is reached.", retry_after=getattr(exc, "wait", None) or 1
        )
    header = getattr(exc, "auth_header", None)
    headers = {"WWW-Authenticate": str(header)} if header else None
    return _kind_of(exc)(_sentence(exc.detail), headers=headers)


def _kind_of(exc: drf.APIException) -> type[DomainError]:
    for drf_type, kind in _BY_DRF_TYPE:
        if isinstance(exc, drf_type):
            return kind
    return _BY_STATUS.get(exc.status_code, errors.InternalFailure)


def _sentence(detail: Any) -> str:
    return str(detail) if isinstance(detail, str) else "; ".join(_messages(detail))


def _messages(detail: Any) -> Iterable[str]:
    return (problem.detail for problem in errors.field_problems(detail, in_body=False))


def _invalid(detail: Any, method: str) -> errors.InvalidRequest:
    in_body = method not in READING_METHODS
    problems = tuple(islice(errors.field_problems(detail, in_body=in_body), MAX_FIELD_PROBLEMS))
    if not problems:
        return errors.InvalidRequest("The request is not valid.")
    first = problems[0]
    more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
    place = f"{first.pointer}: " if first.pointer else ""
    return errors.InvalidRequest(f"{place}{first.detail}{more}", errors=problems)


def _of_validation(exc: django_exceptions.ValidationError) -> Any:
    """`exc` as DRF would hold it, with the code of each message."""
    if hasattr(exc, "error_dict"):
        return {field: _coded(problems) for field, problems in exc.error_dict.items()}
    return _coded(exc.error_list)


def _coded(problems: Iterable[django_exceptions.ValidationError]) -> list[drf.ErrorDetail]:
    return [
        drf.ErrorDetail(message, code=problem.code or "invalid")
        for problem in problems
        for message in problem.messages
    ]


def _of_database(exc: OperationalError | InterfaceError) -> DomainError:
    """A connection that broke is closed here, so that this thread's next request opens a new one."""
    state = getattr(exc.__cause__, "pgcode", None) or ""
    if state.startswith(BUSY_STATES):
        return errors.DatabaseBusy("Nothing was changed; please try again.", retry_after=1)
    for connection in connections.all(initialized_only=True):
        if connection.connection is not None and connection.connection.closed:
            connection.close()
    return errors.DatabaseUnavailable(CHANGE_UNKNOWN, retry_after=1)
