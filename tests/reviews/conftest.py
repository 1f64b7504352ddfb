"""What tests of reviews share: Alice, who has an active path since the day before."""

from typing import Any
from uuid import UUID

import pytest

from tests.callers import Caller
from tests.reviews.builders import DAY, NOON, new_path


@pytest.fixture
def alice(learner: Caller) -> UUID:
    assert learner.learner_id is not None
    return learner.learner_id


@pytest.fixture
def path_id(alice: UUID) -> UUID:
    path: UUID = new_path(alice, at=NOON - DAY)["id"]
    return path


@pytest.fixture
def unlimited(settings: Any) -> None:
    """Tests ask faster than learners do."""
    settings.REQUESTS_PER_MINUTE = 0
