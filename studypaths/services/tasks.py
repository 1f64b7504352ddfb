"""Acts on tasks: create a batch, start, skip, report what a service measured, expire."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from common.canonical import canonical_json
from common.collector import without_garbage_collection
from common.errors import Conflict, FieldProblem, NotFound, Unprocessable
from studypaths.journal import Journal, VersionCheck, any_version, one_transaction, open_journal
from studypaths.models import StudyTask
from studypaths.projection import TASKS, Row
from studypaths.services.completion import complete_task
from studypaths.services.followers import follow_ends
from studypaths.services.moves import change_status, check_move, record_on
from studypaths.services.paths import active_path
from studypaths.services.planning import plan_after
from studypaths.services.recording import record_task
from studypaths.services.wake_ups import ask_to_plan
from studypaths.states import TERMINAL_STATUSES, TaskKind, TaskStatus

EXPIRY_CHUNK = 5_000
MAX_METADATA_BYTES = 64 * 1024


class TaskOverdue(Conflict):
    """The task's time passed before it was started (R059)."""

    code = "task_overdue"
    title = "The task has expired"


class TaskClosed(Conflict):
    """The task has reached a terminal status: what it counts stays as it is."""

    code = "task_closed"
    title = "The task is closed"


class MetadataTooLarge(Unprocessable):
    code = "metadata_too_large"
    title = "There is too much metadata"


class NothingScheduled(NotFound):
    """The learner has no open task on an active path."""

    code = "nothing_scheduled"
    title = "There is no next task"


def create_tasks_batch(
    *, learner_id: UUID, path_id: UUID, tasks: list[dict[str, Any]], by: str, at: datetime
) -> list[Row]:
    """Create tasks on an active path, all or none (R064, R070). `tasks` hold the columns of a new task."""
    with open_journal(learner_ids=[learner_id], by=by, at=at) as journal:
        active_path(journal, path_id)
        return [record_task(journal, learner_id=learner_id, path_id=path_id, task=task) for task in tasks]


def start_task(
    *, learner_id: UUID, task_id: UUID, by: str, at: datetime, check: VersionCheck = any_version
) -> Row:
    """Start a scheduled task (R072). `TaskOverdue` once its expiry has passed."""
    with open_journal(learner_ids=[learner_id], by=by, at=at) as journal:
        check(journal.task(task_id)["version"])
        return _start(journal, task_id)


def start_next_task(*, learner_id: UUID, track_id: str | None, by: str, at: datetime) -> Row:
    """Claim the next task (K-05): the one in progress if there is one, else the first scheduled one, which is started.

    Two calls at once get the same task.
    """
    with open_journal(learner_ids=[learner_id], by=by, at=at) as journal:
        task_id, status = next_task_id(learner_id=learner_id, track_id=track_id, at=at)
        if status == TaskStatus.IN_PROGRESS:
            return journal.task(task_id)
        return _start(journal, task_id)


def _start(journal: Journal, task_id: UUID) -> Row:
    task = journal.task(task_id)
    check_move(task, TaskStatus.IN_PROGRESS)
    if task["expires_at"] <= journal.at:
        raise TaskOverdue(f"The task expired at {task['expires_at'].isoformat()}.")
    record_on(journal, task, "started", {})
    return journal.task(task_id)


NEXT_TASK = """
    SELECT t.id, t.status FROM study_tasks t JOIN study_paths p ON p.id = t.path_id
    WHERE p.learner_id = %(learner_id)s AND p.status = 'active' AND (%(track_id)s IS NULL OR p.track_id = %(track_id)s)
      AND (t.status = 'in_progress' OR (t.status = 'scheduled' AND t.expires_at > %(at)s))
    ORDER BY t.status, (t.kind = 'review') DESC, t.scheduled_at, t.id LIMIT 1
"""


def next_task_id(*, learner_id: UUID, track_id: str | None, at: datetime) -> tuple[UUID, str]:
    """The open task to work on now: one in progress, else the first review that is due, else the first scheduled one.

    `NothingScheduled` if there is none; `planning.plan_next` may change that.
    """
    with connection.cursor() as cursor:
        cursor.execute(NEXT_TASK, {"learner_id": learner_id, "track_id": track_id, "at": at})
        found = cursor.fetchone()
    if found is None:
        raise NothingScheduled("There is no task in progress and none is scheduled.")
    return found[0], found[1]


