"""Calls of tasks: plan, show, start, skip, report."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.views import APIView

from accounts.idempotency import idempotent
from accounts.permissions import IsLearner, IsLearnerOrService, IsService
from catalog.api import ANSWERS_502
from catalog.languages import runtimes
from catalog.presenters import problem_detail
from catalog.problem_bank import ProblemNotFound, problem_bank
from common.api import (
    etag_of,
    json_response,
    not_modified,
    refuse_unknown_parameters,
    require_match,
    unchanged,
)
from common.bodies import read_body
from common.errors import Forbidden, InvalidRequest, Unprocessable
from studypaths.api import access, bodies, examples, filters, presenters, schemas
from studypaths.journal import VersionCheck
from studypaths.projection import Row
from studypaths.selectors import task_row
from studypaths.services import planning, tasks
from studypaths.states import TaskStatus

T = TypeVar("T")

TRACK_PARAMETER = OpenApiParameter("track", str, description="Only tasks of the active path of this track.")


class PathMismatch(Unprocessable):
    """The body names another path than the address (K-01)."""

    code = "path_mismatch"
    title = "Address and body name different paths"


def task_response(row: Row, status: int = 200) -> HttpResponse:
    return json_response(presenters.task(row), status=status, headers={"ETag": etag_of(row["version"])})


def matching(request: Request) -> VersionCheck:
    """The check that If-Match asks for, made under the lock."""
    return lambda version: require_match(request, etag_of(version))


def create_batch(request: Request, path_id: UUID, new_tasks: list[bodies.NewTask]) -> HttpResponse:
    """Create the tasks of a batch, all or none."""
    at = timezone.now()
    created = tasks.create_tasks_batch(
        learner_id=access.learner_acting_on_path(request, path_id),
        path_id=path_id,
        tasks=[_columns(task, place, at) for place, task in enumerate(new_tasks)],
        by=access.caller(request).actor,
        at=at,
    )
    return json_response({"tasks": [presenters.task(row) for row in created]}, status=201)


def _columns(task: bodies.NewTask, place: int, at: datetime) -> dict[str, Any]:
    """The columns of the task at `place` of the batch, scheduled `at` unless it says otherwise."""
    scheduled_at = task.scheduled_at or at
    if task.expires_at and task.expires_at <= scheduled_at:
        raise InvalidRequest.at(
            f"#/tasks/{place}/expires_at", "expires_too_early", "A task expires after it is scheduled."
        )
    columns = {
        "problem_id": task.problem_id,
        "problem_version": task.problem_version,
        "module": task.module,
        "topic_tags": task.topic_tags,
        "difficulty": task.difficulty,
        "kind": task.kind,
        "scheduled_at": scheduled_at,
        "metadata": task.metadata,
        "decision": {"rule": "planned_by_service", "why": "Planned for you by the Curriculum Orchestrator."},
    }
    if task.expires_at:
        columns["expires_at"] = task.expires_at
    return columns


class TaskBatchView(APIView):
    """Tasks planned by a service."""

    permission_classes = [IsService]

    @extend_schema(
        operation_id="study_tasks_batch",
        summary="Create tasks",
        description="Creates up to 500 tasks on an active path, all or none (R070).",
        tags=["Study tasks"],
        request=bodies.TaskBatch,
        responses={201: schemas.TasksSchema, **schemas.NOT_FOUND},
        examples=[examples.TASK_BATCH_BODY, examples.TASKS],
    )
    @idempotent
    def post(self, request: Request) -> HttpResponse:
        refuse_unknown_parameters(request, ())
        body = read_body(request, bodies.TaskBatch)
        return create_batch(request, body.path_id, body.tasks)


class PathTasksView(APIView):
    """The same under the path's address (R064)."""

    permission_classes = [IsService]

    @extend_schema(
        operation_id="study_paths_tasks_create",
        summary="Create tasks of a path",
        description="As `POST /v1/study-tasks/batch`, with the path in the address (R064, K-01).",
        tags=["Study paths"],
        request=bodies.PathTaskBatch,
        responses={201: schemas.TasksSchema},
        examples=[examples.PATH_TASK_BATCH_BODY, examples.TASKS],
    )
    @idempotent
    def post(self, request: Request, path_id: UUID) -> HttpResponse:
        refuse_unknown_parameters(request, ())
        body = read_body(request, bodies.PathTaskBatch)
        if body.path_id not in (None, path_id):
            raise PathMismatch(f"The address names {path_id}, the body {body.path_id}.")
        return create_batch(request, path_id, body.tasks)


class NextTaskView(APIView):
    """What to do now."""

    permission_classes = [IsLearner]

    @extend_schema(
        operation_id="study_tasks_next",
        summary="The next task",
        description="The task in progress, or else a review that is due, or else the first scheduled one, with its"
        " problem (R071, R087). When nothing is open, tasks are planned first: 404 means that the catalogue has"
        " nothing.",
        tags=["Study tasks"],
        parameters=[TRACK_PARAMETER],
        responses={200: schemas.NextTaskSchema, **schemas.NOT_FOUND, **ANSWERS_502},
        examples=[examples.NEXT_TASK],
    )
    def get(self, request: Request) -> HttpResponse:
        refuse_unknown_parameters(request, ("track",))
        row = task_row(planned_first(request, lambda whose: tasks.next_task_id(**whose)[0]))
        shown = {**presenters.task(row), "problem": problem_of(row)}
        return json_response(shown, headers={"ETag": etag_of(row["version"])})


