"""Audits for staff: paths, tasks, the log, chain heads and mastery, to look at.

Tables here may have 10^7 rows, so every page stays on an index: newest first by the time-ordered id, one learner at a
time by search, one month at a time by a range of ids. Filters on other columns appear once a learner is searched.
"""

import json
from datetime import UTC, datetime
from typing import Any, TypeVar
from uuid import UUID

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.db.models import F, Func, IntegerField, Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.html import format_html

from accounts.admin import actor_of
from accounts.selectors import learner_id_of
from accounts.services import record_access
from common.admin import ReadOnlyAdmin
from common.ids import first_uuid7_of
from studypaths.models import ChainHead, Mastery, StudyPath, StudyTask, TaskEvent

M = TypeVar("M", bound=Model)
MONTHS_OFFERED = 18


def pretty(value: Any) -> str:
    """JSON to read."""
    return format_html("<pre>{}</pre>", json.dumps(value, indent=2, ensure_ascii=False, sort_keys=True))


def size_of(column: str) -> Func:
    """The length of a binary column in bytes, computed by PostgreSQL without sending the bytes."""
    return Func(F(column), function="octet_length", output_field=IntegerField())


def sealed(size: int | None) -> str:
    """What is shown of a sealed body."""
    return "-" if size is None else f"sealed, {size} bytes"


