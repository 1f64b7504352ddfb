"""Audits for staff: evaluations and their verdicts; rejudgings to begin, look at, apply and discard.

Submitted code and what it printed stay sealed.
"""

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.text import Truncator

from accounts.admin import actor_of
from accounts.services import record_accesses
from catalog.admin import ProblemAdmin
from catalog.languages import LANGUAGES
from catalog.models import Problem
from common.admin import ReadOnlyAdmin
from evaluations import services
from evaluations.models import Rejudging, RejudgingItem, TaskEvaluation
from evaluations.rejudging import views
from evaluations.rejudging.applying import begin_applying, discard_rejudging
from evaluations.rejudging.selection import RejudgingRefused, newer_tests, plan_rejudging, start_rejudging
from evaluations.states import ItemState, RejudgingState
from evaluations.tasks import apply_rejudging
from studypaths.admin import LearnerRecordAdmin, RecordedMonth, pretty, sealed, size_of

ITEMS_PER_PAGE = 50
REASON_CHARACTERS = 40

if TYPE_CHECKING:  # generic to the type checker only
    RejudgingModelForm = forms.ModelForm[Rejudging]
else:
    RejudgingModelForm = forms.ModelForm


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


admin.site.unregister(Problem)


@admin.register(Problem)
class RejudgedProblemAdmin(ProblemAdmin):
    """The catalogue's page, with a way to a rejudging: the catalogue knows nothing of submissions."""

    actions = [*ProblemAdmin.actions, "rejudge"]

    def has_rejudge_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("evaluations.add_rejudging")

    @admin.action(description="Rejudge…: judge the submissions by other tests", permissions=["rejudge"])
    def rejudge(self, request: HttpRequest, queryset: QuerySet[Problem]) -> HttpResponse | None:
        ids = list(queryset.values_list("id", flat=True))
        if len(ids) == 1:
            address = reverse("admin:evaluations_rejudging_add")
            return HttpResponseRedirect(f"{address}?{urlencode({'problem_id': ids[0]})}")
        self.message_user(request, "Choose one problem to rejudge.", messages.ERROR)
        return None


class RejudgingForm(RejudgingModelForm):
    """What is judged again, and why."""

    language = forms.ChoiceField(choices=[("", "all"), *LANGUAGES.items()], required=False)
    to_version = forms.IntegerField(
        min_value=1, required=False, label="Version", help_text="Of the tests; empty: the current one."
    )
    same_version = forms.BooleanField(
        required=False,
        label="Also what that version judged already",
        help_text="After the evaluator changed.",
    )

    class Meta:
        model = Rejudging
        fields = ("problem_id", "to_version", "language", "since", "reason")
        help_texts = {"since": "Only what was submitted since then.", "reason": "Recorded with every change."}
        widgets = {"reason": forms.TextInput(attrs={"size": 60})}

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if self.errors:
            return given
        try:
            self.plan = plan_rejudging(
                problem_id=given["problem_id"],
                version=given["to_version"],
                language=given["language"],
                since=given["since"],
                same_version=given["same_version"],
            )
        except RejudgingRefused as refused:
            raise forms.ValidationError(str(refused)) from None
        return given


