"""Audits for staff: the review queue, its ratings and settings."""

from django.contrib import admin

from reviews.models import ReviewItem, ReviewLog, ReviewSettings
from studypaths.admin import LearnerRecordAdmin, RecordedMonth, pretty


@admin.register(ReviewItem)
class ReviewItemAdmin(LearnerRecordAdmin[ReviewItem]):
    list_display = ("problem_id", "learner", "module", "reason", "due_at", "reps", "lapses", "open_task_id")
    narrow_filters = ("reason", "module")
    ordering = ("-id",)
    fields = (
        "id", "learner", "problem_id", "problem_version", "module", "topic_tags", "difficulty", "minutes_target",
        "track_id", "reason", "due_at", "last_reviewed_at", "stability", "memory_difficulty", "reps", "lapses",
        "open_task", "offered_at", "misses", "last_log_id", "created_at", "updated_at",
    )  # fmt: skip
    readonly_fields = ("id",)


@admin.register(ReviewLog)
class ReviewLogAdmin(LearnerRecordAdmin[ReviewLog]):
    list_display = (
        "id",
        "learner",
        "task_id",
        "rating",
        "elapsed_days",
        "interval_days",
        "reviewed_at",
        "undone_at",
    )
    list_filter = (RecordedMonth,)
    narrow_filters = ("rating",)
    ordering = ("-id",)
    fields = (
        "id", "learner", "item", "task", "rating", "elapsed_days", "interval_days", "duration_seconds", "reviewed_at",
        "undone_at", "before", "after", "verdict", "computed_by",
    )  # fmt: skip
    readonly_fields = ("id", "before", "after", "verdict", "computed_by")

    @admin.display(description="state before")
    def before(self, log: ReviewLog) -> str:
        return pretty(log.state_before)

    @admin.display(description="state after")
    def after(self, log: ReviewLog) -> str:
        return pretty(log.state_after)

    @admin.display(description="verdict source")
    def verdict(self, log: ReviewLog) -> str:
        return pretty(log.source)

    @admin.display(description="scheduler")
    def computed_by(self, log: ReviewLog) -> str:
        return pretty(log.scheduler)


@admin.register(ReviewSettings)
class ReviewSettingsAdmin(LearnerRecordAdmin[ReviewSettings]):
    list_display = ("learner", "daily_cap", "vacation_from", "vacation_to", "desired_retention", "updated_at")
    ordering = ("-learner_id",)
    fields = (
        "learner", "daily_cap", "vacation_from", "vacation_to", "easy_days", "desired_retention", "parameters",
        "parameters_version", "version", "updated_at",
    )  # fmt: skip
