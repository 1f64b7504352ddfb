"""The states of paths and tasks and the allowed moves: tables that services, API, admin and docs read."""

from enum import StrEnum


class TaskStatus(StrEnum):
    """R058. `completed` covers success and failure (R059)."""

    SCHEDULED = "scheduled"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    SKIPPED = "skipped"
    EXPIRED = "expired"


class TaskKind(StrEnum):
    """What a task asks for (K-14)."""

    PROBLEM = "problem"
    REVIEW = "review"
    LESSON = "lesson"
    MOCK = "mock"


class PathStatus(StrEnum):
    """K-15: one active path per learner and track."""

    ACTIVE = "active"
    ARCHIVED = "archived"
    SUPERSEDED = "superseded"


TASK_MOVES: dict[TaskStatus, frozenset[TaskStatus]] = {
    TaskStatus.SCHEDULED: frozenset({TaskStatus.IN_PROGRESS, TaskStatus.SKIPPED, TaskStatus.EXPIRED}),
    TaskStatus.IN_PROGRESS: frozenset({TaskStatus.COMPLETED, TaskStatus.SKIPPED}),
    TaskStatus.COMPLETED: frozenset(),
    TaskStatus.SKIPPED: frozenset(),
    TaskStatus.EXPIRED: frozenset(),
}
OPEN_STATUSES = frozenset(status for status, moves in TASK_MOVES.items() if moves)
TERMINAL_STATUSES = frozenset(TaskStatus) - OPEN_STATUSES


class EventType(StrEnum):
    """What happened. A stored value is for ever; only its label may change."""

    CREATED = "created"
    STARTED = "started"
    SUBMITTED = "submitted"
    EVALUATED = "evaluated"
    HINT_REQUESTED = "hint_requested"
    TUTOR_INTERACTION = "tutor_interaction"
    STATUS_CHANGED = "status_changed"
    PATH_CREATED = "path_created"
    PATH_CONFIG_CHANGED = "path_config_changed"
    PATH_SUPERSEDED = "path_superseded"
    TASK_RESCHEDULED = "task_rescheduled"
    TASK_REPLANNED = "task_replanned"
    PROGRESS_REPORTED = "progress_reported"
    EVALUATION_REQUESTED = "evaluation_requested"
    REJUDGED = "rejudged"
    REVIEW_SCHEDULED = "review_scheduled"
    REVIEW_RATED = "review_rated"
    REVIEW_UNDONE = "review_undone"
    REVIEW_SETTINGS_CHANGED = "review_settings_changed"
    CORRECTED = "corrected"
    IMPORTED = "imported"
    ERASED = "erased"


def may_move(current: TaskStatus, target: TaskStatus) -> bool:
    """Whether a task may go from `current` to `target` (design: anything else is 409 and leaves no event)."""
    return target in TASK_MOVES[current]
