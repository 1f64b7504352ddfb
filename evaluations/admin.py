"""Audits for staff: evaluations and their verdicts. Submitted code and what it printed stay sealed."""

from typing import Any
from uuid import UUID

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from evaluations.models import TaskEvaluation
from studypaths.admin import LearnerRecordAdmin, RecordedMonth, pretty, sealed, size_of


@admin.register(TaskEvaluation)
class TaskEvaluationAdmin(LearnerRecordAdmin[TaskEvaluation]):
    list_display = (
        "id", "learner", "problem_id", "language", "status", "verdict", "score", "attempt", "code_body", "created_at",
    )  # fmt: skip
    list_filter = (RecordedMonth,)
    narrow_filters = ("status", "verdict", "language")
    ordering = ("-id",)
    fields = (
        "id", "learner", "task", "submission_id", "cause", "status", "verdict", "language", "problem_id",
        "problem_version", "attempt", "score", "test_cases_passed", "test_cases_total", "runtime_ms", "memory_mb",
        "error_message", "created_at", "finished_at", "deliveries", "claimed_at", "lease_expires_at", "not_before",
        "code_body", "report_body", "outcomes",
    )  # fmt: skip
    readonly_fields = ("id", "code_body", "report_body", "outcomes")

    def get_queryset(self, request: HttpRequest) -> QuerySet[TaskEvaluation]:
        rows = super().get_queryset(request).defer("code", "report")
        return rows.annotate(code_size=size_of("code"), report_size=size_of("report"))

    def rows_of_learner(self, rows: QuerySet[TaskEvaluation], learner_id: UUID) -> QuerySet[TaskEvaluation]:
        """By way of the learner's tasks: both steps have an index, evaluations by learner have none."""
        return rows.filter(task__learner_id=learner_id)

    @admin.display(description="code")
    def code_body(self, evaluation: Any) -> str:
        return sealed(evaluation.code_size)

    @admin.display(description="report")
    def report_body(self, evaluation: Any) -> str:
        return sealed(evaluation.report_size)

    @admin.display(description="cases")
    def outcomes(self, evaluation: TaskEvaluation) -> str:
        return pretty(evaluation.cases)
