"""Whatever a test of judging did, the record must be whole afterwards."""

from collections.abc import Iterator
from uuid import UUID

import pytest
from pytest_httpserver import HTTPServer

from accounts.models import Learner
from evaluations.judge0 import Judge0Client, Judge0Settings
from studypaths.rebuild import check_learners
from studypaths.verification import verify_learners
from tests.callers import Caller
from tests.conftest import new_learner
from tests.evaluations.judge0_scenes import GOOD, LANGUAGES, SECRET
from tests.evaluations.judge0_server import JAVASCRIPT_ID, PYTHON_ID, FakeJudge0
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


@pytest.fixture
def judge0(httpserver: HTTPServer) -> FakeJudge0:
    """A Judge0 whose every run ends well, but for what a test scripts."""
    fake = FakeJudge0({PYTHON_ID: ("", ""), JAVASCRIPT_ID: ("", "")}, said=GOOD)
    fake.serve(httpserver)
    return fake


@pytest.fixture
def pauses() -> list[float]:
    """How long a client would have waited, in seconds."""
    return []


@pytest.fixture
def judge0_client(httpserver: HTTPServer, judge0: FakeJudge0, pauses: list[float]) -> Judge0Client:
    """A client of `judge0` that notes its pauses instead of making them."""
    settings = Judge0Settings(httpserver.url_for(""), 2, LANGUAGES, headers={"X-Auth-Token": SECRET})
    return Judge0Client(settings, pause=pauses.append, jitter=lambda: 1.0)
