"""Celery tasks of judging. A message carries nothing: the queue is in the database."""

from typing import Any

from celery import shared_task
from celery.signals import celeryd_after_setup
from django.utils import timezone

from evaluations import services
from evaluations.languages import runtimes_here

QUEUE = "evaluations"


@celeryd_after_setup.connect
def probe_languages(instance: Any, **_: Any) -> None:
    """Find out how code can be run before the worker forks, so that no submission waits for it."""
    if QUEUE in instance.app.amqp.queues.consume_from:
        runtimes_here()


@shared_task
def evaluate_next() -> None:
    """Run the fairest waiting evaluation, then look for another."""
    if services.run_next(at=timezone.now()):
        services.wake_a_worker()


@shared_task
def requeue_abandoned_evaluations() -> int:
    """Finish what killed workers and lost messages left."""
    return services.requeue_abandoned(at=timezone.now())
