"""Celery tasks of reviews: called by beat."""

from celery import shared_task
from django.utils import timezone

from reviews import services

BEAT = "system:beat"


@shared_task
def make_due_reviews() -> int:
    """Make tasks of the reviews that are due."""
    return services.make_due_tasks(by=BEAT, at=timezone.now())
