"""Celery tasks of paths: called by beat, or sent on commit of what makes them needed."""

from uuid import UUID

from celery import shared_task
from django.utils import timezone

from catalog.problem_bank import ProblemBankUnreachable
from studypaths.offers import fetch_problems
from studypaths.partitions import make_partitions
from studypaths.services import planning, tasks

BEAT = "system:beat"


@shared_task
def expire_overdue_tasks() -> int:
    """Expire scheduled tasks whose time has passed."""
    return tasks.expire_overdue_tasks(by=BEAT, at=timezone.now())


@shared_task
def make_event_partitions() -> list[str]:
    """Make the partitions of the log ahead of time."""
    return make_partitions(at=timezone.now())


@shared_task(autoretry_for=(ProblemBankUnreachable,), max_retries=3, retry_backoff=5)
def plan_path(path_id: str, adds: bool) -> None:
    """Plan what comes next on a path; nothing happens if that was done already."""
    planning.plan_path_ahead(path_id=UUID(path_id), at=timezone.now(), adds=adds)


@shared_task
def prefetch_problems(problems: list[tuple[str, int]]) -> None:
    """Have the problem bank's answers about these problems (id and version) at hand before they are asked for."""
    fetch_problems(problems)
