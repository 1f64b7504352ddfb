"""A catalogue with the tracks of the project."""

from collections.abc import Iterator

import pytest
from pytest_django import DjangoDbBlocker
from pytest_httpserver import HTTPServer

from catalog.models import Module, Problem, ProblemVersion, Topic, Track
from catalog.services import sync_tracks
from tests.catalog.bank_server import Bank


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


@pytest.fixture
def bank(httpserver: HTTPServer) -> Bank:
    """A client of the problem bank that the test's HTTP server plays."""
    return Bank(httpserver.url_for("/"))
