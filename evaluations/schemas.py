"""Bodies and answers of evaluations for validation and the OpenAPI document."""

from typing import Annotated, Any, Literal

from drf_spectacular.utils import OpenApiExample
from pydantic import Field
from rest_framework import serializers

from common.bodies import RequestBody, StorableText
from evaluations.judge import Verdict
from evaluations.states import EvaluationCause, EvaluationStatus

MAX_CODE_BYTES = 64 * 1024

# Named in settings.SPECTACULAR_SETTINGS, so that the document calls each choice the same everywhere.
STATUSES = [status.value for status in EvaluationStatus]
CAUSES = [cause.value for cause in EvaluationCause]
CASE_VERDICTS = [verdict.value for verdict in Verdict]
VERDICTS = [verdict.value for verdict in Verdict if verdict != Verdict.SKIPPED]


class SubmissionBody(RequestBody):
    """Code to be judged: at most 64 KiB of UTF-8."""

    language: Literal["python", "javascript"]
    code: Annotated[StorableText, Field(min_length=1, max_length=MAX_CODE_BYTES)]


class CaseSchema(serializers.Serializer[None]):
    id = serializers.CharField()
    visible = serializers.BooleanField()
    category = serializers.CharField(
        help_text="What a hidden test is about: basic, edge, large …; empty for visible ones."
    )
    verdict = serializers.ChoiceField(choices=CASE_VERDICTS)
    runtime_ms = serializers.IntegerField(help_text="CPU time; of hidden tests rounded up to 50 ms.")
    memory_kb = serializers.IntegerField(help_text="Measured peak; of hidden tests rounded up to 4 MB.")
    details = serializers.DictField(
        allow_null=True,
        help_text="Visible tests only: input, expected, got, diff, stdout, error. Values of more than 4,000 characters,"
        " integers of more than 53 bits and what is nested deeper than 60 levels are told as text.",
    )


class ListedEvaluationSchema(serializers.Serializer[None]):
    id = serializers.UUIDField()
    task_id = serializers.UUIDField()
    submission_id = serializers.UUIDField(help_text="Groups the evaluations of one submission.")
    cause = serializers.ChoiceField(choices=CAUSES)
    status = serializers.ChoiceField(choices=STATUSES)
    verdict = serializers.ChoiceField(
        choices=VERDICTS,
        allow_null=True,
        help_text="Null until done.",
    )
    language = serializers.CharField()
    problem_id = serializers.CharField()
    problem_version = serializers.IntegerField(allow_null=True)
    attempt = serializers.IntegerField(
        allow_null=True, help_text="Null for infrastructure errors, which are no attempt."
    )
    score = serializers.FloatField(allow_null=True, min_value=0, max_value=1)
    test_cases_passed = serializers.IntegerField(allow_null=True)
    test_cases_total = serializers.IntegerField(allow_null=True)
    runtime_ms = serializers.IntegerField(
        allow_null=True, help_text="CPU time of the slowest test, rounded up to 50 ms."
    )
    memory_mb = serializers.FloatField(
        allow_null=True, help_text="Highest peak of the tests, rounded up to 4 MB."
    )
    error_message = serializers.CharField(allow_blank=True)
    created_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)


class EvaluationSchema(ListedEvaluationSchema):
    message = serializers.CharField(
        allow_blank=True, help_text="Compiler text or traceback of the learner's own code."
    )
    cases = CaseSchema(many=True)
    code = serializers.CharField(allow_null=True, help_text="The submitted code; null after an erasure.")


class EvaluationPageSchema(serializers.Serializer[None]):
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = ListedEvaluationSchema(many=True)


_listed: dict[str, Any] = {
    "id": "019a9e5c-2b1d-7c30-8d4e-5f6071829304",
    "task_id": "019a9e5c-2b1b-7a10-9b2c-3d4e5f607182",
    "submission_id": "019a9e5c-2b1d-7c30-8d4e-5f6071829303",
    "cause": "submission",
    "status": "done",
    "verdict": "wrong_answer",
    "language": "python",
    "problem_id": "longest-climb",
    "problem_version": 1,
    "attempt": 1,
    "score": 0.6667,
    "test_cases_passed": 2,
    "test_cases_total": 3,
    "runtime_ms": 50,
    "memory_mb": 16,
    "error_message": "wrong answer at a hidden test (edge)",
    "created_at": "2026-03-02T12:20:00Z",
    "finished_at": "2026-03-02T12:20:01Z",
}
_done: dict[str, Any] = {
    **_listed,
    "message": "",
    "cases": [
        {
            "id": "visible-1",
            "visible": True,
            "category": "",
            "verdict": "accepted",
            "runtime_ms": 3,
            "memory_kb": 13900,
            "details": {"input": {"heights": [1, 2, 2, 1]}, "expected": 2, "got": 2, "stdout": ""},
        },
        {
            "id": "hidden-1",
            "visible": False,
            "category": "edge",
            "verdict": "wrong_answer",
            "runtime_ms": 50,
            "memory_kb": 16384,
            "details": None,
        },
    ],
    "code": "def longest_climb(heights):\n    return len(heights) - 1\n",
}
_queued: dict[str, Any] = {
    **_listed,
    "status": "queued",
    "verdict": None,
    **dict.fromkeys(
        (
            "attempt",
            "score",
            "test_cases_passed",
            "test_cases_total",
            "runtime_ms",
            "memory_mb",
            "finished_at",
        )
    ),
    "error_message": "",
}
SUBMISSION_BODY = OpenApiExample(
    "A solution", value={"language": "python", "code": _done["code"]}, request_only=True
)
QUEUED = OpenApiExample("Queued", value=_queued, response_only=True, status_codes=["202"])
DONE = OpenApiExample("Done", value=_done, response_only=True, status_codes=["200"])
EVALUATION_PAGE = OpenApiExample(
    "Evaluations of a task", value={"next": None, "previous": None, "results": [_listed]}, response_only=True
)
