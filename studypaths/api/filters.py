"""The filters of task lists: a declared FilterSet whose values are read strictly.

Only the filters that a request names are built, so a page without filters pays nothing for them.
"""

from collections.abc import Callable
from typing import Any, ClassVar

import django_filters
from django.db.models import QuerySet
from django_filters.filters import Filter
from rest_framework.request import Request

from common.api import PAGE_PARAMETERS, refuse_unknown_parameters
from common.parameters import parse_choice, parse_instant, parse_int, parse_interval, parse_text, parse_uuid
from studypaths.models import StudyTask
from studypaths.states import TaskKind, TaskStatus

ORDERINGS = ("-scheduled_at", "scheduled_at", "-created_at", "created_at")
STATUSES = [status.value for status in TaskStatus]
KINDS = [kind.value for kind in TaskKind]


class ParameterFilter(Filter):
    """A filter whose value is read by a parser of `common.parameters`, which refuses what it cannot read."""

    def __init__(self, parse: Callable[[str, str], Any], *, several: bool = False, **options: Any) -> None:
        super().__init__(**options)
        self.parse = parse
        self.several = several

    def narrow(self, tasks: QuerySet[StudyTask], name: str, text: str) -> QuerySet[StudyTask]:
        """`tasks` with this filter; several values are separated by commas."""
        if self.several:
            values = [self.parse(part, name) for part in text.split(",")]
            return tasks.filter(**{f"{self.field_name}__in": values})
        return tasks.filter(**{f"{self.field_name}__{self.lookup_expr}": self.parse(text, name)})


class IntervalFilter(ParameterFilter):
    """`from/to` on one column: from inclusive, to exclusive."""

    def narrow(self, tasks: QuerySet[StudyTask], name: str, text: str) -> QuerySet[StudyTask]:
        start, end = self.parse(text, name)
        if start:
            tasks = tasks.filter(**{f"{self.field_name}__gte": start})
        return tasks.filter(**{f"{self.field_name}__lt": end}) if end else tasks


def _slug(text: str, name: str) -> str:
    return parse_text(text, name, maximum_length=100)


def _topic(text: str, name: str) -> list[str]:
    return [parse_text(text, name, maximum_length=80)]


def _difficulty(text: str, name: str) -> int:
    return parse_int(text, name, minimum=1, maximum=5)


def _status(text: str, name: str) -> str:
    return parse_choice(text, name, STATUSES)


def _kind(text: str, name: str) -> str:
    return parse_choice(text, name, KINDS)


class TaskFilters(django_filters.FilterSet):
    """R019, K-04. `from` and `to` are about `scheduled_at`."""

    module = ParameterFilter(_slug, several=True, field_name="module", label="Modules, separated by commas.")
    status = ParameterFilter(
        _status, several=True, field_name="status", label="Statuses, separated by commas."
    )
    kind = ParameterFilter(_kind, several=True, field_name="kind", label="Kinds, separated by commas.")
    difficulty = ParameterFilter(
        _difficulty, several=True, field_name="difficulty", label="Difficulties (1-5), separated by commas."
    )
    difficulty_min = ParameterFilter(
        _difficulty, field_name="difficulty", lookup_expr="gte", label="Lowest difficulty."
    )
    difficulty_max = ParameterFilter(
        _difficulty, field_name="difficulty", lookup_expr="lte", label="Highest difficulty."
    )
    topic = ParameterFilter(
        _topic, field_name="topic_tags", lookup_expr="contains", label="A topic of the task."
    )
    track = ParameterFilter(_slug, field_name="path__track_id", label="A track's slug.")
    path = ParameterFilter(parse_uuid, field_name="path_id", label="A path's id.")
    problem_id = ParameterFilter(_slug, field_name="problem_id", label="A problem's id.")
    date_range = IntervalFilter(
        parse_interval,
        field_name="scheduled_at",
        label="`from/to` as an ISO 8601 interval; `..` for an open end.",
    )

    class Meta:
        model = StudyTask
        fields: ClassVar[list[str]] = []


# `from` is a keyword of Python, so these two cannot be class attributes.
TaskFilters.base_filters["from"] = ParameterFilter(
    parse_instant, field_name="scheduled_at", lookup_expr="gte", label="Scheduled at or after this instant."
)
TaskFilters.base_filters["to"] = ParameterFilter(
    parse_instant, field_name="scheduled_at", lookup_expr="lt", label="Scheduled before this instant."
)

PARAMETERS = frozenset(TaskFilters.base_filters) | PAGE_PARAMETERS | {"ordering"}


def filtered(tasks: QuerySet[StudyTask], request: Request) -> QuerySet[StudyTask]:
    """`tasks` narrowed by the parameters of the request; `InvalidRequest` for an unknown one or an unreadable value."""
    refuse_unknown_parameters(request, PARAMETERS)
    for name, text in request.query_params.dict().items():
        declared = TaskFilters.base_filters.get(name)
        if isinstance(declared, ParameterFilter):
            tasks = declared.narrow(tasks, name, text)
    return tasks


def ordering_of(request: Request) -> str:
    """The ordering that the request asks for; newest schedule first by default."""
    return parse_choice(request.query_params.get("ordering", ORDERINGS[0]), "ordering", ORDERINGS)


def track_of(request: Request) -> str | None:
    """The track that the request is limited to."""
    track = request.query_params.get("track")
    return None if track is None else _slug(track, "track")
