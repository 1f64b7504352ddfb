"""What tests of the HTTP calls share: a catalogue, Alice's path with three tasks, and a mentor of somebody else."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from django.utils import timezone

from accounts.models import User
from catalog.services import sync_tracks
from tests.callers import Caller, token_for
from tests.studypaths.builders import new_path, new_tasks


@dataclass(frozen=True)
class Scene:
    """Alice's active path and its scheduled tasks, by their ids as the API writes them."""

    learner_id: UUID
    path: str
    tasks: tuple[str, ...]

    @property
    def task(self) -> str:
        return self.tasks[0]


@pytest.fixture
def unlimited(settings: Any) -> None:
    """Tests ask faster than learners do."""
    settings.REQUESTS_PER_MINUTE = 0


@pytest.fixture
def catalogue(db: None) -> None:
    """The tracks of the project, without problems."""
    sync_tracks()


@pytest.fixture
def scene(learner: Caller, unlimited: None, catalogue: None) -> Scene:
    """Three tasks that are due now."""
    assert learner.learner_id is not None
    now = timezone.now()
    path_id = new_path(learner.learner_id, at=now)["id"]
    rows = new_tasks(learner.learner_id, path_id, 3, at=now)
    return Scene(learner.learner_id, str(path_id), tuple(str(row["id"]) for row in rows))


@pytest.fixture
def other_mentor(db: None) -> Caller:
    """Mr Holmes, a mentor to whom nobody gave access to Alice."""
    user = User.objects.create_user("holmes", subject="holmes")
    return Caller("holmes", token_for("holmes", "mentor"), user=user)
