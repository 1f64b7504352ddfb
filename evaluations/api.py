"""Calls of judging: submit, evaluate again, look at evaluations."""

import re
import threading
from uuid import UUID

import structlog
from django.db import InterfaceError, OperationalError, connection
from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
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
    refuse_unknown_parameters,
    require_match,
)
from common.bodies import read_body
from common.errors import InvalidRequest
from common.openapi import PAGE_PARAMETERS
from common.throttling import RequestThrottle, SubmitThrottle
from evaluations import presenters, schemas, selectors, services
from evaluations.models import TaskEvaluation
from studypaths.api import access
from studypaths.journal import VersionCheck
from studypaths.projection import Row

log = structlog.get_logger(__name__)

LONGEST_WAIT_SECONDS = 30
MAX_WAITING_CALLERS = 4  # of a web process, which has 8 threads by default: the others go on answering
WAIT = re.compile(r"(?:^|[,;\s])wait=([0-9]{1,4})(?=$|[,;\s])")
_waiting = threading.BoundedSemaphore(MAX_WAITING_CALLERS)
OLDEST_FIRST = Keyset("evaluations", (("created_at", "instant"), ("id", "uuid")))


def seconds_to_wait(request: Request) -> int:
    """What `Prefer: wait=N` asks for (RFC 7240), at most 30; other preferences are ignored, as the RFC demands."""
    found = WAIT.search(request.headers.get("Prefer", ""))
    return min(int(found[1]), LONGEST_WAIT_SECONDS) if found else 0


def matching(request: Request) -> VersionCheck:
    """The check of the task's version that If-Match asks for, made under the lock."""
    return lambda version: require_match(request, etag_of(version))


def accepted(row: Row) -> HttpResponse:
    """202 with the evaluation as it was queued; `Location` is where its verdict will be.

    The code is not in it: the answer is kept, unsealed, for whoever repeats the request.
    """
    return json_response(
        presenters.queued(row),
        status=202,
        headers={"Location": f"/v1/evaluations/{row['id']}", "Retry-After": "1"},
    )


def waited_for(request: Request, response: HttpResponse) -> HttpResponse:
    """The response, or 200 with the verdict if it comes within the time that the caller waits.

    Each waiting caller holds a thread of the web server. When enough of them wait already, the preference is
    not honoured, which RFC 7240 leaves to the server: the answer is the 202 at once, without Preference-Applied.
    The same where the database goes away meanwhile: the submission is recorded, and the caller must know it.
    """
    seconds = seconds_to_wait(request)
    if not seconds or not _waiting.acquire(blocking=False):
        return response
    try:
        return _verdict_within(seconds, response)
    except (OperationalError, InterfaceError) as outage:
        log.warning("verdict_not_waited_for", error=type(outage).__name__)
        connection.close()  # so that this thread's next request opens a new one
        return response
    finally:
        _waiting.release()


def _verdict_within(seconds: int, response: HttpResponse) -> HttpResponse:
    location = response.headers["Location"]
    evaluation_id = UUID(location.rsplit("/", 1)[1])
    applied = {"Location": location, "Preference-Applied": f"wait={seconds}"}
    if not selectors.wait_until_done(evaluation_id, seconds=seconds):
        response.headers["Preference-Applied"] = applied["Preference-Applied"]
        return response
    return json_response(presenters.evaluation(selectors.evaluation_by_id(evaluation_id)), headers=applied)


