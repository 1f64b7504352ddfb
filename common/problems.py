"""Kinds of failure and their form on the wire: RFC 9457 problem details.

Each kind is a `DomainError` with a stable `code`; a problem's `type` is that code's entry on the docs page.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar
from urllib.parse import quote

import orjson
from django.utils.functional import Promise

PROBLEM_TYPE = "/v1/docs#problem-"
PROBLEM_MEDIA_TYPE = "application/problem+json"
MAX_FIELD_PROBLEMS = 100


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """What is wrong with one input: a JSON pointer (`#/tasks/3/difficulty`) or a parameter's name."""

    pointer: str
    code: str
    detail: str


class DomainError(Exception):
    """A failure with a meaning for the caller; `detail` says in a sentence what is wrong this time."""

    code: ClassVar[str] = "domain_error"
    status: ClassVar[int] = 400
    title: ClassVar[str] = "The request cannot be carried out"

    def __init__(
        self,
        detail: str,
        *,
        errors: Iterable[FieldProblem] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.errors = tuple(errors)
        self.headers = dict(headers or {})


class InvalidRequest(DomainError):
    """Body, parameter or header that cannot be read; `errors` names each field."""

    code = "invalid_request"
    title = "The request is not valid"

    @classmethod
    def at(cls, pointer: str, code: str, detail: str) -> "InvalidRequest":
        """One input is wrong."""
        return cls(f"{pointer}: {detail}", errors=[FieldProblem(pointer, code, detail)])


class MalformedBody(DomainError):
    code = "malformed_body"
    title = "The body is not the JSON that is expected here"


class Unauthenticated(DomainError):
    code = "unauthenticated"
    status = 401
    title = "A valid bearer token is needed"


class Forbidden(DomainError):
    code = "forbidden"
    status = 403
    title = "This caller may not do that"


class NotFound(DomainError):
    """Also what belongs to another learner: its existence is not disclosed."""

    code = "not_found"
    status = 404
    title = "There is nothing here"


class MethodNotAllowed(DomainError):
    code = "method_not_allowed"
    status = 405
    title = "This address does not take that method"


class NotAcceptable(DomainError):
    code = "not_acceptable"
    status = 406
    title = "No answer in an accepted media type"


class Conflict(DomainError):
    code = "conflict"
    status = 409
    title = "The present state does not allow that"


class PreconditionFailed(DomainError):
    code = "precondition_failed"
    status = 412
    title = "It was changed in the meantime"


class BodyTooLarge(DomainError):
    code = "body_too_large"
    status = 413
    title = "The body is too large"


class UnsupportedMediaType(DomainError):
    code = "unsupported_media_type"
    status = 415
    title = "The body must be application/json"


class Unprocessable(DomainError):
    code = "unprocessable"
    status = 422
    title = "The request is well-formed but cannot be followed"


class _Later(DomainError):
    """Failures that pass: `retry_after` is in seconds, sent as Retry-After and rounded up to at least 1."""

    def __init__(
        self,
        detail: str,
        *,
        retry_after: float,
        errors: Iterable[FieldProblem] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail, errors=errors, headers=headers)
        self.retry_after = max(1, -int(-retry_after // 1))
        self.headers["Retry-After"] = str(self.retry_after)


class TooManyRequests(_Later):
    code = "too_many_requests"
    status = 429
    title = "Too many requests"


class Unavailable(_Later):
    code = "unavailable"
    status = 503
    title = "The service cannot answer right now"


class DatabaseUnavailable(Unavailable):
    code = "database_unavailable"
    title = "The database cannot be reached right now"


class DatabaseBusy(Unavailable):
    """A lock or statement took too long, or two transactions stood in each other's way."""

    code = "database_busy"
    title = "The database is too busy right now"


class QueueUnavailable(Unavailable):
    code = "queue_unavailable"
    title = "The queue or cache cannot be reached right now"


class InternalFailure(DomainError):
    """Our own fault; the reason stands in the log under the request's id and nowhere else."""

    code = "internal_error"
    status = 500
    title = "Something went wrong on our side"


def problem_body(error: DomainError, *, path: str) -> bytes:
    """The members of RFC 9457, then `code` and `errors`."""
    return orjson.dumps(
        {
            "type": PROBLEM_TYPE + error.code,
            "title": error.title,
            "status": error.status,
            "detail": error.detail,
            "instance": quote(path, safe="/:@!$&'()*+,;=~"),
            "code": error.code,
            "errors": error.errors[:MAX_FIELD_PROBLEMS],
        }
    )


def field_problems(detail: Any, *, in_body: bool) -> Iterator[FieldProblem]:
    """The leaves of the `detail` of a DRF ValidationError, nested serializers and lists included.

    In a body they are JSON pointers in URI fragment form (RFC 6901, section 6), else names of parameters.
    """
    if in_body:
        return _leaves(detail, "#", lambda parent, key: f"{parent}/{_reference_token(key)}")
    return _leaves(detail, "", lambda parent, key: f"{parent}.{key}" if parent else key)


def _leaves(detail: Any, place: str, below: Callable[[str, str], str]) -> Iterator[FieldProblem]:
    if isinstance(detail, Mapping):
        for key, item in detail.items():
            own = key == "non_field_errors" or key == "__all__"
            yield from _leaves(item, place if own else below(place, str(key)), below)
    elif isinstance(detail, list | tuple):
        for index, item in enumerate(detail):
            is_message = isinstance(item, str | Promise)
            yield from _leaves(item, place if is_message else below(place, str(index)), below)
    else:
        yield FieldProblem(place, str(getattr(detail, "code", None) or "invalid"), str(detail))


def _reference_token(key: str) -> str:
    return quote(key.replace("~", "~0").replace("/", "~1"), safe="~!$&'()*+,;=:@")


def problem_kinds() -> list[type[DomainError]]:
    """Every kind of failure that the loaded apps declare, by status and code: the docs page lists them."""
    kinds: set[type[DomainError]] = set()
    waiting: list[type[DomainError]] = DomainError.__subclasses__()
    while waiting:
        kind = waiting.pop()
        kinds.add(kind)
        waiting.extend(kind.__subclasses__())
    public = {kind.code: kind for kind in sorted(kinds, key=_inheritance) if kind.code != DomainError.code}
    return sorted(public.values(), key=lambda kind: (kind.status, kind.code))


def _inheritance(kind: type[DomainError]) -> int:
    """Descendants first, so that the class that introduced a code is the one kept for it."""
    return -len(kind.__mro__)
