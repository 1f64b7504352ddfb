"""Calls of reviews: what is due, settings, ratings, undo, export."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.views import APIView

from accounts.idempotency import idempotent
from accounts.permissions import IsLearner, IsLearnerOrService
from common.api import (
    Keyset,
    KeysetPage,
    etag_of,
    json_response,
    refuse_unknown_parameters,
    require_match,
)
from common.bodies import read_body
from common.errors import NotFound
from common.openapi import PAGE_PARAMETERS
from common.parameters import parse_choice
from common.throttling import ExportThrottle, RequestThrottle
from reviews import presenters, schemas, selectors, services
from reviews.allowance import Settings
from reviews.export import revlog_lines
from reviews.models import ReviewItem, ReviewLog
from studypaths.api import access

BY_DUE_DATE = Keyset("reviews", (("due_at", "instant"), ("id", "uuid")))
OLDEST_FIRST = Keyset("ratings", (("id", "uuid"),))
EVERYTHING = "all"
STATE_PARAMETER = OpenApiParameter(
    "state",
    str,
    enum=[*schemas.STATES, EVERYTHING],
    description="Only items in this state; without it those that are due or open.",
)


class CsvRenderer(BaseRenderer):
    """Lets a caller ask for `text/csv`; the view writes the lines itself."""

    media_type = "text/csv"
    format = "csv"
    charset = "utf-8"

    def render(self, data: Any, accepted_media_type: Any = None, renderer_context: Any = None) -> Any:
        return data


class ReviewDueView(APIView):
    """What to see again."""

    permission_classes = [IsLearner]

    @extend_schema(
        operation_id="study_tasks_review_due",
        summary="Reviews that are due",
        description="The caller's review queue by due date (R079): items that are due or have an open task, or those of"
        " one `state`; how many there are of each, when the next is due, and how much of today's cap is left.",
        tags=["Reviews"],
        parameters=[STATE_PARAMETER, *PAGE_PARAMETERS],
        responses=schemas.ReviewQueueSchema,
        examples=[schemas.QUEUE],
    )
    def get(self, request: Request) -> HttpResponse:
        refuse_unknown_parameters(request, ("state", "limit", "cursor"))
        page = KeysetPage.of(request, BY_DUE_DATE)
        learner_id, at = access.own_learner(request), timezone.now()
        wanted = request.query_params.get("state")
        if wanted is not None:
            parse_choice(wanted, "state", [*schemas.STATES, EVERYTHING])
        items = ReviewItem.objects.filter(selectors.in_state(wanted, at), learner_id=learner_id)
        preferences = selectors.preferences_of([learner_id])[learner_id]
        counts = selectors.counts_of(learner_id, at)
        load = selectors.loads_of({learner_id: preferences}, at)[learner_id]
        answer = page.answer(
            list(page.rows_of(items)),
            key=lambda found: (found.due_at, found.id),
            show=lambda found: presenters.item(found, preferences, at),
        )
        answer["counts"] = presenters.counts(counts)
        answer["next_due_at"] = counts.next_due_at
        answer["cap"] = presenters.cap(preferences, load, at)
        return json_response(answer)


class ReviewItemView(APIView):
    """One item."""

    @extend_schema(
        operation_id="review_items_retrieve",
        summary="A review item",
        description="The memory of one problem: for the learner, mentors with access, services and staff.",
        tags=["Reviews"],
        responses=schemas.ReviewItemSchema,
        examples=[schemas.ITEM],
    )
    def get(self, request: Request, item_id: UUID) -> HttpResponse:
        refuse_unknown_parameters(request, ())
        _learner_shown(request, item_id)
        return _item_response(item_id)


class ReviewItemLogView(APIView):
    """The ratings of an item."""

    @extend_schema(
        operation_id="review_items_log",
        summary="Ratings of a review item",
        description="Every rating of the item, oldest first, with the state before and after it; undone ones too.",
        tags=["Reviews"],
        parameters=PAGE_PARAMETERS,
        responses=schemas.RatingPageSchema,
        examples=[schemas.RATING_PAGE],
    )
    def get(self, request: Request, item_id: UUID) -> HttpResponse:
        refuse_unknown_parameters(request, ("limit", "cursor"))
        page = KeysetPage.of(request, OLDEST_FIRST)
        _learner_shown(request, item_id)
        rows = list(page.rows_of(ReviewLog.objects.filter(item_id=item_id)))
        return json_response(page.answer(rows, key=lambda found: (found.id,), show=presenters.rating))


class UndoView(APIView):
    """Take back."""

    permission_classes = [IsLearnerOrService]

    @extend_schema(
        operation_id="review_items_undo",
        summary="Undo the last rating",
        description="Brings back the state before the item's last rating, due date included. 409 for the first rating"
        " of a problem, one that was undone already, and once the problem was offered again.",
        tags=["Reviews"],
        request=None,
        responses=schemas.ReviewItemSchema,
        examples=[schemas.ITEM],
    )
    @idempotent
    def post(self, request: Request, item_id: UUID) -> HttpResponse:
        refuse_unknown_parameters(request, ())
        services.undo_last_rating(
            learner_id=_learner_acting(request, item_id),
            item_id=item_id,
            by=access.caller(request).actor,
            at=timezone.now(),
        )
        return _item_response(item_id)


class ReviewSettingsView(APIView):
    """How much, and when."""

    permission_classes = [IsLearner]
    documented_headers = {"PATCH": ("If-Match",)}

    @extend_schema(
        operation_id="review_settings_retrieve",
        summary="Review settings",
        description="The caller's settings; the defaults where nothing was set.",
        tags=["Reviews"],
        responses=schemas.ReviewSettingsSchema,
        examples=[schemas.SETTINGS],
    )
    def get(self, request: Request) -> HttpResponse:
        refuse_unknown_parameters(request, ())
        learner_id = access.own_learner(request)
        return _settings_response(learner_id, selectors.preferences_of([learner_id])[learner_id].settings)

    @extend_schema(
        operation_id="review_settings_update",
        summary="Change review settings",
        description="Changes the settings that are named. Cap and vacation count at once; retention and easy days from"
        " the next rating on, due dates that exist stay.",
        tags=["Reviews"],
        request=schemas.SettingsChange,
        responses=schemas.ReviewSettingsSchema,
        examples=[schemas.SETTINGS_BODY, schemas.SETTINGS],
    )
    @idempotent
    def patch(self, request: Request) -> HttpResponse:
        refuse_unknown_parameters(request, ())
        body = read_body(request, schemas.SettingsChange)
        learner_id = access.own_learner(request)
        changed = services.update_settings(
            learner_id=learner_id,
            changes=body.changes(),
            by=access.caller(request).actor,
            at=timezone.now(),
            check=lambda version: require_match(request, etag_of(version)),
        )
        return _settings_response(learner_id, changed)


class ReviewLogExportView(APIView):
    """The log for other tools."""

    permission_classes = [IsLearner]
    throttle_classes = [RequestThrottle, ExportThrottle]
    renderer_classes = [CsvRenderer]

    @extend_schema(
        operation_id="review_log_export",
        summary="Export the review log",
        description="The caller's ratings as the CSV that FSRS tools read (`card_id`, `review_time` in milliseconds,"
        " `review_rating` 1 to 4, `review_state` 0 new or 2 review, `review_duration` in milliseconds), oldest first,"
        " streamed. Undone ratings are left out. Five exports an hour.",
        tags=["Reviews"],
        responses={(200, "text/csv"): OpenApiTypes.STR},
    )
    def get(self, request: Request) -> HttpResponseBase:
        refuse_unknown_parameters(request, ())
        return StreamingHttpResponse(
            revlog_lines(access.own_learner(request)),
            content_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": 'attachment; filename="revlog.csv"', "Cache-Control": "no-store"},
        )


def _learner_shown(request: Request, item_id: UUID) -> UUID:
    """The learner whose item the caller may look at; the look of another person is logged."""
    learner_id = selectors.learner_of_item(item_id)
    return access.visible_learner(request, learner_id, f"review item {item_id}", selectors.NO_ITEM)


def _learner_acting(request: Request, item_id: UUID) -> UUID:
    """The learner whose item the caller wants to change: the caller, or for a service whoever's item it is."""
    caller = access.caller(request)
    if caller.learner_id is not None:
        return caller.learner_id
    owner = selectors.learner_of_item(item_id)
    if owner is None:
        raise NotFound(selectors.NO_ITEM)
    return owner


def _item_response(item_id: UUID) -> HttpResponse:
    found = selectors.item_by_id(item_id)
    preferences = selectors.preferences_of([found.learner_id])[found.learner_id]
    return json_response(presenters.item(found, preferences, timezone.now()))


def _settings_response(learner_id: UUID, settings: Settings) -> HttpResponse:
    time_zone = selectors.preferences_of([learner_id])[learner_id].zone.key
    return json_response(
        presenters.settings(settings, time_zone), headers={"ETag": etag_of(settings.version)}
    )
