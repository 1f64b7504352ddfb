"""The record of a journey: paths, their tasks, the log of what happened, and the head of each learner's chain."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from accounts.models import Learner
from common.ids import uuid7
from studypaths.events import GENESIS_HASH
from studypaths.states import EventType, PathStatus, TaskKind, TaskStatus

DEFAULT_TRACK = "coding-interview-meta"


def choices_of(
    enum: type[TaskStatus] | type[TaskKind] | type[PathStatus] | type[EventType],
) -> list[tuple[str, str]]:
    return [(member.value, member.value.replace("_", " ")) for member in enum]


class StudyPath(models.Model):
    """One personalised path of a learner through a track (R027). A projection of the log."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    learner = models.ForeignKey(Learner, on_delete=models.PROTECT, related_name="paths", db_index=False)
    track_id = models.CharField(max_length=100, default=DEFAULT_TRACK)
    config = models.JSONField(default=dict)
    status = models.CharField(max_length=12, choices=choices_of(PathStatus), default=PathStatus.ACTIVE)
    algorithm_version = models.CharField(max_length=40)
    supersedes = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="superseded_by")
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        db_table = "study_paths"
        indexes = [
            models.Index(fields=["learner", "-created_at"], name="idx_study_paths_user")
        ]  # own paths, newest first
        constraints = [
            models.UniqueConstraint(
                fields=["learner", "track_id"],
                condition=Q(status="active"),
                name="study_paths_one_active_per_track",
            ),
            models.UniqueConstraint(fields=["id", "learner"], name="study_paths_have_one_learner"),
            models.CheckConstraint(
                condition=Q(status__in=[s.value for s in PathStatus]), name="study_paths_status_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.track_id} path {self.id}"


class StudyTask(models.Model):
    """One occasion to do something (R011, R034). A projection of the log; `version` counts its events and is its ETag.

    One foreign key on (path, learner) holds that a task belongs to the learner of its path (K-02).
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    path = models.ForeignKey(
        StudyPath, on_delete=models.CASCADE, related_name="tasks", db_constraint=False, db_index=False
    )
    learner = models.ForeignKey(
        Learner, on_delete=models.PROTECT, related_name="tasks", db_constraint=False, db_index=False
    )
    problem_id = models.CharField(max_length=100)
    problem_version = models.PositiveIntegerField(null=True)
    module = models.CharField(max_length=50)
    topic_tags = ArrayField(models.CharField(max_length=80), default=list)
    difficulty = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=10, choices=choices_of(TaskKind), default=TaskKind.PROBLEM)
    status = models.CharField(max_length=20, choices=choices_of(TaskStatus), default=TaskStatus.SCHEDULED)
    scheduled_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    completed_at = models.DateTimeField(null=True)
    score = models.FloatField(null=True)
    passed = models.BooleanField(null=True)
    attempts = models.PositiveIntegerField(default=0)
    time_spent_seconds = models.PositiveIntegerField(null=True)
    hints_used = models.PositiveIntegerField(default=0)
    metadata = models.JSONField(default=dict)
    decision = models.JSONField(default=dict)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        db_table = "study_tasks"
        indexes = [
            models.Index(
                fields=["path", "scheduled_at"], name="idx_study_tasks_path_schedule"
            ),  # R045, a path in order
            models.Index(
                fields=["path", "module", "status"], name="idx_study_tasks_user_module"
            ),  # R047, progress
            models.Index(
                fields=["path", "status", "scheduled_at"], name="idx_study_tasks_upcoming"
            ),  # R048, next
            models.Index(fields=["problem_id"], name="idx_study_tasks_problem"),  # R049, rejudging a problem
            models.Index(
                fields=["learner", "-scheduled_at", "-id"], name="idx_study_tasks_history"
            ),  # history pages
            models.Index(
                fields=["learner", "status", "-scheduled_at", "-id"], name="idx_study_tasks_status"
            ),  # R046
            models.Index(
                fields=["expires_at"], condition=Q(status="scheduled"), name="idx_study_tasks_expiry"
            ),  # beat
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(difficulty__range=(1, 5)), name="study_tasks_difficulty_is_1_to_5"
            ),
            models.CheckConstraint(
                condition=Q(status__in=[s.value for s in TaskStatus]), name="study_tasks_status_is_known"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=[k.value for k in TaskKind]), name="study_tasks_kind_is_known"
            ),
            models.CheckConstraint(
                condition=Q(score=None) | Q(status="completed", score__range=(0, 1)),
                name="study_tasks_score_belongs_to_completion",
            ),
            models.CheckConstraint(
                condition=~Q(status="completed")
                | Q(
                    score__isnull=False,
                    passed__isnull=False,
                    completed_at__isnull=False,
                    started_at__isnull=False,
                ),
                name="study_tasks_completion_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(completed_at=None) | Q(completed_at__gte=F("started_at")),
                name="study_tasks_complete_after_they_start",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["scheduled", "expired"]) | Q(started_at=None),
                name="study_tasks_not_started_have_no_start",
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("scheduled_at")),
                name="study_tasks_expire_after_they_are_scheduled",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.problem_id} ({self.status})"


class TaskEvent(models.Model):
    """One act of a learner's journey (R050, R062). Partitioned by month on `id`; triggers refuse every change.

    Every partition has its own unique index on (learner, sequence), which serves verification, replay and "as of".
    `sealed` is a body that only the learner's data key opens; the hash covers its ciphertext.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    learner = models.ForeignKey(Learner, on_delete=models.PROTECT, related_name="events", db_index=False)
    sequence = models.PositiveBigIntegerField()
    task = models.ForeignKey(
        StudyTask, on_delete=models.PROTECT, null=True, related_name="events", db_index=False
    )
    path = models.ForeignKey(
        StudyPath, on_delete=models.PROTECT, null=True, related_name="events", db_index=False
    )
    event_type = models.CharField(max_length=40, choices=choices_of(EventType))
    payload = models.JSONField(default=dict)
    sealed = models.BinaryField(null=True)
    actor = models.CharField(max_length=120)
    occurred_at = models.DateTimeField()
    created_at = models.DateTimeField()
    previous_hash = models.BinaryField()
    hash = models.BinaryField()

    class Meta:
        db_table = "task_events"
        indexes = [
            models.Index(
                fields=["task", "created_at"], name="idx_task_events_task"
            ),  # R051, a task's timeline
        ]

    def __str__(self) -> str:
        return f"{self.sequence} {self.event_type}"


class ChainHead(models.Model):
    """The end of a learner's chain. Locked by every act; `sequence` is the version of all that the learner sees.

    `seal` is a keyed digest of (learner, sequence, hash): whoever can only write to the database cannot forge it.
    """

    learner = models.OneToOneField(
        Learner, on_delete=models.PROTECT, primary_key=True, related_name="chain_head"
    )
    sequence = models.PositiveBigIntegerField(default=0)
    hash = models.BinaryField(default=GENESIS_HASH)
    seal = models.BinaryField()
    updated_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "chain_heads"

    def __str__(self) -> str:
        return f"head {self.sequence} of {self.learner_id}"


class Mastery(models.Model):
    """How well a learner commands a topic, 0 to 100 (R055). A projection: its values stand in completion events."""

    id = models.UUIDField(primary_key=True, db_default=RandomUUID(), editable=False)
    learner = models.ForeignKey(Learner, on_delete=models.PROTECT, related_name="mastery", db_index=False)
    topic = models.CharField(max_length=80)
    value = models.FloatField()
    observations = models.PositiveIntegerField()
    model_version = models.CharField(max_length=40)
    updated_at = models.DateTimeField()

    class Meta:
        db_table = "mastery"
        verbose_name_plural = "mastery"
        constraints = [
            models.UniqueConstraint(fields=["learner", "topic"], name="mastery_is_one_value_per_topic"),
            models.CheckConstraint(condition=Q(value__range=(0, 100)), name="mastery_is_0_to_100"),
        ]

    def __str__(self) -> str:
        return f"{self.topic}: {self.value:.0f}"
