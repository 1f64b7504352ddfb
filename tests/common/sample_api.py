"""A small API on the project's own conventions: what the tests of `common` call."""

from collections.abc import Callable
from typing import Any

import kombu.exceptions
import redis.exceptions
from django.core import exceptions as django_exceptions
from django.db import OperationalError, connection
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path
from rest_framework import exceptions as drf
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import Learner
from common import errors, health, openapi
from common.api import (
    PAGE_PARAMETERS,
    Keyset,
    KeysetPage,
    etag_of,
    json_response,
    not_modified,
    refuse_unknown_parameters,
    require_match,
    unchanged,
)
from common.throttling import RequestThrottle, SubmitThrottle

LEARNERS = Keyset("learners", (("created_at", "instant"), ("id", "uuid")), descending=True)
CURRENT = etag_of(7)


class Open(APIView):
    """Needs no token and is not limited."""

    authentication_classes = []
    permission_classes = []
    throttle_classes = []


class TaskSerializer(serializers.Serializer[Any]):
    problem_id = serializers.CharField(max_length=10)
    difficulty = serializers.IntegerField(min_value=1, max_value=5)
    tags = serializers.ListField(child=serializers.CharField(max_length=5), required=False)


class BatchSerializer(serializers.Serializer[Any]):
    path = serializers.DictField(child=serializers.IntegerField(), required=False)
    tasks = TaskSerializer(many=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["tasks"][0]["problem_id"] == "refused":
            raise serializers.ValidationError("The batch as a whole is refused.", code="refused")
        return attrs


class Bodies(Open):
    def post(self, request: Request) -> Response:
        return Response(request.data, status=201)


class Arrays(Bodies):
    takes_array = True


class Batches(Open):
    def get(self, request: Request) -> HttpResponse:
        refuse_unknown_parameters(request, {"module", "status"}, repeatable={"status"})
        return json_response(dict(request.query_params.lists()))

    def post(self, request: Request) -> Response:
        serializer = BatchSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        return Response({"created": len(serializer.validated_data["tasks"])}, status=201)


class Tasks(Open):
    """One object with a version."""

    def get(self, request: Request) -> HttpResponse:
        return unchanged(CURRENT) if not_modified(request, CURRENT) else json_response({"version": 7})

    def patch(self, request: Request) -> HttpResponse:
        require_match(request, CURRENT)
        return json_response({"version": 8})


class LearnerRows(Open):
    """The same pages by hand-written SQL and by the ORM."""

    def get(self, request: Request, how: str) -> HttpResponse:
        refuse_unknown_parameters(request, PAGE_PARAMETERS | {"kept"})
        page = KeysetPage.of(request, LEARNERS)
        rows = by_sql(page) if how == "sql" else by_orm(page)
        return json_response(page.answer(rows, key=lambda row: row[1:], show=lambda row: row[0]))


def by_sql(page: KeysetPage) -> list[tuple[Any, ...]]:
    columns = ("created_at", "id")
    condition, values = page.condition(columns)
    order = page.order_by(columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT user_id, created_at, id FROM learners WHERE {condition} ORDER BY {order} LIMIT {page.fetch}",
            values,
        )
        return list(cursor.fetchall())


def by_orm(page: KeysetPage) -> list[tuple[Any, ...]]:
    return list(page.rows_of(Learner.objects.values_list("user_id", "created_at", "id")))


class Limited(APIView):
    throttle_classes = [RequestThrottle]

    def get(self, request: Request) -> HttpResponse:
        return json_response({})


class LimitedTwice(Limited):
    throttle_classes = [RequestThrottle, SubmitThrottle]


class PublicLimited(Limited):
    authentication_classes = []
    permission_classes = []


class Guarded(APIView):
    throttle_classes = []

    def get(self, request: Request) -> HttpResponse:
        raise django_exceptions.PermissionDenied("the reason stays here")


FAILURES: dict[str, Callable[[], BaseException]] = {
    "missing": lambda: Http404("No StudyTask matches the given query."),
    "drf-missing": lambda: drf.NotFound("There is no such track."),
    "throttled": lambda: drf.Throttled(wait=3.2),
    "conflict": lambda: errors.Conflict("A completed task cannot be started."),
    "too-many": lambda: errors.TooManyRequests("Ten wait already.", retry_after=2.1),
    "database": lambda: OperationalError("connection refused to 10.0.0.7"),
    "redis": lambda: redis.exceptions.ConnectionError("no route to 10.0.0.8"),
    "broker": lambda: kombu.exceptions.OperationalError("no route to 10.0.0.9"),
    "model": lambda: django_exceptions.ValidationError(
        {"zone": [django_exceptions.ValidationError("Odd.", "odd")]}
    ),
    "suspicious": lambda: django_exceptions.SuspiciousOperation("secret"),
    "unexpected": lambda: RuntimeError("secret"),
}


class Failing(Open):
    def get(self, request: Request, kind: str) -> HttpResponse:
        raise FAILURES[kind]()


class Unencodable(Open):
    def get(self, request: Request) -> Response:
        return Response({"value": object()})


class Sleeping(Open):
    """A statement that takes longer than it may."""

    def get(self, request: Request) -> HttpResponse:
        with connection.cursor() as cursor:
            cursor.execute("SET statement_timeout = 20; SELECT pg_sleep(5)")
        return json_response({})


class Cut(Open):
    """The database ends the session of this request."""

    def get(self, request: Request) -> HttpResponse:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
        return json_response({})


class Alive(Open):
    def get(self, request: Request) -> HttpResponse:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        return json_response({})


def page(request: HttpRequest, kind: str) -> HttpResponse:
    """A view without DRF."""
    raise FAILURES[kind]()


urlpatterns = [
    path("health/live", health.live),
    path("health/ready", health.ready),
    path("v1/schema", openapi.SchemaView.as_view(), name="schema"),
    path("v1/docs", openapi.DocsView.as_view(), name="docs"),
    path("v1/bodies", Bodies.as_view()),
    path("v1/arrays", Arrays.as_view()),
    path("v1/batches", Batches.as_view()),
    path("v1/tasks/7", Tasks.as_view()),
    path("v1/learners/<str:how>", LearnerRows.as_view()),
    path("v1/limited", Limited.as_view()),
    path("v1/limited-twice", LimitedTwice.as_view()),
    path("v1/public-limited", PublicLimited.as_view()),
    path("v1/guarded", Guarded.as_view()),
    path("v1/fail/<str:kind>", Failing.as_view()),
    path("v1/unencodable", Unencodable.as_view()),
    path("v1/sleeping", Sleeping.as_view()),
    path("v1/cut", Cut.as_view()),
    path("v1/alive", Alive.as_view()),
    path("v1/plain/<str:kind>", page),
    path("pages/<str:kind>", page),
]

handler400 = errors.bad_request
handler403 = errors.permission_denied
handler404 = errors.not_found
handler500 = errors.server_error
