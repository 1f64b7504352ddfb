"""Task history: the lists, and the timeline of one task."""

from uuid import UUID

from django.db import connection
from django.http import HttpResponse
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.views import APIView

from accounts.permissions import IsLearner
from common.api import (
    Keyset,
    KeysetPage,
    etag_of,
    json_response,
    not_modified,
    refuse_unknown_parameters,
    unchanged,
)
from common.openapi import PAGE_PARAMETERS
from studypaths.api import access, examples, filters, presenters, schemas
from studypaths.models import StudyTask
from studypaths.selectors import record_version

KEYSETS = {
    ordering: Keyset(
        f"tasks {ordering}",
        ((ordering.removeprefix("-"), "instant"), ("id", "uuid")),
        descending=ordering.startswith("-"),
    )
    for ordering in filters.ORDERINGS
}
EVENTS = Keyset("events", (("sequence", "int"),))
FILTER_PARAMETERS = [
    OpenApiParameter(name, str, description=str(declared.label))
    for name, declared in filters.TaskFilters.base_filters.items()
]
LIST_PARAMETERS = [
    *FILTER_PARAMETERS,
    *PAGE_PARAMETERS,
    OpenApiParameter(
        "ordering", str, enum=list(filters.ORDERINGS), description="Newest schedule first by default."
    ),
]


def task_page(request: Request, learner_id: UUID) -> HttpResponse:
    """A page of the learner's tasks. The ETag is the version of the learner's record, so an unchanged history costs
    one look at the chain head."""
    tasks = filters.filtered(StudyTask.objects.filter(learner_id=learner_id), request)
    ordering = filters.ordering_of(request)
    page = KeysetPage.of(request, KEYSETS[ordering])
    etag = etag_of(f"{learner_id.hex[-12:]}.{record_version(learner_id)}")
    if not_modified(request, etag):
        return unchanged(etag)
    # The ORM writes the query and psycopg2 reads the answer: the ORM's own conversions would cost as much again.
    sql, values = page.rows_of(tasks).values_list(*presenters.LISTED_COLUMNS).query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        rows = cursor.fetchall()
    place = presenters.LISTED_COLUMNS.index(ordering.removeprefix("-"))
    answer = page.answer(rows, key=lambda row: (row[place], row[0]))
    answer["results"] = presenters.listed_tasks(learner_id, answer["results"])
    return json_response(answer, headers={"ETag": etag, "Cache-Control": "private, no-cache"})


class TaskEventsView(APIView):
    """The log of one task."""

    @extend_schema(
        operation_id="study_tasks_events",
        summary="The timeline of a task",
        description="Every event of the task in the order in which it happened, with its hash (R067). Bodies that are"
        " sealed (submitted code) are part of the hash and not shown here.",
        tags=["Study tasks"],
        parameters=PAGE_PARAMETERS,
        responses=schemas.EventPageSchema,
        examples=[examples.EVENT_PAGE],
    )
    def get(self, request: Request, task_id: UUID) -> HttpResponse:
        refuse_unknown_parameters(request, ("limit", "cursor"))
        page = KeysetPage.of(request, EVENTS)
        learner_id = access.learner_shown_by_task(request, task_id)
        condition, values = page.condition(("sequence",))
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT {', '.join(presenters.EVENT_COLUMNS)} FROM task_events"
                f" WHERE task_id = %s AND learner_id = %s AND {condition}"
                f" ORDER BY {page.order_by(('sequence',))} LIMIT %s",
                [task_id, learner_id, *values, page.fetch],
            )
            rows = cursor.fetchall()
        return json_response(page.answer(rows, key=lambda row: (row[1],), show=presenters.event))


class UserTasksView(APIView):
    """The history of the learner with that user id."""

    documented_headers = {"GET": ("If-None-Match",)}

    @extend_schema(
        operation_id="users_tasks",
        summary="A learner's tasks",
        description="The history of one learner (R066): for the learner, mentors with access, services and staff.",
        tags=["Study tasks"],
        parameters=LIST_PARAMETERS,
        responses=schemas.TaskPageSchema,
        examples=[examples.TASK_PAGE],
    )
    def get(self, request: Request, user_id: str) -> HttpResponse:
        return task_page(request, access.learner_named(request, user_id))


class OwnTasksView(APIView):
    """The caller's own history."""

    permission_classes = [IsLearner]
    documented_headers = {"GET": ("If-None-Match",)}

    @extend_schema(
        operation_id="study_tasks_list",
        summary="Own tasks",
        description="The caller's task history, filtered (R019, R074); newest schedule first.",
        tags=["Study tasks"],
        parameters=LIST_PARAMETERS,
        responses=schemas.TaskPageSchema,
        examples=[examples.TASK_PAGE],
    )
    def get(self, request: Request) -> HttpResponse:
        return task_page(request, access.own_learner(request))
