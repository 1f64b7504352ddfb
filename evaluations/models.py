"""Judging of submitted code: one row per run of a submission against the tests of a problem."""

from django.db import models
from django.db.models import Q

from accounts.models import Learner
from common.ids import uuid7
from evaluations.states import ItemState, RejudgingState
from studypaths.models import StudyTask


class TaskEvaluation(models.Model):
    """One evaluation (R052). What it says is a projection of the log; lease, claim and deliveries are the queue's.

    `submission_id` groups the evaluations of one submission. `code` and `report` are sealed with the learner's data
    key; `report` holds what the learner's own code printed, returned and raised. A rejudged evaluation has no code of
    its own: it is that of its submission. `cases` never holds anything of a hidden test but its category.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    task = models.ForeignKey(StudyTask, on_delete=models.PROTECT, related_name="evaluations", db_index=False)
    learner = models.ForeignKey(Learner, on_delete=models.PROTECT, related_name="evaluations", db_index=False)
    submission_id = models.UUIDField()
    cause = models.CharField(max_length=12)
    status = models.CharField(max_length=8, default="queued")
    verdict = models.CharField(max_length=24, null=True)
    language = models.CharField(max_length=20)
    code = models.BinaryField(null=True)
    problem_id = models.CharField(max_length=100)
    problem_version = models.PositiveIntegerField(null=True)
    attempt = models.PositiveIntegerField(null=True)
    score = models.FloatField(null=True)
    test_cases_passed = models.PositiveIntegerField(null=True)
    test_cases_total = models.PositiveIntegerField(null=True)
    runtime_ms = models.PositiveIntegerField(null=True)
    memory_mb = models.FloatField(null=True)
    error_message = models.CharField(max_length=200, blank=True, default="")
    cases = models.JSONField(default=list)
    report = models.BinaryField(null=True)
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    # The queue's own columns: not part of the record, never rebuilt.
    claim = models.UUIDField(null=True)
    claimed_at = models.DateTimeField(null=True)
    lease_expires_at = models.DateTimeField(null=True)
    not_before = models.DateTimeField(null=True)
    deliveries = models.PositiveSmallIntegerField(db_default=0)

    class Meta:
        db_table = "task_evaluations"
        indexes = [
            models.Index(
                fields=["task", "created_at"], name="idx_task_evaluations_task"
            ),  # R053, attempts of a task
            models.Index(
                fields=["learner", "created_at"],
                condition=~Q(status="done"),
                name="idx_task_evaluations_open",
            ),  # claiming, the cap of waiting evaluations
            models.Index(
                fields=["learner"], condition=Q(status="running"), name="idx_task_evaluations_running"
            ),  # claiming: how many of a learner run; leases that ran out
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["queued", "running", "done"]), name="task_evaluations_status_is_known"
            ),
            models.CheckConstraint(
                condition=Q(status="done", verdict__isnull=False, finished_at__isnull=False)
                | Q(~Q(status="done"), verdict=None, finished_at=None),
                name="task_evaluations_have_a_verdict_when_done",
            ),
            models.CheckConstraint(
                condition=Q(status="running", claim__isnull=False, lease_expires_at__isnull=False)
                | Q(~Q(status="running"), claim=None, lease_expires_at=None),
                name="task_evaluations_are_leased_while_running",
            ),
            models.CheckConstraint(
                condition=Q(test_cases_passed=None) | Q(test_cases_passed__lte=models.F("test_cases_total")),
                name="task_evaluations_pass_at_most_all_tests",
            ),
            models.CheckConstraint(
                condition=Q(score=None) | Q(score__range=(0, 1)), name="task_evaluations_score_is_0_to_1"
            ),
            models.CheckConstraint(
                condition=Q(cause="rejudge", code=None) | Q(~Q(cause="rejudge"), code__isnull=False),
                name="task_evaluations_have_code_unless_rejudged",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.status} {self.verdict or ''}".strip()


class EvaluationTurn(models.Model):
    """When a learner's evaluation was last claimed: whose turn was longest ago comes first."""

    learner = models.OneToOneField(Learner, on_delete=models.PROTECT, primary_key=True, related_name="+")
    served_at = models.DateTimeField()

    class Meta:
        db_table = "evaluation_turns"

    def __str__(self) -> str:
        return f"{self.learner_id} at {self.served_at}"


