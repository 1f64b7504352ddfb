"""The catalogue for staff: to look at; a problem can be retired from planning and restored."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.timezone import now

from catalog.models import Module, Problem, ProblemVersion, Topic, Track
from catalog.services import restore_problem, retire_problem
from common.admin import ReadOnlyAdmin


@admin.register(Track)
class TrackAdmin(ReadOnlyAdmin[Track]):
    list_display = ["slug", "title"]


@admin.register(Module)
class ModuleAdmin(ReadOnlyAdmin[Module]):
    list_display = ["position", "slug", "title", "track"]
    list_select_related = ["track"]
    ordering = ["track", "position"]


@admin.register(Topic)
class TopicAdmin(ReadOnlyAdmin[Topic]):
    list_display = ["slug", "title", "module"]
    list_select_related = ["module"]
    list_filter = ["module"]
    search_fields = ["slug", "title"]
    ordering = ["module__position", "position", "slug"]


@admin.register(Problem)
class ProblemAdmin(ReadOnlyAdmin[Problem]):
    list_display = ["id", "title", "module", "difficulty", "minutes_target", "current_version", "retired_at"]
    list_filter = ["module", "difficulty", ("retired_at", admin.EmptyFieldListFilter)]
    search_fields = ["id", "title"]
    ordering = ["id"]
    actions = ["retire", "restore"]

    @admin.action(description="Retire: never plan the selected problems again")
    def retire(self, request: HttpRequest, queryset: QuerySet[Problem]) -> None:
        at = now()
        self._act(request, queryset, lambda problem_id: retire_problem(problem_id=problem_id, at=at))

    @admin.action(description="Restore: let planning choose the selected problems")
    def restore(self, request: HttpRequest, queryset: QuerySet[Problem]) -> None:
        self._act(request, queryset, lambda problem_id: restore_problem(problem_id=problem_id))

    def _act(self, request: HttpRequest, queryset: QuerySet[Problem], act: Any) -> None:
        ids = list(queryset.values_list("id", flat=True))
        for problem_id in ids:
            act(problem_id)
        self.message_user(request, f"{len(ids)} problems done.", messages.SUCCESS)


@admin.register(ProblemVersion)
class ProblemVersionAdmin(ReadOnlyAdmin[ProblemVersion]):
    list_display = ["problem_id", "version", "created_at", "digest"]
    search_fields = ["=problem__id"]
    ordering = ["problem_id", "-version"]
