"""Questions about paths and tasks."""

from uuid import UUID

from django.db import connection
from django.db.models import Count, Q

from common.errors import NotFound
from studypaths.journal import rows_by_key
from studypaths.models import ChainHead, StudyPath, StudyTask
from studypaths.projection import PATHS, TASKS, Projection, Row
from studypaths.states import PathStatus, TaskStatus


class NoActivePath(NotFound):
    """The learner has no active path, or none on the track asked for."""

    code = "no_active_path"
    title = "There is no active path"


def active_path_id(*, learner_id: UUID, track_id: str) -> UUID | None:
    """The learner's active path of a track, if any (K-15: there is at most one)."""
    return (
        StudyPath.objects.filter(learner_id=learner_id, track_id=track_id, status=PathStatus.ACTIVE)
        .values_list("id", flat=True)
        .first()
    )


def has_history(*, learner_id: UUID, track_id: str) -> bool:
    """Whether the learner has completed or skipped anything on a track, on whichever path."""
    paths = StudyPath.objects.filter(learner_id=learner_id, track_id=track_id)
    tasks = StudyTask.objects.filter(path_id__in=list(paths.values_list("id", flat=True)))
    return tasks.filter(status__in=(TaskStatus.COMPLETED, TaskStatus.SKIPPED)).exists()


def current_path(*, learner_id: UUID, track_id: str | None) -> Row:
    """The learner's active path: of that track, or the newest of all (K-15). Raises `NoActivePath`."""
    path_ids = active_path_ids(learner_id=learner_id, track_id=track_id)
    if not path_ids:
        raise NoActivePath("Create a path first.")
    return path_row(path_ids[0])


def active_path_ids(*, learner_id: UUID, track_id: str | None) -> list[UUID]:
    """The learner's active paths, newest first; at most one when a track is named."""
    active = StudyPath.objects.filter(learner_id=learner_id, status=PathStatus.ACTIVE)
    if track_id is not None:
        active = active.filter(track_id=track_id)
    return list(active.order_by("-created_at").values_list("id", flat=True))


def path_row(path_id: UUID) -> Row:
    """A path by its id, as a row of the projection. Raises `NotFound`."""
    return _row(PATHS, path_id)


def task_row(task_id: UUID) -> Row:
    """A task by its id, as a row of the projection. Raises `NotFound`."""
    return _row(TASKS, task_id)


def _row(projection: Projection, row_id: UUID) -> Row:
    found = rows_by_key(projection, [(row_id,)])
    if not found:
        raise NotFound("There is no such object.")
    return found[0]


def path_counts(path_id: UUID) -> tuple[dict[str, int], int]:
    """Tasks of a path per status, and how many were passed; one query."""
    counted = (
        StudyTask.objects.filter(path_id=path_id)
        .values_list("status")
        .annotate(tasks=Count("id"), passed=Count("id", filter=Q(passed=True)))
    )
    rows: list[tuple[str, int, int]] = list(counted)
    return {status: tasks for status, tasks, _ in rows}, sum(passed for *_, passed in rows)


def record_version(learner_id: UUID) -> int:
    """The sequence of the learner's chain head: the version of everything that is shown about the learner."""
    return ChainHead.objects.filter(learner_id=learner_id).values_list("sequence", flat=True).first() or 0


def learner_of_path(path_id: UUID) -> UUID | None:
    """Whose path it is, or None."""
    return _learner("study_paths", path_id)


def learner_of_task(task_id: UUID) -> UUID | None:
    """Whose task it is, or None."""
    return _learner("study_tasks", task_id)


def _learner(table: str, row_id: UUID) -> UUID | None:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT learner_id FROM {table} WHERE id = %s", [row_id])
        found: tuple[UUID] | None = cursor.fetchone()
    return found[0] if found else None