class Rejudging(models.Model):
    """Submissions of a problem judged on the side by one version of its tests, then applied or discarded.

    A working row, like its items: nothing of a learner changes before it is applied. `language` and `since` are what
    it was limited to. `closed_at` is when applying began, or when it was discarded.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    problem_id = models.CharField(max_length=100)
    to_version = models.PositiveIntegerField()
    language = models.CharField(max_length=20, blank=True, default="")
    since = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=500, blank=True, default="")
    state = models.CharField(max_length=10, default="judging")
    created_by = models.CharField(max_length=120)
    created_at = models.DateTimeField()
    ready_at = models.DateTimeField(null=True)
    closed_by = models.CharField(max_length=120, blank=True, default="")
    closed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "rejudgings"
        permissions = [("apply_rejudging", "Can apply or discard a rejudging")]
        indexes = [
            # the version that a submission is judged by
            models.Index(fields=["problem_id", "closed_at"], name="idx_rejudgings_problem"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in RejudgingState]),
                name="rejudgings_state_is_known",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["judging", "ready"], closed_at=None)
                | Q(state__in=["applying", "applied", "discarded"], closed_at__isnull=False),
                name="rejudgings_are_closed_once",
            ),
            models.UniqueConstraint(
                fields=["problem_id", "language"],
                condition=Q(state__in=["judging", "ready", "applying"]),
                name="rejudgings_one_open_per_problem",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.problem_id} by version {self.to_version}, {self.state}"


class RejudgingItem(models.Model):
    """One submission of a rejudging. `evaluation` is the one that stood when the rejudging began.

    `new_facts` are those of the event that applying records; `report` is sealed with the learner's key. Both go when
    the rejudging is closed. Claim, lease and deliveries are as in the queue of evaluations.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    rejudging = models.ForeignKey(Rejudging, on_delete=models.PROTECT, related_name="items", db_index=False)
    learner = models.ForeignKey(Learner, on_delete=models.PROTECT, related_name="+", db_index=False)
    task = models.ForeignKey(StudyTask, on_delete=models.PROTECT, related_name="+", db_index=False)
    submission_id = models.UUIDField()
    evaluation = models.ForeignKey(TaskEvaluation, on_delete=models.PROTECT, related_name="+", db_index=False)
    language = models.CharField(max_length=20)
    old_version = models.PositiveIntegerField(null=True)
    old_verdict = models.CharField(max_length=24)
    old_score = models.FloatField()
    state = models.CharField(max_length=10, default="waiting")
    new_verdict = models.CharField(max_length=24, blank=True, default="")
    new_score = models.FloatField(null=True)
    changed = models.BooleanField(null=True)
    new_facts = models.JSONField(default=dict)
    report = models.BinaryField(null=True)
    message = models.CharField(max_length=200, blank=True, default="")
    claim = models.UUIDField(null=True)
    lease_expires_at = models.DateTimeField(null=True)
    not_before = models.DateTimeField(null=True)
    deliveries = models.PositiveSmallIntegerField(db_default=0)

    class Meta:
        db_table = "rejudging_items"
        indexes = [
            # the page of a rejudging, progress, what is to be applied
            models.Index(
                fields=["rejudging", "state", "learner", "evaluation"], name="idx_rejudging_items_state"
            ),
            # claiming
            models.Index(
                fields=["id"], condition=Q(state__in=["waiting", "running"]), name="idx_rejudging_items_open"
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["rejudging", "submission_id"], name="rejudging_items_judge_a_submission_once"
            ),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in ItemState]),
                name="rejudging_items_state_is_known",
            ),
            models.CheckConstraint(
                condition=Q(state="running", claim__isnull=False, lease_expires_at__isnull=False)
                | Q(~Q(state="running"), claim=None, lease_expires_at=None),
                name="rejudging_items_are_leased_while_running",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["judged", "confirmed", "applied"])
                | Q(new_score__isnull=False, changed__isnull=False),
                name="rejudging_items_have_a_result_once_judged",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.submission_id}: {self.old_verdict} -> {self.new_verdict or self.state}"
