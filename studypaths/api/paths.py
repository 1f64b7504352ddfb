"""Calls of paths."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.views import APIView

from accounts.idempotency import idempotent, replayed
from accounts.permissions import IsLearner, IsLearnerOrService
from catalog.api import ANSWERS_502
from common.api import (
    Keyset,
    KeysetPage,
    etag_of,
    json_response,
    not_modified,
    refuse_unknown_parameters,
    require_match,
    unchanged,
)
from common.bodies import read_body
from common.errors import Forbidden, NotFound
from common.openapi import PAGE_PARAMETERS
from common.parameters import parse_uuid
from common.throttling import PathThrottle, RequestThrottle
from studypaths.api import access, bodies, examples, filters, presenters, schemas
from studypaths.comparison import figures_of
from studypaths.generation import NEWEST_VERSION
from studypaths.models import StudyPath
from studypaths.projection import PATHS
from studypaths.selectors import current_path, learner_of_path, path_counts, path_row, record_version
from studypaths.services import paths

NEWEST_PATHS = Keyset("paths", (("created_at", "instant"), ("id", "uuid")), descending=True)
CREATED_AT = PATHS.columns.index("created_at")


class PathsView(APIView):
    """A learner's paths."""

    documented_headers = {"POST": ("Idempotency-Key",)}

    def get_permissions(self) -> list[Any]:
        return [IsLearner() if self.request.method == "GET" else IsLearnerOrService()]

    def get_throttles(self) -> list[Any]:
        return [RequestThrottle()] if self.request.method == "GET" else [RequestThrottle(), PathThrottle()]

    @extend_schema(
        operation_id="study_paths_list",
        summary="Own paths",
        description="All paths of the caller, superseded ones included, newest first.",
        tags=["Study paths"],
        parameters=PAGE_PARAMETERS,
        responses=schemas.PathPageSchema,
        examples=[examples.PATH_PAGE],
    )
    def get(self, request: Request) -> HttpResponse:
        refuse_unknown_parameters(request, ("limit", "cursor"))
        page = KeysetPage.of(request, NEWEST_PATHS)
        own = StudyPath.objects.filter(learner_id=access.own_learner(request))
        rows = list(page.rows_of(own).values_list(*PATHS.columns))
        return json_response(
            page.answer(
                rows,
                key=lambda row: (row[CREATED_AT], row[0]),
                show=lambda row: presenters.path(dict(zip(PATHS.columns, row, strict=True))),
            )
        )

    @extend_schema(
        operation_id="study_paths_create",
        summary="Create a path",
        description="Creates a personalised path with its first 5 to 10 tasks (R068, R084). The active path of the same"
        " track is superseded; its history stays, and a learner who has done tasks of the track goes on from there. A"
        " service names the learner in `user_id` and may name the planner.",
        tags=["Study paths"],
        request=bodies.NewPath,
        responses={201: schemas.NewPathSchema, **ANSWERS_502},
        examples=[examples.NEW_PATH_BODY, examples.NEW_PATH],
    )
    def post(self, request: Request) -> HttpResponse:
        refuse_unknown_parameters(request, ())
        body = read_body(request, bodies.NewPath)
        answered = replayed(request)
        if answered is not None:
            return answered
        if body.algorithm_version and not access.caller(request).is_service:
            raise Forbidden("Only a service chooses the planner of a path.")
        plan = paths.plan_path(
            track_id=body.track_id,
            config=body.config.settings(),
            algorithm_version=body.algorithm_version or NEWEST_VERSION,
        )
        return self._create(request, plan, body.user_id)

    @idempotent
    def _create(self, request: Request, plan: paths.PathPlan, user_id: str | None) -> HttpResponse:
        created = paths.create_path(
            learner_id=access.learner_to_plan_for(request, user_id),
            plan=plan,
            by=access.caller(request).actor,
            at=timezone.now(),
        )
        path_id = created.path["id"]
        return json_response(
            {
                "path": presenters.path(created.path),
                "tasks": [presenters.task(task) for task in created.tasks],
            },
            status=201,
            headers={"Location": f"/v1/study-paths/{path_id}", "ETag": etag_of(created.path["version"])},
        )


