"""Celery tasks of judging. A message carries no work, only ids: the queue is in the database."""

from typing import Any
from uuid import UUID

from celery import shared_task
from celery.signals import celeryd_after_setup
from django.utils import timezone

from evaluations import services
from evaluations.languages import runtimes_here
from evaluations.rejudging import applying, judging

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
def judge_items() -> None:
    """Judge items of rejudgings for a while, behind everything that learners wait for."""
    judging.work_a_stint()


@shared_task
def apply_rejudging(rejudging_id: str) -> None:
    """Record what a rejudging changed; somebody decided that already."""
    applying.apply_batches(rejudging_id=UUID(rejudging_id), at=timezone.now())


@shared_task
def requeue_abandoned_evaluations() -> int:
    """Finish what killed workers and lost messages left."""
    abandoned = services.requeue_abandoned(at=timezone.now())
    judging.resume(at=timezone.now())
    return abandoned
