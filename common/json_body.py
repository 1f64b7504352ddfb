"""JSON in and out by orjson: an order of magnitude less work than DRF's encoder on a page of history."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import IO, Any

import orjson
from django.http import HttpResponse
from django.utils.functional import Promise
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

from common.problems import MalformedBody

JSON = "application/json"
MAX_DEPTH = 32
OPTIONS = orjson.OPT_UTC_Z


def encode(data: Any) -> bytes:
    """`data` as JSON. Datetimes are ISO 8601 with `Z` for UTC, UUIDs and enums their text."""
    return orjson.dumps(data, default=_plain, option=OPTIONS)


def _plain(value: Any) -> Any:
    if isinstance(value, Promise):
        return str(value)
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, set | frozenset):
        return sorted(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")


def json_response(data: Any, *, status: int = 200, headers: Mapping[str, str] | None = None) -> HttpResponse:
    """The answer of hot paths: encoded here and now, past the template machinery of DRF's `Response`."""
    return HttpResponse(encode(data), status=status, content_type=JSON, headers=dict(headers or {}))


class ORJSONRenderer(BaseRenderer):
    """DRF renderer: `Response(data)` as UTF-8 JSON; nothing for `None`."""

    media_type = JSON
    format = "json"
    charset = None

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        return b"" if data is None else encode(data)


class ORJSONParser(BaseParser):
    """DRF parser: a JSON object of at most DATA_UPLOAD_MAX_MEMORY_SIZE bytes and `MAX_DEPTH` levels.

    NaN, lone surrogates and invalid UTF-8 are refused. A view that takes an array says `takes_array = True`.
    Raises `MalformedBody`. The body stays readable as `request.body`, whose size Django limits (a 413).
    """

    media_type = JSON

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        context = parser_context or {}
        value = decode(context["request"].body)
        if not isinstance(value, dict) and not getattr(context.get("view"), "takes_array", False):
            raise MalformedBody("The body must be a JSON object.")
        return value


def decode(body: bytes) -> Any:
    """The JSON value in `body`; `MalformedBody` tells line and column of the first mistake."""
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise MalformedBody(f"{error.msg}: line {error.lineno}, column {error.colno}.") from error
    # Most bodies have fewer brackets than levels are allowed, and need no walk.
    if body.count(b"[") + body.count(b"{") > MAX_DEPTH and _is_deeper_than(value, MAX_DEPTH):
        raise MalformedBody(f"The body is nested deeper than {MAX_DEPTH} levels.")
    return value


def _is_deeper_than(value: Any, levels: int) -> bool:
    """Level by level rather than by recursion; scalars are left behind at once."""
    containers = [value]
    for _ in range(levels):
        containers = [item for each in containers for item in _items(each) if isinstance(item, dict | list)]
        if not containers:
            return False
    return True


def _items(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


class PlainNegotiation(DefaultContentNegotiation):
    """DRF's content negotiation, skipped for the requests that nearly everyone sends."""

    def select_renderer(
        self, request: Request, renderers: Any, format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        if request.META.get("HTTP_ACCEPT", "") in ("*/*", JSON, "") and renderers[0].media_type == JSON:
            return renderers[0], JSON
        selected: tuple[BaseRenderer, str] = super().select_renderer(request, renderers, format_suffix)
        return selected

    def select_parser(self, request: Request, parsers: Any) -> BaseParser | None:
        if request.content_type == JSON and parsers and parsers[0].media_type == JSON:
            parser: BaseParser = parsers[0]
            return parser
        selected: BaseParser | None = super().select_parser(request, parsers)
        return selected