def skip_task(
    *, learner_id: UUID, task_id: UUID, reason: str, by: str, at: datetime, check: VersionCheck = any_version
) -> Row:
    """Skip an open task, with an optional reason (K-35). What comes next is planned in the same transaction."""
    with one_transaction():
        with open_journal(learner_ids=[learner_id], by=by, at=at) as journal:
            task = journal.task(task_id)
            check(task["version"])
            change_status(journal, task, TaskStatus.SKIPPED, reason=reason)
            skipped = journal.task(task_id)
            follow_ends(journal, [skipped])
        plan_after(learner_id=learner_id, path_id=task["path_id"], at=at)
    return skipped


def report_progress(
    *,
    learner_id: UUID,
    task_id: UUID,
    status: TaskStatus | None = None,
    score: float | None = None,
    measured: dict[str, Any],
    by: str,
    at: datetime,
    check: VersionCheck = any_version,
) -> Row:
    """What a service reports (R065): metrics and metadata, then any legal move, `completed` with a `score` (0-1).

    `measured` may hold `metadata` (merged, at most 64 KiB in all) and, of an open task, `time_spent_seconds` and
    `hints_used`.
    """
    with one_transaction():
        with open_journal(learner_ids=[learner_id], by=by, at=at) as journal:
            task = journal.task(task_id)
            check(task["version"])
            if status:
                check_move(task, status)
            if measured:
                _check_measured(task, measured)
                record_on(journal, task, "progress_reported", {"metadata": {}, **measured})
            if status:
                _move(journal, journal.task(task_id), status, score)
            reported = journal.task(task_id)
            if status in TERMINAL_STATUSES:
                follow_ends(journal, [reported])
        if status in TERMINAL_STATUSES:
            plan_after(learner_id=learner_id, path_id=task["path_id"], at=at)
    return reported


def _check_measured(task: Row, measured: dict[str, Any]) -> None:
    if task["status"] in TERMINAL_STATUSES and measured.keys() - {"metadata"}:
        raise TaskClosed(f"The task is {task['status']}; only its metadata can be added to.")
    merged = {**task["metadata"], **measured.get("metadata", {})}
    if len(canonical_json(merged)) > MAX_METADATA_BYTES:
        problem = FieldProblem(
            "#/metadata", "too_large", "Together with what is there it has more than 64 KiB."
        )
        raise MetadataTooLarge("The task's metadata would become too large.", errors=[problem])


def _move(journal: Journal, task: Row, status: TaskStatus, score: float | None) -> None:
    if status == TaskStatus.IN_PROGRESS:
        _start(journal, task["id"])
    elif status == TaskStatus.COMPLETED:
        complete_task(journal, task, score=score or 0.0, passed=score == 1.0)
    else:
        change_status(journal, task, status)


OVERDUE = """
    SELECT id, learner_id FROM study_tasks WHERE status = 'scheduled' AND expires_at <= %s
    ORDER BY expires_at LIMIT %s
"""


@without_garbage_collection()
def expire_overdue_tasks(*, by: str, at: datetime, chunk: int = EXPIRY_CHUNK) -> int:
    """Expire scheduled tasks whose time has passed (R059, 007-6); how many. Each chunk is one transaction."""
    expired = 0
    while found := _overdue(at, chunk):
        expired += _expire(found, by=by, at=at)
    return expired


def _overdue(at: datetime, limit: int) -> list[tuple[UUID, UUID]]:
    with connection.cursor() as cursor:
        cursor.execute(OVERDUE, [at, limit])
        return list(cursor.fetchall())


def _expire(found: Iterable[tuple[UUID, UUID]], *, by: str, at: datetime) -> int:
    task_ids = [task_id for task_id, _ in found]
    with open_journal(learner_ids=[learner_id for _, learner_id in found], by=by, at=at) as journal:
        journal.load(TASKS, [(task_id,) for task_id in task_ids])
        tasks = [journal.task(task_id) for task_id in task_ids]
        overdue = [task for task in tasks if task["status"] == TaskStatus.SCHEDULED]
        for task in overdue:
            change_status(journal, task, TaskStatus.EXPIRED)
        follow_ends(journal, [journal.task(task["id"]) for task in overdue])
    # Their problems were planned to be served before what is still open, which so moves up. Nothing is added for
    # whoever is away.
    ask_to_plan(_still_open({task["path_id"] for task in overdue}), adds=False)
    return len(overdue)


def _still_open(path_ids: set[UUID]) -> list[UUID]:
    open_tasks = StudyTask.objects.filter(
        path_id__in=path_ids, status=TaskStatus.SCHEDULED, kind=TaskKind.PROBLEM
    )
    return list(open_tasks.order_by("path_id").values_list("path_id", flat=True).distinct())
