"""Messages to workers whose loss something else makes up for: a sweeper, or the next call that needs the work."""

import structlog
from celery import current_app
from kombu.exceptions import OperationalError as BrokerAway

from common.circuit import CircuitBreaker, CircuitOpen

log = structlog.get_logger(__name__)
_broker = CircuitBreaker("the broker", failure_threshold=1, reset_after_seconds=10)


def send(task: str, *arguments: object, for_seconds: float | None = None) -> None:
    """Send a message for the Celery task of that name. Call it on commit.

    With `for_seconds` it means nothing any more when no worker took it in that time. A broker that hangs costs the one
    who notices a few seconds; the others do not wait for it.
    """
    try:
        with _broker.guard(BrokerAway):
            current_app.send_task(task, arguments, expires=for_seconds)
    except (BrokerAway, CircuitOpen) as reason:
        log.warning("worker_not_woken", task=task, reason=str(reason))