def months_until(at: datetime, count: int) -> list[tuple[int, int]]:
    """(year, month) of the month of `at` and of those before it, newest first."""
    last = at.year * 12 + at.month - 1
    return [(month // 12, month % 12 + 1) for month in range(last, last - count, -1)]


class RecordedMonth(admin.SimpleListFilter):
    """The month in which a row was recorded, as the range of its UUIDv7: one range of the primary key."""

    title = "recorded in"
    parameter_name = "month"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        months = months_until(timezone.now().astimezone(UTC), MONTHS_OFFERED)
        return [(f"{year}-{month:02}", f"{year}-{month:02}") for year, month in months]

    def queryset(self, request: HttpRequest, queryset: QuerySet[M]) -> QuerySet[M]:
        if self.value() not in {name for name, _ in self.lookup_choices}:
            return queryset
        first = datetime.strptime(f"{self.value()}-01T00Z", "%Y-%m-%dT%H%z")
        following = first.replace(year=first.year + first.month // 12, month=first.month % 12 + 1)
        return queryset.filter(id__gte=first_uuid7_of(first), id__lt=first_uuid7_of(following))


class LearnerRecordAdmin(ReadOnlyAdmin[M]):
    """Rows that belong to a learner. Every look at one row, or at one learner's rows, is in the access log (R150)."""

    search_fields = ("learner",)
    search_help_text = "A whole user id, or any other name of the learner."
    list_select_related = ("learner",)
    sortable_by = ()
    narrow_filters: tuple[str, ...] = ()

    def get_list_filter(self, request: HttpRequest) -> list[Any]:
        """`narrow_filters` are fast among the rows of one learner only."""
        always: list[Any] = list(super().get_list_filter(request))
        return [*always, *self.narrow_filters] if request.GET.get("q") else always

    def rows_of_learner(self, rows: QuerySet[M], learner_id: UUID) -> QuerySet[M]:
        return rows.filter(learner_id=learner_id)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[M], search_term: str
    ) -> tuple[QuerySet[M], bool]:
        name = search_term.strip()
        if not name:
            return queryset, False
        learner_id = learner_id_of(name)
        if learner_id is None:
            return queryset.none(), False
        self._record_look(request, learner_id, f"list of {self.opts.verbose_name_plural}")
        return self.rows_of_learner(queryset, learner_id), False

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        row: Any = self.get_object(request, unquote(object_id))
        if row is not None and self.has_view_permission(request, row):
            self._record_look(request, row.learner_id, f"{self.opts.verbose_name} {row.pk}")
        return super().change_view(request, object_id, form_url, extra_context)

    @staticmethod
    def _record_look(request: HttpRequest, learner_id: UUID, what: str) -> None:
        record_access(
            learner_id=learner_id, actor=actor_of(request), channel="admin", what=what, at=timezone.now()
        )


@admin.register(StudyPath)
class StudyPathAdmin(LearnerRecordAdmin[StudyPath]):
    list_display = ("id", "learner", "track_id", "status", "version", "created_at")
    list_filter = (RecordedMonth,)
    narrow_filters = ("status", "track_id")
    ordering = ("-id",)
    fields = (
        "id", "learner", "track_id", "status", "version", "algorithm_version", "supersedes", "created_at",
        "updated_at", "settings",
    )  # fmt: skip
    readonly_fields = ("id", "settings")

    @admin.display(description="config")
    def settings(self, path: StudyPath) -> str:
        return pretty(path.config)


@admin.register(StudyTask)
class StudyTaskAdmin(LearnerRecordAdmin[StudyTask]):
    list_display = (
        "id", "learner", "problem_id", "module", "difficulty", "kind", "status", "score", "scheduled_at",
    )  # fmt: skip
    list_filter = (RecordedMonth,)
    narrow_filters = ("status", "module", "kind", "difficulty")
    ordering = ("-id",)
    fields = (
        "id", "learner", "path", "problem_id", "problem_version", "module", "topic_tags", "difficulty", "kind",
        "status", "scheduled_at", "expires_at", "started_at", "completed_at", "score", "passed", "attempts",
        "time_spent_seconds", "hints_used", "version", "created_at", "updated_at", "facts", "reasons",
    )  # fmt: skip
    readonly_fields = ("id", "facts", "reasons")

    @admin.display(description="metadata")
    def facts(self, task: StudyTask) -> str:
        return pretty(task.metadata)

    @admin.display(description="why this task")
    def reasons(self, task: StudyTask) -> str:
        return pretty(task.decision)


@admin.register(TaskEvent)
class TaskEventAdmin(LearnerRecordAdmin[TaskEvent]):
    """The log. A month is one partition; a sealed body is shown by its size."""

    list_display = ("id", "learner", "sequence", "event_type", "actor", "occurred_at", "body")
    list_filter = (RecordedMonth,)
    narrow_filters = ("event_type",)
    ordering = ("-id",)
    fields = (
        "id", "learner", "sequence", "task", "path", "event_type", "actor", "occurred_at", "created_at", "body",
        "facts", "previous", "own",
    )  # fmt: skip
    readonly_fields = ("id", "body", "facts", "previous", "own")

    def get_queryset(self, request: HttpRequest) -> QuerySet[TaskEvent]:
        return super().get_queryset(request).defer("sealed").annotate(sealed_size=size_of("sealed"))

    @admin.display(description="body")
    def body(self, event: Any) -> str:
        return sealed(event.sealed_size)

    @admin.display(description="payload")
    def facts(self, event: TaskEvent) -> str:
        return pretty(event.payload)

    @admin.display(description="previous hash")
    def previous(self, event: TaskEvent) -> str:
        return bytes(event.previous_hash).hex()

    @admin.display(description="hash")
    def own(self, event: TaskEvent) -> str:
        return bytes(event.hash).hex()


@admin.register(ChainHead)
class ChainHeadAdmin(LearnerRecordAdmin[ChainHead]):
    list_display = ("learner", "sequence", "head_hash", "updated_at")
    ordering = ("-learner_id",)
    fields = ("learner", "sequence", "head_hash", "updated_at")
    readonly_fields = ("head_hash",)

    @admin.display(description="hash")
    def head_hash(self, head: ChainHead) -> str:
        return bytes(head.hash).hex()


@admin.register(Mastery)
class MasteryAdmin(LearnerRecordAdmin[Mastery]):
    list_display = ("learner", "topic", "value", "observations", "model_version", "updated_at")
    ordering = ("-learner_id", "-topic")
    fields = list_display