class SubmitView(APIView):
    """Hand in code."""

    permission_classes = [IsLearner]
    throttle_classes = [RequestThrottle, SubmitThrottle]
    documented_headers = {"POST": ("Idempotency-Key", "If-Match", "Prefer")}

    @extend_schema(
        operation_id="study_tasks_submit",
        summary="Submit code",
        description="Records the submission and queues its evaluation (R073). Poll `Location`, or ask to wait for the"
        " verdict with `Prefer: wait=N` (K-12). 409 unless the task is in progress and has an attempt left; 422 for a"
        " language that the problem cannot be solved in here; 429 when ten of the learner's evaluations wait already.",
        tags=["Evaluations"],
        request=schemas.SubmissionBody,
        responses={200: schemas.EvaluationSchema, 202: schemas.ListedEvaluationSchema, **ANSWERS_502},
        examples=[schemas.SUBMISSION_BODY, schemas.QUEUED, schemas.DONE],
    )
    def post(self, request: Request, task_id: UUID) -> HttpResponse:
        refuse_unknown_parameters(request, ())
        body = read_body(request, schemas.SubmissionBody)
        if len(body.code.encode()) > schemas.MAX_CODE_BYTES:
            raise InvalidRequest.at("#/code", "too_long", "Code may have at most 64 KiB.")
        answered = replayed(request)
        if answered is not None:
            return waited_for(request, answered)
        submission = services.prepare_submission(
            learner_id=access.own_learner(request), task_id=task_id, language=body.language, code=body.code
        )
        return waited_for(request, self._submit(request, submission))

    @idempotent
    def _submit(self, request: Request, submission: services.Submission) -> HttpResponse:
        row = services.submit(
            submission=submission,
            by=access.caller(request).actor,
            at=timezone.now(),
            check=matching(request),
        )
        return accepted(row)


class EvaluateView(APIView):
    """Judge again."""

    permission_classes = [IsLearnerOrService]
    throttle_classes = [RequestThrottle, SubmitThrottle]
    documented_headers = {"POST": ("Idempotency-Key", "If-Match", "Prefer")}

    @extend_schema(
        operation_id="study_tasks_evaluate",
        summary="Evaluate again",
        description="Queues another evaluation of the latest submission (R078, K-11). It is no new attempt and does not"
        " change the outcome of a completed task. 409 once a submission was evaluated again three times.",
        tags=["Evaluations"],
        request=None,
        responses={200: schemas.EvaluationSchema, 202: schemas.ListedEvaluationSchema},
        examples=[schemas.QUEUED, schemas.DONE],
    )
    def post(self, request: Request, task_id: UUID) -> HttpResponse:
        refuse_unknown_parameters(request, ())
        return waited_for(request, self._evaluate(request, task_id))

    @idempotent
    def _evaluate(self, request: Request, task_id: UUID) -> HttpResponse:
        row = services.evaluate_again(
            learner_id=access.learner_acting_on_task(request, task_id),
            task_id=task_id,
            by=access.caller(request).actor,
            at=timezone.now(),
            check=matching(request),
        )
        return accepted(row)


class EvaluationView(APIView):
    """One evaluation."""

    @extend_schema(
        operation_id="evaluations_retrieve",
        summary="An evaluation",
        description="Status, verdict and the outcome of every test. Of hidden tests only the category is shown.",
        tags=["Evaluations"],
        responses=schemas.EvaluationSchema,
        examples=[schemas.DONE],
    )
    def get(self, request: Request, evaluation_id: UUID) -> HttpResponse:
        refuse_unknown_parameters(request, ())
        evaluation = selectors.evaluation_by_id(evaluation_id)
        access.visible_learner(
            request, evaluation.learner_id, f"evaluation {evaluation_id}", "There is no such evaluation."
        )
        return json_response(presenters.evaluation(evaluation))


class TaskEvaluationsView(APIView):
    """The attempts of a task."""

    @extend_schema(
        operation_id="study_tasks_evaluations",
        summary="Evaluations of a task",
        description="Every evaluation of the task, oldest first, without code and cases.",
        tags=["Evaluations"],
        parameters=PAGE_PARAMETERS,
        responses=schemas.EvaluationPageSchema,
        examples=[schemas.EVALUATION_PAGE],
    )
    def get(self, request: Request, task_id: UUID) -> HttpResponse:
        refuse_unknown_parameters(request, ("limit", "cursor"))
        page = KeysetPage.of(request, OLDEST_FIRST)
        access.learner_shown_by_task(request, task_id)
        rows = list(page.rows_of(TaskEvaluation.objects.filter(task_id=task_id)))
        return json_response(
            page.answer(rows, key=lambda found: (found.created_at, found.id), show=presenters.listed)
        )
