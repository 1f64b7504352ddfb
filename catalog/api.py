"""GET /v1/tracks, /v1/tracks/{slug}, /v1/problems/{id}: the same for anyone who is signed in."""

import hashlib
from typing import Any

from django.http import HttpResponse
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.views import APIView

from catalog import presenters, schemas
from catalog.languages import runtimes
from catalog.problem_bank import problem_bank
from catalog.selectors import tracks_by_slug
from common.api import etag_of, json_response, not_modified, refuse_unknown_parameters, unchanged
from common.parameters import parse_int, parse_text
from common.problems import PROBLEM_MEDIA_TYPE

MAX_VERSION = 2**31 - 1
ANSWERS_502 = {
    (502, PROBLEM_MEDIA_TYPE): OpenApiResponse(
        {"$ref": "#/components/schemas/Problem"}, description="The problem bank service refuses to answer."
    )
}


def conditional(request: Request, body: dict[str, Any]) -> HttpResponse:
    """`body` with an ETag of its bytes, or a 304. Nothing in the catalogue depends on who asks."""
    response = json_response(body)
    etag = etag_of(hashlib.sha256(response.content).hexdigest()[:32])
    if not_modified(request, etag):
        return unchanged(etag)
    response["ETag"] = etag
    response["Cache-Control"] = "private, no-cache"
    return response


class TracksView(APIView):
    """All tracks."""

    documented_headers = {"GET": ("If-None-Match",)}

    @extend_schema(
        operation_id="tracks_list",
        summary="Tracks",
        description="Every track that a study path can be made for.",
        tags=["Catalogue"],
        responses=schemas.TrackPageSchema,
        examples=[schemas.TRACK_PAGE_EXAMPLE],
    )
    def get(self, request: Request) -> HttpResponse:
        refuse_unknown_parameters(request, ())
        return conditional(request, presenters.track_list(tracks_by_slug()))


class TrackView(APIView):
    """One track."""

    documented_headers = {"GET": ("If-None-Match",)}

    @extend_schema(
        operation_id="tracks_retrieve",
        summary="A track",
        description="Modules in the order in which they open, with their topics and the number of problems;"
        " the languages that submissions may be written in, and whether they can be run at present.",
        tags=["Catalogue"],
        responses={200: schemas.TrackSchema, **ANSWERS_502},
        examples=[schemas.TRACK_EXAMPLE],
    )
    def get(self, request: Request, slug: str) -> HttpResponse:
        refuse_unknown_parameters(request, ())
        track = problem_bank().track(parse_text(slug, "slug", maximum_length=100))
        return conditional(request, presenters.track_detail(track, runtimes()))


class ProblemView(APIView):
    """One problem."""

    documented_headers = {"GET": ("If-None-Match",)}

    @extend_schema(
        operation_id="problems_retrieve",
        summary="A problem",
        description="Statement, signature, starter code and visible tests; never hidden tests, hints or"
        " solutions. A task names the version that it was planned with.",
        tags=["Catalogue"],
        parameters=[
            OpenApiParameter(
                "version",
                {"type": "integer", "minimum": 1, "maximum": MAX_VERSION},
                description="An earlier version; the current one by default.",
            ),
        ],
        responses={200: schemas.ProblemSchema, **ANSWERS_502},
        examples=[schemas.PROBLEM_EXAMPLE],
    )
    def get(self, request: Request, problem_id: str) -> HttpResponse:
        refuse_unknown_parameters(request, ("version",))
        given = request.query_params.get("version")
        version = None if given is None else parse_int(given, "version", minimum=1, maximum=MAX_VERSION)
        problem = problem_bank().problem(parse_text(problem_id, "id", maximum_length=100), version)
        return conditional(request, presenters.problem_detail(problem, runtimes()))
