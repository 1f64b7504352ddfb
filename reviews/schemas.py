"""Bodies and answers of reviews for validation and the OpenAPI document."""

from datetime import date
from typing import Annotated, Any, Literal

from drf_spectacular.utils import OpenApiExample
from pydantic import AfterValidator, BeforeValidator, Field, field_validator
from pydantic_core import PydanticCustomError
from rest_framework import serializers

from common.bodies import RequestBody
from reviews.allowance import MAX_DAILY_CAP
from reviews.scheduling import HIGHEST_RETENTION, LOWEST_RETENTION, Reason

# Named in settings.SPECTACULAR_SETTINGS, so that the document calls each choice the same everywhere.
REASONS = [reason.value for reason in Reason]
STATES = ["due", "open", "upcoming"]
NEVER_NULL = ("daily_cap", "easy_days", "desired_retention")
EARLIEST, LATEST = date(1970, 1, 1), date(3000, 1, 1)

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
Share = Annotated[float, Field(ge=0, le=1)]


def _date(value: Any) -> Any:
    """A calendar date as text, `2026-03-02`; nothing else that pydantic would read."""
    if value is None or isinstance(value, date):
        return value
    try:
        if isinstance(value, str) and len(value) == len("2026-03-02"):
            return date.fromisoformat(value)
    except ValueError as error:
        raise PydanticCustomError("date", "must be a date: 2026-03-02") from error
    raise PydanticCustomError("date", "must be a date: 2026-03-02")


def _in_range(value: date | None) -> date | None:
    if value is not None and not EARLIEST <= value < LATEST:
        raise PydanticCustomError("date_out_of_range", "must be from 1970 to 2999")
    return value


Day = Annotated[date | None, BeforeValidator(_date), AfterValidator(_in_range)]


class SettingsChange(RequestBody):
    """What is not named keeps its value; vacation is ended early by null for both days."""

    daily_cap: int | None = Field(
        None, ge=0, le=MAX_DAILY_CAP, description="Review tasks that may be made a day; 0 pauses reviews."
    )
    vacation_from: Day = Field(None, description="First day without reviews, in the learner's time zone.")
    vacation_to: Day = Field(None, description="The first day back; null for an open end.")
    easy_days: dict[Weekday, Share] | None = Field(
        None, description="Weekdays with the share of the usual work (0 to 1) that they may have."
    )
    desired_retention: float | None = Field(
        None,
        ge=LOWEST_RETENTION,
        le=HIGHEST_RETENTION,
        description="The chance of still knowing a problem at which it comes back.",
    )

    @field_validator(*NEVER_NULL, mode="before")
    @classmethod
    def _is_a_value(cls, value: Any) -> Any:
        if value is None:
            raise PydanticCustomError("null", "must not be null")
        return value

    def changes(self) -> dict[str, Any]:
        """The settings that were named."""
        return self.model_dump(exclude_unset=True)


class ReviewItemSchema(serializers.Serializer[None]):
    user_id = serializers.CharField()
    id = serializers.UUIDField()
    problem_id = serializers.CharField()
    problem_version = serializers.IntegerField(allow_null=True)
    module = serializers.CharField()
    topic_tags = serializers.ListField(child=serializers.CharField())
    difficulty = serializers.IntegerField(min_value=1, max_value=5, help_text="The problem's.")
    reason = serializers.ChoiceField(choices=REASONS)
    state = serializers.ChoiceField(
        choices=STATES, help_text="`open`: it has a task that is not done; `due`: it waits for one."
    )
    due_at = serializers.DateTimeField(help_text="The beginning of its day in the learner's time zone.")
    last_reviewed_at = serializers.DateTimeField()
    stability = serializers.FloatField(help_text="Days until the chance of knowing it falls to 90 % (FSRS).")
    memory_difficulty = serializers.FloatField(min_value=1, max_value=10, help_text="How hard it is to keep.")
    retrievability = serializers.FloatField(
        min_value=0, max_value=1, help_text="The chance of knowing it today."
    )
    reps = serializers.IntegerField()
    lapses = serializers.IntegerField(help_text="Reviews that were failed.")
    open_task_id = serializers.UUIDField(allow_null=True)


class ReviewCountsSchema(serializers.Serializer[None]):
    due = serializers.IntegerField()
    open = serializers.IntegerField()
    upcoming = serializers.IntegerField()


class ReviewCapSchema(serializers.Serializer[None]):
    daily_cap = serializers.IntegerField()
    cap_today = serializers.IntegerField(help_text="After vacation and easy days.")
    offered_today = serializers.IntegerField(help_text="Review tasks made on the learner's present day.")
    open_from_before = serializers.IntegerField(help_text="Still open ones of earlier days; they take room.")
    left_today = serializers.IntegerField()
    on_vacation = serializers.BooleanField()
    next_tasks_at = serializers.DateTimeField(
        allow_null=True, help_text="When tasks can be made again; null if not within a year."
    )


class ReviewQueueSchema(serializers.Serializer[None]):
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = ReviewItemSchema(many=True)
    counts = ReviewCountsSchema()
    next_due_at = serializers.DateTimeField(allow_null=True, help_text="When the next upcoming item is due.")
    cap = ReviewCapSchema()


class ReviewStateSchema(serializers.Serializer[None]):
    stability = serializers.FloatField()
    memory_difficulty = serializers.FloatField()
    last_reviewed_at = serializers.DateTimeField()
    due_at = serializers.DateTimeField()
    reason = serializers.ChoiceField(choices=REASONS)
    reps = serializers.IntegerField()
    lapses = serializers.IntegerField()


