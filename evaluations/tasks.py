"""Celery tasks of judging. A message carries nothing: the queue is in the database."""

from celery import shared_task
from django.utils import timezone

from evaluations import services


@shared_task
def evaluate_next() -> None:
    """Run the fairest waiting evaluation, then look for another."""
    if services.run_next(at=timezone.now()):
        evaluate_next.delay()


@shared_task
def requeue_abandoned_evaluations() -> int:
    """Finish what killed workers and lost messages left."""
    return services.requeue_abandoned(at=timezone.now())
