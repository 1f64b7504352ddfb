"""Spaced review: what a learner should see again and when, every rating, and what the learner wants of it."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from accounts.models import Learner
from studypaths.models import StudyTask

REASONS = ("fail", "slow", "heavy-hint", "mock-gap", "retention")


class ReviewItem(models.Model):
    """A problem that a learner has done, and the memory of it (R056, R117). A projection of the log.

    `id` follows from learner and problem (scheduling.item_id_of). `stability` is in days, `memory_difficulty` 1 to 10
    (FSRS); `difficulty` is the problem's. `due_at` is when the learner's due day begins. `open_task` is the review task
    that waits to be done, `offered_at` when the last one was made, `misses` how many expired since the last rating.
    `last_log_id` is the rating that could be undone.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    learner = models.ForeignKey(
        Learner, on_delete=models.PROTECT, related_name="review_items", db_index=False
    )
    problem_id = models.CharField(max_length=100)
    problem_version = models.PositiveIntegerField(null=True)
    module = models.CharField(max_length=50)
    topic_tags = ArrayField(models.CharField(max_length=80), default=list)
    difficulty = models.PositiveSmallIntegerField()
    minutes_target = models.PositiveSmallIntegerField(null=True)
    track_id = models.CharField(max_length=100)
    stability = models.FloatField()
    memory_difficulty = models.FloatField()
    last_reviewed_at = models.DateTimeField()
    due_at = models.DateTimeField()
    reason = models.CharField(max_length=12)
    reps = models.PositiveIntegerField()
    lapses = models.PositiveIntegerField()
    open_task = models.ForeignKey(
        StudyTask, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    offered_at = models.DateTimeField(null=True)
    misses = models.PositiveSmallIntegerField(default=0)
    last_log_id = models.UUIDField(null=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        db_table = "review_queue"
        indexes = [
            models.Index(fields=["learner", "due_at", "id"], name="idx_review_queue_learner"),  # own queue
            models.Index(
                fields=["due_at", "learner"], condition=Q(open_task=None), name="idx_review_queue_due"
            ),  # beat: whose items are due
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["learner", "problem_id"], name="review_queue_one_item_per_problem"
            ),
            models.UniqueConstraint(fields=["open_task"], name="review_queue_one_item_per_open_task"),
            models.CheckConstraint(
                condition=Q(difficulty__range=(1, 5)), name="review_queue_difficulty_is_1_to_5"
            ),
            models.CheckConstraint(condition=Q(stability__gt=0), name="review_queue_stability_is_positive"),
            models.CheckConstraint(
                condition=Q(memory_difficulty__range=(1, 10)),
                name="review_queue_memory_difficulty_is_1_to_10",
            ),
            models.CheckConstraint(condition=Q(reason__in=REASONS), name="review_queue_reason_is_known"),
            models.CheckConstraint(
                condition=Q(reps__gte=1, lapses__lte=F("reps")),
                name="review_queue_lapses_are_some_of_the_reps",
            ),
            models.CheckConstraint(
                condition=Q(open_task=None) | Q(offered_at__isnull=False),
                name="review_queue_open_tasks_were_offered",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.problem_id} due {self.due_at:%Y-%m-%d}"


class ReviewLog(models.Model):
    """One rating: what it was made from, and the state before and after it. A projection of the log.

    `state_before` is empty for the first rating of an item. `rating` 1 to 4 as FSRS numbers it. `source` names the task
    and the result, `scheduler` the algorithm, its parameters' version and the retention aimed at.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    item = models.ForeignKey(ReviewItem, on_delete=models.PROTECT, related_name="logs", db_index=False)
    learner = models.ForeignKey(Learner, on_delete=models.PROTECT, related_name="+", db_index=False)
    task = models.ForeignKey(StudyTask, on_delete=models.PROTECT, related_name="+", db_index=False)
    rating = models.PositiveSmallIntegerField()
    elapsed_days = models.PositiveIntegerField(null=True)
    interval_days = models.PositiveIntegerField()
    duration_seconds = models.PositiveIntegerField()
    state_before = models.JSONField()
    state_after = models.JSONField()
    source = models.JSONField()
    scheduler = models.JSONField()
    reviewed_at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "review_logs"
        indexes = [
            models.Index(fields=["item", "id"], name="idx_review_logs_item"),  # the ratings of an item
            models.Index(fields=["learner", "id"], name="idx_review_logs_learner"),  # export, fitting
        ]
        constraints = [
            models.CheckConstraint(condition=Q(rating__range=(1, 4)), name="review_logs_rating_is_1_to_4"),
            models.CheckConstraint(
                condition=Q(state_before={}, elapsed_days=None)
                | Q(~Q(state_before={}), elapsed_days__isnull=False),
                name="review_logs_first_ratings_have_no_past",
            ),
        ]

    def __str__(self) -> str:
        return f"rating {self.rating} at {self.reviewed_at:%Y-%m-%d}"


class ReviewSettings(models.Model):
    """What a learner wants of reviews; no row means the defaults (allowance.Settings). A projection of the log.

    `parameters` are the 21 of FSRS-6 that were fitted to this learner; empty for the defaults.
    """

    learner = models.OneToOneField(
        Learner, on_delete=models.PROTECT, primary_key=True, related_name="review_settings"
    )
    daily_cap = models.PositiveSmallIntegerField()
    vacation_from = models.DateField(null=True)
    vacation_to = models.DateField(null=True)
    easy_days = models.JSONField(default=dict)
    desired_retention = models.FloatField()
    parameters = models.JSONField(default=list)
    parameters_version = models.PositiveIntegerField()
    version = models.PositiveIntegerField()
    updated_at = models.DateTimeField()

    class Meta:
        db_table = "review_settings"
        verbose_name_plural = "review settings"
        constraints = [
            models.CheckConstraint(
                condition=Q(daily_cap__range=(0, 100)), name="review_settings_daily_cap_is_0_to_100"
            ),
            models.CheckConstraint(
                condition=Q(desired_retention__range=(0.7, 0.97)),
                name="review_settings_retention_is_70_to_97",
            ),
            models.CheckConstraint(
                condition=Q(vacation_from=None, vacation_to=None)
                | Q(vacation_from__isnull=False, vacation_to=None)
                | Q(vacation_from__isnull=False, vacation_to__gt=F("vacation_from")),
                name="review_settings_vacation_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.daily_cap} a day"
