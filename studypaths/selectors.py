"""Questions about paths and tasks."""

from uuid import UUID

from django.db import connection

from studypaths.models import StudyPath
from studypaths.states import PathStatus


def active_path_id(*, learner_id: UUID, track_id: str) -> UUID | None:
    """The learner's active path of a track, if any (K-15: there is at most one)."""
    return (
        StudyPath.objects.filter(learner_id=learner_id, track_id=track_id, status=PathStatus.ACTIVE)
        .values_list("id", flat=True)
        .first()
    )


def learner_of_path(path_id: UUID) -> UUID | None:
    """Whose path it is, or None."""
    return _learner("study_paths", path_id)


def learner_of_task(task_id: UUID) -> UUID | None:
    """Whose task it is, or None."""
    return _learner("study_tasks", task_id)


def _learner(table: str, row_id: UUID) -> UUID | None:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT learner_id FROM {table} WHERE id = %s", [row_id])
        found = cursor.fetchone()
    return found[0] if found else None
