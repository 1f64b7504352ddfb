"""Periodic work on accounts."""

from datetime import timedelta

from celery import shared_task
from django.conf import settings
from django.utils.timezone import now

from accounts import idempotency


@shared_task(name="accounts.tasks.forget_idempotency_keys")
def forget_idempotency_keys() -> int:
    """Forget the answers whose keys may no longer be repeated (IDEMPOTENCY_KEY_HOURS)."""
    before = now() - timedelta(hours=settings.IDEMPOTENCY_KEY_HOURS)
    return idempotency.forget_idempotency_keys(before=before)
