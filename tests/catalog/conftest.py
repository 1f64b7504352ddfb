"""A catalogue with the tracks of the project."""

from collections.abc import Iterator

import pytest
from pytest_django import DjangoDbBlocker

from catalog.models import Module, Problem, ProblemVersion, Topic, Track
from catalog.services import sync_tracks


@pytest.fixture
def tracks(db: None) -> None:
    """The tracks of catalog/tracks."""
    sync_tracks()


@pytest.fixture
def committed_tracks(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The same for tests whose threads must see it: committed, and deleted afterwards.

    Flushing the database between tests is no choice: the log refuses TRUNCATE.
    """
    with django_db_blocker.unblock():
        sync_tracks()
        yield
        for model in (ProblemVersion, Problem, Topic, Module, Track):
            model.objects.all().delete()