class ReviewSourceSchema(serializers.Serializer[None]):
    kind = serializers.CharField()
    passed = serializers.BooleanField()
    score = serializers.FloatField()
    attempts = serializers.IntegerField()
    hints = serializers.IntegerField()
    evaluation_id = serializers.UUIDField(allow_null=True)


class ReviewSchedulerSchema(serializers.Serializer[None]):
    algorithm = serializers.CharField()
    parameters_version = serializers.IntegerField(help_text="0 for the defaults of FSRS-6.")
    retention = serializers.FloatField()
    maximum_interval_days = serializers.IntegerField()


class RatingSchema(serializers.Serializer[None]):
    id = serializers.UUIDField()
    task_id = serializers.UUIDField()
    rating = serializers.IntegerField(min_value=1, max_value=4)
    rating_name = serializers.ChoiceField(choices=["again", "hard", "good", "easy"])
    elapsed_days = serializers.IntegerField(
        allow_null=True, help_text="The learner's days since the last one."
    )
    interval_days = serializers.IntegerField(help_text="Until the next one, before it is spread.")
    duration_seconds = serializers.IntegerField()
    state_before = ReviewStateSchema(allow_null=True)
    state_after = ReviewStateSchema()
    verdict_source = ReviewSourceSchema()
    scheduler = ReviewSchedulerSchema()
    reviewed_at = serializers.DateTimeField()
    undone_at = serializers.DateTimeField(allow_null=True)


class RatingPageSchema(serializers.Serializer[None]):
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = RatingSchema(many=True)


class ReviewSettingsSchema(serializers.Serializer[None]):
    daily_cap = serializers.IntegerField()
    vacation_from = serializers.DateField(allow_null=True)
    vacation_to = serializers.DateField(allow_null=True, help_text="The first day back.")
    easy_days = serializers.DictField(child=serializers.FloatField())
    desired_retention = serializers.FloatField()
    parameters = serializers.ListField(child=serializers.FloatField(), help_text="The 21 of FSRS-6 in force.")
    parameters_are_own = serializers.BooleanField(help_text="Whether they were fitted to this learner.")
    parameters_version = serializers.IntegerField()
    time_zone = serializers.CharField()
    version = serializers.IntegerField(help_text="Its ETag; 0 for the defaults.")


_item: dict[str, Any] = {
    "user_id": "alice",
    "id": "019a9e5b-0000-8a5e-9c11-7e6f5d4c3b2a",
    "problem_id": "longest-climb",
    "problem_version": 1,
    "module": "arrays-strings",
    "topic_tags": ["string-scan"],
    "difficulty": 1,
    "reason": "fail",
    "state": "due",
    "due_at": "2026-03-03T00:00:00Z",
    "last_reviewed_at": "2026-03-02T12:20:01Z",
    "stability": 0.212,
    "memory_difficulty": 6.4133,
    "retrievability": 0.7,
    "reps": 1,
    "lapses": 0,
    "open_task_id": None,
}
_after: dict[str, Any] = {
    name: _item[name]
    for name in (
        "stability",
        "memory_difficulty",
        "last_reviewed_at",
        "due_at",
        "reason",
        "reps",
        "lapses",
    )
}
_rating: dict[str, Any] = {
    "id": "019a9e5c-2b1e-7c30-8d4e-5f6071829305",
    "task_id": "019a9e5c-2b1b-7a10-9b2c-3d4e5f607182",
    "rating": 1,
    "rating_name": "again",
    "elapsed_days": None,
    "interval_days": 1,
    "duration_seconds": 900,
    "state_before": None,
    "state_after": _after,
    "verdict_source": {
        "kind": "problem",
        "passed": False,
        "score": 0.5,
        "attempts": 3,
        "hints": 0,
        "evaluation_id": "019a9e5c-2b1d-7c30-8d4e-5f6071829304",
    },
    "scheduler": {
        "algorithm": "fsrs-6",
        "parameters_version": 0,
        "retention": 0.9,
        "maximum_interval_days": 180,
    },
    "reviewed_at": "2026-03-02T12:20:01Z",
    "undone_at": None,
}
_settings: dict[str, Any] = {
    "daily_cap": 10,
    "vacation_from": "2026-08-01",
    "vacation_to": "2026-08-15",
    "easy_days": {"saturday": 0.5, "sunday": 0},
    "desired_retention": 0.9,
    "parameters": [0.212, 1.2931],
    "parameters_are_own": False,
    "parameters_version": 0,
    "time_zone": "Europe/Berlin",
    "version": 1,
}


def _answer(name: str, value: Any) -> OpenApiExample:
    return OpenApiExample(name, value=value, response_only=True)


ITEM = _answer("An item", _item)
QUEUE = _answer(
    "What is due",
    {
        "next": None,
        "previous": None,
        "results": [_item],
        "counts": {"due": 1, "open": 0, "upcoming": 4},
        "next_due_at": "2026-03-04T00:00:00Z",
        "cap": {
            "daily_cap": 10,
            "cap_today": 10,
            "offered_today": 2,
            "open_from_before": 0,
            "left_today": 8,
            "on_vacation": False,
            "next_tasks_at": "2026-03-03T08:00:00Z",
        },
    },
)
RATING_PAGE = _answer("Ratings", {"next": None, "previous": None, "results": [_rating]})
SETTINGS = _answer("Settings", _settings)
SETTINGS_BODY = OpenApiExample(
    "A quiet weekend", value={"easy_days": {"saturday": 0.5, "sunday": 0}}, request_only=True
)
