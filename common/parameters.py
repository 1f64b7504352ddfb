"""Query parameters, path parts and headers as values: what cannot be read is a 400 that names the parameter.

Every parser takes the text and the parameter's name and raises `InvalidRequest`. Nothing that PostgreSQL or
Python would choke on (NUL, invalid UTF-8, integers beyond the column, impossible dates) gets past them.
"""

import re
from collections.abc import Collection
from datetime import UTC, datetime
from uuid import UUID

from rest_framework.request import Request

from common.problems import FieldProblem, InvalidRequest

# What Django's query string and path decoding puts where the bytes were not UTF-8.
REPLACEMENT_CHARACTER = "\ufffd"
UNREADABLE = re.compile("[\x00\ufffd\ud800-\udfff]")
INTEGER = re.compile(r"-?[0-9]{1,18}")
UUID_TEXT = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?"
    r"(?:Z|[+-][0-9]{2}:?[0-9]{2})"
)
# A "+" that was not written as %2B arrives as a space.
LOST_PLUS = re.compile(r"(T[0-9:.]+) ([0-9]{2}:?[0-9]{2})$")
OPEN_END = ".."


def refuse_unknown_parameters(
    request: Request, allowed: Collection[str], *, repeatable: Collection[str] = ()
) -> None:
    """Raise `InvalidRequest` for a query parameter that is not in `allowed`, given twice, or not text.

    A mistyped filter must not silently answer everything.
    """
    if not request.META.get("QUERY_STRING"):
        return
    problems = [
        problem
        for name, values in request.query_params.lists()
        if (problem := _parameter_problem(name, values, allowed, repeatable))
    ]
    if problems:
        raise InvalidRequest(f"{problems[0].pointer}: {problems[0].detail}", errors=problems)


def _parameter_problem(
    name: str, values: list[str], allowed: Collection[str], repeatable: Collection[str]
) -> FieldProblem | None:
    if name not in allowed:
        known = ", ".join(sorted(allowed)) or "none"
        return FieldProblem(
            printable(name), "unknown_parameter", f"There is no such parameter; known: {known}."
        )
    if len(values) > 1 and name not in repeatable:
        return FieldProblem(name, "repeated_parameter", "This parameter may be given once.")
    if any(UNREADABLE.search(value) for value in values):
        return FieldProblem(name, "unreadable", "The value must be UTF-8 text without NUL.")
    return None


def printable(text: str, limit: int = 80) -> str:
    """Somebody else's text, fit to be quoted in an answer or a log line."""
    shown = "".join(character if character.isprintable() else "?" for character in text[:limit])
    return shown.replace(REPLACEMENT_CHARACTER, "?")


def parse_text(text: str, name: str, *, maximum_length: int = 255) -> str:
    """`text`, not empty, at most `maximum_length` characters, storable in PostgreSQL."""
    if not text or len(text) > maximum_length:
        raise InvalidRequest.at(name, "length", f"The value must have 1 to {maximum_length} characters.")
    if UNREADABLE.search(text):
        raise InvalidRequest.at(name, "unreadable", "The value must be UTF-8 text without NUL.")
    return text


def parse_int(text: str, name: str, *, minimum: int, maximum: int) -> int:
    """A decimal integer in ASCII digits between `minimum` and `maximum`, both inclusive."""
    number = int(text) if INTEGER.fullmatch(text) else None
    if number is None or not minimum <= number <= maximum:
        raise InvalidRequest.at(name, "integer", f"The value must be an integer from {minimum} to {maximum}.")
    return number


def parse_choice(text: str, name: str, choices: Collection[str]) -> str:
    """`text` when it is one of `choices` (an enum's values, say)."""
    if text not in choices:
        raise InvalidRequest.at(name, "choice", f"The value must be one of {', '.join(sorted(choices))}.")
    return text


def parse_flag(text: str, name: str) -> bool:
    """`true` or `false`."""
    return parse_choice(text, name, ("true", "false")) == "true"


def parse_uuid(text: str, name: str) -> UUID:
    """A UUID in its 36-character form; not the braces, URNs and bare hex that `uuid.UUID` also takes."""
    if not UUID_TEXT.fullmatch(text):
        raise InvalidRequest.at(name, "uuid", "The value must be a UUID.")
    return UUID(text)


def parse_instant(text: str, name: str) -> datetime:
    """An ISO 8601 date and time with offset or Z (the profile of RFC 3339), in UTC, to the microsecond."""
    text = LOST_PLUS.sub(r"\1+\2", text)
    try:
        if INSTANT.fullmatch(text):
            return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError) as impossible:
        raise InvalidRequest.at(name, "instant", "There is no such date and time.") from impossible
    raise InvalidRequest.at(
        name, "instant", "The value must be a date and time with offset: 2026-01-31T12:00:00Z."
    )


def parse_interval(text: str, name: str) -> tuple[datetime | None, datetime | None]:
    """The ISO 8601 interval `from/to`: from inclusive, to exclusive, `..` (or nothing) for an open end.

    Each end is what `parse_instant` takes, or a calendar date, which stands for its midnight in UTC.
    """
    parts = text.split("/")
    if len(parts) != 2:
        raise InvalidRequest.at(name, "interval", "The value must be two instants as from/to.")
    start, end = (_end_of_interval(part, name) for part in parts)
    if start and end and start >= end:
        raise InvalidRequest.at(name, "interval", "The interval must end after it starts.")
    return start, end


def _end_of_interval(text: str, name: str) -> datetime | None:
    if text in ("", OPEN_END):
        return None
    if len(text) == len("2026-01-31"):
        return parse_instant(f"{text}T00:00:00Z", name)
    return parse_instant(text, name)
