"""What views use: JSON in and out, cursor pages, entity tags, parameters; `idempotent` is in `accounts`."""

from typing import TYPE_CHECKING

from rest_framework.metadata import BaseMetadata
from rest_framework.request import Request

from common.conditional import etag_of, not_modified, require_match, unchanged
from common.json_body import ORJSONParser, ORJSONRenderer, PlainNegotiation, encode, json_response
from common.paging import PAGE_PARAMETERS, Keyset, KeysetPage
from common.parameters import refuse_unknown_parameters

if TYPE_CHECKING:  # DRF's views import this module for their default renderer
    from rest_framework.views import APIView

__all__ = [
    "PAGE_PARAMETERS",
    "AllowedMethods",
    "Keyset",
    "KeysetPage",
    "ORJSONParser",
    "ORJSONRenderer",
    "PlainNegotiation",
    "encode",
    "etag_of",
    "json_response",
    "not_modified",
    "refuse_unknown_parameters",
    "require_match",
    "unchanged",
]


class AllowedMethods(BaseMetadata):
    """The answer to OPTIONS: the methods of the address, without reflecting on serializers."""

    def determine_metadata(self, request: Request, view: "APIView") -> dict[str, list[str]]:
        return {"methods": view.allowed_methods}
