"""What beat sends: each piece of work at its interval, dropped when the next one is due."""

from typing import Any

import pytest
from django.conf import settings
from django_celery_beat.schedulers import ModelEntry

from config.celery import app

ENTRIES = settings.CELERY_BEAT_SCHEDULE


@pytest.mark.parametrize("name", ENTRIES)
def test_a_message_that_nobody_took_expires_when_the_next_is_sent(db: None, name: str) -> None:
    """While the worker is away messages would pile up, and all of them be worked off when it is back."""
    entry: dict[str, Any] = ENTRIES[name]

    sent = ModelEntry.from_entry(name, app=app, **entry)

    assert sent.options["expires"] == entry["schedule"].total_seconds()