@admin.register(Rejudging)
class RejudgingAdmin(ReadOnlyAdmin[Rejudging]):
    """Begun here or by `manage.py rejudge`; judged by workers; applied or discarded by whoever may do so.

    Every look at a page with learners on it is in the access log of each of them (R150).
    """

    list_display = (
        "problem_id", "to_version", "state", "judged", "changed", "created_at", "short_reason",
    )  # fmt: skip
    list_filter = ("state",)
    search_fields = ("problem_id__exact",)
    search_help_text = "A whole problem id."
    sortable_by = ()
    ordering = ("-id",)
    form = RejudgingForm
    fields = ("problem_id", "to_version", "language", "since", "same_version", "reason")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return admin.ModelAdmin.has_add_permission(self, request)

    def has_apply_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("evaluations.apply_rejudging")

    # The list

    def get_changelist_instance(self, request: HttpRequest) -> ChangeList:
        """The page of rejudgings with their counts, which are one statement for all."""
        page = super().get_changelist_instance(request)
        rows: list[Any] = list(page.result_list)
        counts = views.counts_of(row.pk for row in rows)
        for row in rows:
            row.counts = counts[row.pk]
        page.result_list = rows
        return page

    @admin.display(description="reason")
    def short_reason(self, rejudging: Rejudging) -> str:
        return Truncator(rejudging.reason).chars(REASON_CHARACTERS)

    @admin.display(description="judged")
    def judged(self, rejudging: Any) -> str:
        return f"{rejudging.counts.judged} / {rejudging.counts.total}"

    @admin.display(description="changed")
    def changed(self, rejudging: Any) -> int:
        changed: int = rejudging.counts.changed
        return changed

    # Beginning one

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        try:
            return super().add_view(request, form_url, extra_context)
        except RejudgingRefused as refused:  # somebody else began one since the form was checked
            self.message_user(request, str(refused), messages.ERROR)
            return HttpResponseRedirect(reverse("admin:evaluations_rejudging_changelist"))

    def save_model(self, request: HttpRequest, obj: Rejudging, form: Any, change: bool) -> None:
        begun = start_rejudging(plan=form.plan, reason=obj.reason, by=actor_of(request), at=timezone.now())
        obj.pk = begun.pk

    def response_add(
        self, request: HttpRequest, obj: Rejudging, post_url_continue: str | None = None
    ) -> HttpResponse:
        self.message_user(request, "The submissions are waiting to be judged.", messages.SUCCESS)
        return HttpResponseRedirect(_page_of(obj.pk))

    # One rejudging

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        rejudging = self.get_object(request, unquote(object_id))
        if rejudging is None or request.method == "POST" or not self.has_view_permission(request, rejudging):
            return super().change_view(request, object_id, form_url, extra_context)
        return TemplateResponse(
            request, "admin/evaluations/rejudging/detail.html", self._detail(request, rejudging)
        )

    def _detail(self, request: HttpRequest, rejudging: Rejudging) -> dict[str, Any]:
        counts = views.counts_of([rejudging.id])[rejudging.id]
        shown = request.GET.get("show", "changed")
        items = _items(rejudging, shown)
        page = Paginator(items, ITEMS_PER_PAGE).get_page(request.GET.get("p"))
        at = timezone.now()
        changes = views.changes_of(rejudging, list(page.object_list), at=at)
        record_accesses(
            learner_ids=[change.item.learner_id for change in changes],
            actor=actor_of(request),
            channel="admin",
            what=f"rejudging {rejudging.id}",
            at=at,
        )
        return {
            **self._context(request, rejudging),
            "counts": counts,
            "warning": newer_tests(rejudging),
            "matrix": views.matrix_of(rejudging),
            "changes": changes,
            "page": page,
            "shown": shown,
            "choices": [("changed", counts.changed), *sorted(counts.states.items())],
            "may_discard": self.has_apply_permission(request)
            and rejudging.state in (RejudgingState.JUDGING, RejudgingState.READY),
            "may_apply": self.has_apply_permission(request) and rejudging.state == RejudgingState.READY,
        }

    def _context(self, request: HttpRequest, rejudging: Rejudging) -> dict[str, Any]:
        return {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": f"Rejudging of {rejudging.problem_id}",
            "rejudging": rejudging,
        }

    # Closing one

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        ours = [
            path(
                f"<uuid:rejudging_id>/{act}/",
                view(self.decide_view),
                {"act": act},
                name=f"evaluations_rejudging_{act}",
            )
            for act in ("apply", "discard")
        ]
        return [*ours, *super().get_urls()]

    def decide_view(self, request: HttpRequest, rejudging_id: UUID, act: str) -> HttpResponse:
        """Ask, then apply or discard. Applying is left to a worker: it may take a while."""
        if not (self.has_apply_permission(request) and self.has_view_permission(request)):
            raise PermissionDenied
        rejudging = self.get_object(request, str(rejudging_id))
        if rejudging is None:
            return super().change_view(request, str(rejudging_id))
        if request.method == "POST":
            self._decide(request, rejudging_id, act)
            return HttpResponseRedirect(_page_of(rejudging_id))
        counts = views.counts_of([rejudging_id])[rejudging_id]
        context = {**self._context(request, rejudging), "act": act, "counts": counts}
        context["warning"] = newer_tests(rejudging)
        return TemplateResponse(request, "admin/evaluations/rejudging/decide.html", context)

    def _decide(self, request: HttpRequest, rejudging_id: UUID, act: str) -> None:
        by, at = actor_of(request), timezone.now()
        try:
            if act == "discard":
                discard_rejudging(rejudging_id=rejudging_id, by=by, at=at)
                self.message_user(request, "Discarded; nobody was changed.", messages.SUCCESS)
            else:
                with transaction.atomic():
                    begin_applying(rejudging_id=rejudging_id, by=by, at=at)
                    transaction.on_commit(
                        lambda: services.send(apply_rejudging, str(rejudging_id)), robust=True
                    )
                self.message_user(request, "It is being applied.", messages.SUCCESS)
        except RejudgingRefused as refused:
            self.message_user(request, str(refused), messages.ERROR)


def _page_of(rejudging_id: UUID) -> str:
    return reverse("admin:evaluations_rejudging_change", args=[rejudging_id])


def _items(rejudging: Rejudging, shown: str) -> QuerySet[RejudgingItem]:
    """The items of a state, or those that changed."""
    if shown in set(ItemState):
        items = RejudgingItem.objects.filter(rejudging=rejudging, state=shown)
        return items.order_by("learner_id", "evaluation_id")
    return views.changed_items(rejudging)
