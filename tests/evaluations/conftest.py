"""Whatever a test of judging did, the record must be whole afterwards."""

from collections.abc import Iterator
from uuid import UUID

import pytest

from accounts.models import Learner
from studypaths.rebuild import check_learners
from studypaths.verification import verify_learners
from tests.callers import Caller
from tests.conftest import new_learner
from tests.evaluations.scenes import import_shout


@pytest.fixture(autouse=True)
def whole_record(request: pytest.FixtureRequest) -> Iterator[None]:
    """After every test that used the database: every chain verifies and every row is what the log says."""
    uses_database = "db" in request.fixturenames or request.node.get_closest_marker("django_db")
    if not uses_database:
        yield
        return
    request.getfixturevalue("db")
    yield
    learners = list(Learner.objects.values_list("id", flat=True))
    assert verify_learners(learners).breaks == []
    assert check_learners(learners).differences == []


@pytest.fixture
def shout(db: None) -> None:
    """The problem that the tasks of these tests are about."""
    import_shout()


@pytest.fixture
def alice(learner: Caller, shout: None) -> UUID:
    """Alice, where there is a problem for her."""
    assert learner.learner_id is not None
    return learner.learner_id


@pytest.fixture
def bob(shout: None) -> UUID:
    """Another learner in the queue."""
    return new_learner("bob")