class CurrentPathView(APIView):
    """The path a learner is on."""

    permission_classes = [IsLearner]
    documented_headers = {"GET": ("If-None-Match",)}

    @extend_schema(
        operation_id="study_paths_current",
        summary="The active path",
        description="The caller's active path of a track, or the newest active one, with its progress (R069).",
        tags=["Study paths"],
        parameters=[OpenApiParameter("track", str, description="A track's slug.")],
        responses={200: schemas.CurrentPathSchema, **schemas.NOT_FOUND},
        examples=[examples.CURRENT_PATH],
    )
    def get(self, request: Request) -> HttpResponse:
        refuse_unknown_parameters(request, ("track",))
        learner_id = access.own_learner(request)
        track = filters.track_of(request)
        etag = etag_of(f"{learner_id.hex[-12:]}.{record_version(learner_id)}")
        if not_modified(request, etag):
            return unchanged(etag)
        row = current_path(learner_id=learner_id, track_id=track)
        shown = {**presenters.path(row), "progress": presenters.progress(*path_counts(row["id"]))}
        return json_response(shown, headers={"ETag": etag, "Cache-Control": "private, no-cache"})


class PathView(APIView):
    """One path."""

    documented_headers = {"GET": ("If-None-Match",), "PATCH": ("If-Match",)}

    @extend_schema(
        operation_id="study_paths_retrieve",
        summary="A path",
        tags=["Study paths"],
        responses=schemas.PathSchema,
        examples=[examples.PATH],
    )
    def get(self, request: Request, path_id: UUID) -> HttpResponse:
        refuse_unknown_parameters(request, ())
        access.learner_shown_by_path(request, path_id)
        row = path_row(path_id)
        etag = etag_of(row["version"])
        if not_modified(request, etag):
            return unchanged(etag)
        return json_response(presenters.path(row), headers={"ETag": etag})

    @extend_schema(
        operation_id="study_paths_update",
        summary="Change a path's settings",
        description="Changes the settings that are named and keeps the others (R103). 409 once the path is superseded.",
        tags=["Study paths"],
        request=bodies.PathChange,
        responses=schemas.PathSchema,
        examples=[examples.PATH_CHANGE_BODY, examples.PATH],
    )
    @idempotent
    def patch(self, request: Request, path_id: UUID) -> HttpResponse:
        refuse_unknown_parameters(request, ())
        body = read_body(request, bodies.PathChange)
        row = paths.update_path_config(
            learner_id=access.learner_acting_on_path(request, path_id),
            path_id=path_id,
            config=body.config.settings(),
            by=access.caller(request).actor,
            at=timezone.now(),
            check=lambda version: require_match(request, etag_of(version)),
        )
        return json_response(presenters.path(row), headers={"ETag": etag_of(row["version"])})


class PathComparisonView(APIView):
    """A path beside another version of it."""

    @extend_schema(
        operation_id="study_paths_comparison",
        summary="Two versions of a path",
        description="What was served on the path and what the learner had of it, beside the same of another path of"
        " the learner: the one named by `with`, or else the one that the path took the place of, if any.",
        tags=["Study paths"],
        parameters=[OpenApiParameter("with", OpenApiTypes.UUID, description="The path to compare with.")],
        responses=schemas.PathComparisonSchema,
        examples=[examples.PATH_COMPARISON],
    )
    def get(self, request: Request, path_id: UUID) -> HttpResponse:
        refuse_unknown_parameters(request, ("with",))
        learner_id = access.learner_shown_by_path(request, path_id)
        named = request.query_params.get("with")
        compared = [path_row(path_id)]
        other_id = compared[0]["supersedes_id"] if named is None else parse_uuid(named, "with")
        if other_id is not None:
            if learner_of_path(other_id) != learner_id:
                raise NotFound(access.NO_PATH)
            compared.append(path_row(other_id))
        figures = [presenters.path_figures(each) for each in figures_of(compared)]
        return json_response({"path": figures[0], "compared_with": figures[1] if other_id else None})
