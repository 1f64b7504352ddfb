"""Celery tasks of paths: called by beat."""

from celery import shared_task
from django.utils import timezone

from studypaths.partitions import make_partitions
from studypaths.services import tasks

BEAT = "system:beat"


@shared_task
def expire_overdue_tasks() -> int:
    """Expire scheduled tasks whose time has passed."""
    return tasks.expire_overdue_tasks(by=BEAT, at=timezone.now())


@shared_task
def make_event_partitions() -> list[str]:
    """Make the partitions of the log ahead of time."""
    return make_partitions(at=timezone.now())
