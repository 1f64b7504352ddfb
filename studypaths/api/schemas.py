"""The answers for the OpenAPI document; tests hold the presenters to them."""

from typing import Any

from drf_spectacular.utils import OpenApiResponse
from rest_framework import serializers

from common.problems import PROBLEM_MEDIA_TYPE
from studypaths.states import EventType, PathStatus, TaskKind, TaskStatus

# Named in settings.SPECTACULAR_SETTINGS, so that the document calls each choice the same everywhere.
PATH_STATUSES = [status.value for status in PathStatus]
TASK_STATUSES = [status.value for status in TaskStatus]
TASK_KINDS = [kind.value for kind in TaskKind]
EVENT_TYPES = [event_type.value for event_type in EventType]


# For calls without an id in the address that can answer 404 all the same.
NOT_FOUND: dict[Any, Any] = {
    (404, PROBLEM_MEDIA_TYPE): OpenApiResponse(
        {"$ref": "#/components/schemas/Problem"}, description="There is no such object for this caller."
    )
}


class PathSchema(serializers.Serializer[None]):
    id = serializers.UUIDField()
    user_id = serializers.CharField(help_text="The learner's canonical user id.")
    track_id = serializers.CharField()
    config = serializers.DictField(help_text="Every setting of the path.")
    status = serializers.ChoiceField(choices=PATH_STATUSES)
    algorithm_version = serializers.CharField(help_text="The planner that chooses the tasks.")
    supersedes_id = serializers.UUIDField(allow_null=True)
    version = serializers.IntegerField(help_text="Its ETag.")
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class PathProgressSchema(serializers.Serializer[None]):
    total = serializers.IntegerField()
    counts_by_status = serializers.DictField(child=serializers.IntegerField())
    completed = serializers.IntegerField()
    accuracy = serializers.FloatField(
        allow_null=True, help_text="Passed / completed; null before the first completion."
    )


class ListedTaskSchema(serializers.Serializer[None]):
    id = serializers.UUIDField()
    user_id = serializers.CharField()
    path_id = serializers.UUIDField()
    problem_id = serializers.CharField()
    problem_version = serializers.IntegerField(allow_null=True)
    module = serializers.CharField()
    topic_tags = serializers.ListField(child=serializers.CharField())
    difficulty = serializers.IntegerField(min_value=1, max_value=5)
    kind = serializers.ChoiceField(choices=TASK_KINDS)
    status = serializers.ChoiceField(choices=TASK_STATUSES)
    scheduled_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    started_at = serializers.DateTimeField(allow_null=True)
    completed_at = serializers.DateTimeField(allow_null=True)
    score = serializers.FloatField(allow_null=True, min_value=0, max_value=1)
    passed = serializers.BooleanField(allow_null=True)
    attempts = serializers.IntegerField()
    time_spent_seconds = serializers.IntegerField(allow_null=True)
    hints_used = serializers.IntegerField()
    metadata = serializers.DictField(help_text="`evaluation` holds the result of the last judged attempt.")
    version = serializers.IntegerField(help_text="Its ETag.")
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class TaskSchema(ListedTaskSchema):
    decision = serializers.DictField(
        help_text="Why this task: rule, inputs, candidates with scores, planner version, seed, and `why`, a sentence."
    )


class NextTaskSchema(TaskSchema):
    problem = serializers.DictField(
        allow_null=True,
        help_text="As `GET /v1/problems/{id}` shows it; null for tasks without a problem of the catalogue.",
    )


class NewPathSchema(serializers.Serializer[None]):
    path = PathSchema()
    tasks = TaskSchema(many=True)


class CurrentPathSchema(PathSchema):
    progress = PathProgressSchema()


class MasteryGainedSchema(serializers.Serializer[None]):
    topics = serializers.IntegerField(help_text="Topics practised on the path.")
    then = serializers.FloatField(
        allow_null=True,
        help_text="Their mean mastery (0-100) when the path began; of new ones, what is assumed.",
    )
    now = serializers.FloatField(allow_null=True, help_text="The same when it was closed, or now.")


class PathFiguresSchema(serializers.Serializer[None]):
    path_id = serializers.UUIDField()
    algorithm_version = serializers.CharField()
    status = serializers.ChoiceField(choices=PATH_STATUSES)
    created_at = serializers.DateTimeField()
    closed_at = serializers.DateTimeField(allow_null=True)
    served = serializers.IntegerField(help_text="Tasks completed or skipped.")
    completed = serializers.IntegerField()
    success_rate = serializers.FloatField(allow_null=True, help_text="Passed / completed.")
    mean_difficulty = serializers.FloatField(allow_null=True)
    longest_run_of_failures = serializers.IntegerField()
    predicted = serializers.IntegerField(
        help_text="Tasks whose success was predicted when they were planned."
    )
    share_in_band = serializers.FloatField(
        allow_null=True, help_text="Of those, the share predicted to be passed with 60 to 75 %."
    )
    minutes_per_task = serializers.FloatField(allow_null=True)
    mastery = MasteryGainedSchema()


class PathComparisonSchema(serializers.Serializer[None]):
    path = PathFiguresSchema()
    compared_with = PathFiguresSchema(allow_null=True)


class TasksSchema(serializers.Serializer[None]):
    tasks = TaskSchema(many=True)


class EventSchema(serializers.Serializer[None]):
    id = serializers.UUIDField()
    sequence = serializers.IntegerField(min_value=1, help_text="Its place in the learner's chain.")
    task_id = serializers.UUIDField(allow_null=True)
    path_id = serializers.UUIDField(allow_null=True)
    event_type = serializers.ChoiceField(choices=EVENT_TYPES)
    payload = serializers.DictField()
    actor = serializers.CharField(help_text="Who acted: `learner:…`, `service:…`, `person:…`, `system:…`.")
    occurred_at = serializers.DateTimeField()
    created_at = serializers.DateTimeField()
    previous_hash = serializers.CharField(help_text="SHA-256, hexadecimal.")
    hash = serializers.CharField(help_text="SHA-256 over previous_hash and the canonical JSON of the event.")


class _Page(serializers.Serializer[None]):
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)


class PathPageSchema(_Page):
    results = PathSchema(many=True)


class TaskPageSchema(_Page):
    results = ListedTaskSchema(many=True)


class EventPageSchema(_Page):
    results = EventSchema(many=True)