def planned_first(request: Request, act: Callable[[dict[str, Any]], T]) -> T:
    """What `act` returns for the caller; when nothing is open, tasks are planned first and `act` is tried again."""
    whose: dict[str, Any] = {
        "learner_id": access.own_learner(request),
        "track_id": filters.track_of(request),
        "at": timezone.now(),
    }
    try:
        return act(whose)
    except tasks.NothingScheduled:
        planning.plan_next(**whose)
        return act(whose)


def problem_of(row: Row) -> dict[str, Any] | None:
    """The problem of a task as a learner may see it; None when the catalogue has none by that id."""
    try:
        return problem_detail(problem_bank().problem(row["problem_id"], row["problem_version"]), runtimes())
    except ProblemNotFound:
        return None


class StartNextTaskView(APIView):
    """Claim what to do now."""

    permission_classes = [IsLearner]
    documented_headers = {"POST": ("Idempotency-Key",)}

    @extend_schema(
        operation_id="study_tasks_next_start",
        summary="Start the next task",
        description="Starts the next task and returns it; a task already in progress is returned as it is, so two tabs"
        " never start two tasks (K-05).",
        tags=["Study tasks"],
        parameters=[TRACK_PARAMETER],
        request=None,
        responses={200: schemas.TaskSchema, **schemas.NOT_FOUND, **ANSWERS_502},
        examples=[examples.TASK],
    )
    def post(self, request: Request) -> HttpResponse:
        refuse_unknown_parameters(request, ("track",))
        return planned_first(request, lambda whose: self._start(request, whose))

    @idempotent
    def _start(self, request: Request, whose: dict[str, Any]) -> HttpResponse:
        return task_response(tasks.start_next_task(by=access.caller(request).actor, **whose))


class TaskView(APIView):
    """One task."""

    documented_headers = {"GET": ("If-None-Match",), "PATCH": ("If-Match",)}

    @extend_schema(
        operation_id="study_tasks_retrieve",
        summary="A task",
        description="The task with its decision: why it was chosen.",
        tags=["Study tasks"],
        responses=schemas.TaskSchema,
        examples=[examples.TASK],
    )
    def get(self, request: Request, task_id: UUID) -> HttpResponse:
        refuse_unknown_parameters(request, ())
        access.learner_shown_by_task(request, task_id)
        row = task_row(task_id)
        etag = etag_of(row["version"])
        return unchanged(etag) if not_modified(request, etag) else task_response(row)

    @extend_schema(
        operation_id="study_tasks_update",
        summary="Change a task",
        description="A learner may only skip. A service may make any legal move and report metrics (R065); `completed`"
        " needs a `score`. Learners never set score or completion.",
        tags=["Study tasks"],
        request=bodies.TaskChange,
        responses=schemas.TaskSchema,
        examples=[examples.TASK_CHANGE_BODY, examples.TASK],
    )
    @idempotent
    def patch(self, request: Request, task_id: UUID) -> HttpResponse:
        refuse_unknown_parameters(request, ())
        body = read_body(request, bodies.TaskChange)
        if not access.caller(request).is_service:
            _only_skips(body)
        measured = body.model_dump(exclude={"status", "score"}, exclude_none=True)
        row = tasks.report_progress(
            learner_id=access.learner_acting_on_task(request, task_id),
            task_id=task_id,
            status=body.status,
            score=body.score,
            measured=measured,
            by=access.caller(request).actor,
            at=timezone.now(),
            check=matching(request),
        )
        return task_response(row)


def _only_skips(body: bodies.TaskChange) -> None:
    """What a learner may ask for by PATCH (design section 6)."""
    if body.model_dump(exclude_none=True) != {"status": TaskStatus.SKIPPED}:
        raise Forbidden("A learner may only skip a task; scores and completion come from evaluations.")


class StartTaskView(APIView):
    """Begin."""

    permission_classes = [IsLearnerOrService]
    documented_headers = {"POST": ("If-Match",)}

    @extend_schema(
        operation_id="study_tasks_start",
        summary="Start a task",
        description="`scheduled` to `in_progress` (R072). 409 from any other status and once the task is overdue.",
        tags=["Study tasks"],
        request=None,
        responses=schemas.TaskSchema,
        examples=[examples.TASK],
    )
    @idempotent
    def post(self, request: Request, task_id: UUID) -> HttpResponse:
        refuse_unknown_parameters(request, ())
        row = tasks.start_task(
            learner_id=access.learner_acting_on_task(request, task_id),
            task_id=task_id,
            by=access.caller(request).actor,
            at=timezone.now(),
            check=matching(request),
        )
        return task_response(row)


class SkipTaskView(APIView):
    """Leave out."""

    permission_classes = [IsLearnerOrService]
    documented_headers = {"POST": ("If-Match",)}

    @extend_schema(
        operation_id="study_tasks_skip",
        summary="Skip a task",
        description="Skips a scheduled or started task, with or without a reason (K-35). The body may be left out.",
        tags=["Study tasks"],
        request=bodies.SkipReason,
        responses=schemas.TaskSchema,
        examples=[examples.SKIP_BODY, examples.TASK],
    )
    @idempotent
    def post(self, request: Request, task_id: UUID) -> HttpResponse:
        refuse_unknown_parameters(request, ())
        reason = read_body(request, bodies.SkipReason).reason if request.body else ""
        row = tasks.skip_task(
            learner_id=access.learner_acting_on_task(request, task_id),
            task_id=task_id,
            reason=reason,
            by=access.caller(request).actor,
            at=timezone.now(),
            check=matching(request),
        )
        return task_response(row)
