"""Conditional requests (RFC 9110, section 13): entity tags, If-Match, If-None-Match."""

from django.http import HttpResponseNotModified
from django.utils.http import parse_etags
from rest_framework.request import Request

from common.problems import InvalidRequest, PreconditionFailed


def etag_of(version: int | str) -> str:
    """The strong entity tag of a version: `"7"`."""
    return f'"{version}"'


def require_match(request: Request, current_etag: str) -> None:
    """Raise `PreconditionFailed` when the request has an If-Match that `current_etag` does not satisfy.

    Comparison is strong: a weak tag matches nothing. `*` matches whatever exists.
    """
    header = request.META.get("HTTP_IF_MATCH")
    if header is None or header == current_etag:
        return
    tags = parse_etags(header)
    if not tags:
        raise InvalidRequest.at("If-Match", "etag", "The header must be * or a list of entity tags.")
    if tags != ["*"] and current_etag not in tags:
        raise PreconditionFailed(f"The current version is {current_etag}.", headers={"ETag": current_etag})


def not_modified(request: Request, etag: str) -> bool:
    """Whether If-None-Match says that the caller has `etag` already. Comparison is weak, as for every GET."""
    header = request.META.get("HTTP_IF_NONE_MATCH")
    if header is None:
        return False
    if header == etag:
        return True
    tags = parse_etags(header)
    return tags == ["*"] or etag in {tag.removeprefix("W/") for tag in tags}


def unchanged(etag: str) -> HttpResponseNotModified:
    """The 304 that goes with `not_modified`."""
    return HttpResponseNotModified(headers={"ETag": etag})
