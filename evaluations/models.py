"""Judging of submitted code: one row per run of a submission against the tests of a problem."""

from django.db import models
from django.db.models import Q

from accounts.models import Learner
from common.ids import uuid7
from studypaths.models import StudyTask


class TaskEvaluation(models.Model):
    """One evaluation (R052). What it says is a projection of the log; lease, claim and deliveries are the queue's.

    `submission_id` groups the evaluations of one submission. `code` and `report` are sealed with the learner's data
    key; `report` holds what the learner's own code printed, returned and raised. `cases` never holds anything of a
    hidden test but its category.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    task = models.ForeignKey(StudyTask, on_delete=models.PROTECT, related_name="evaluations", db_index=False)
    learner = models.ForeignKey(Learner, on_delete=models.PROTECT, related_name="evaluations", db_index=False)
    submission_id = models.UUIDField()
    cause = models.CharField(max_length=12)
    status = models.CharField(max_length=8, default="queued")
    verdict = models.CharField(max_length=24, null=True)
    language = models.CharField(max_length=20)
    code = models.BinaryField()
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
