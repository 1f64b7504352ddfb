"""What every test shares: caches that start empty, and the people of the stories."""

from collections.abc import Iterator
from uuid import UUID

import pytest
from django.conf import settings
from django.db import connection
from django.test import override_settings
from django.utils import timezone

from accounts import authentication, issuer, key_source, sealing, selectors, tokens
from accounts.models import User
from accounts.services import ensure_learner, grant_access
from config.celery import app as celery
from studypaths import offers
from tests.callers import Caller, token_for


@pytest.fixture(scope="session", autouse=True)
def tokens_are_ours() -> Iterator[None]:
    """Tokens of the embedded issuer count, whichever database the tests run on."""
    with override_settings(JWT_JWKS_URL="", JWT_PUBLIC_KEY=issuer.public_pem()):
        yield


@pytest.fixture(scope="session", autouse=True)
def queues_are_ours(request: pytest.FixtureRequest) -> str:
    """Each worker of a test run has message queues of its own; the prefix of their keys in Redis."""
    worker = getattr(request.config, "workerinput", {"workerid": "main"})["workerid"]
    prefix = f"test-{worker}:"
    celery.conf.broker_transport_options = {
        **celery.conf.broker_transport_options,
        "global_keyprefix": prefix,
    }
    return prefix


@pytest.fixture(autouse=True)
def empty_caches() -> None:
    """What one test's database answered must not reach another test."""
    authentication.forget_learners()
    selectors.forget_user_ids()
    tokens.forget_verified_tokens()
    key_source.forget_key_sources()
    sealing.forget_all_data_keys()
    offers.forget_offers()


@pytest.fixture(autouse=True)
def log_can_be_emptied(request: pytest.FixtureRequest) -> Iterator[None]:
    """Tests that commit are followed by a TRUNCATE of all tables, which the triggers of the log refuse.

    They are off for the one session that empties the tables; Django closes it right after.
    """
    marker = request.node.get_closest_marker("django_db")
    commits = marker is not None and marker.kwargs.get("transaction", False)
    commits = commits or "transactional_db" in request.fixturenames
    if commits:  # first in, so that this ends before the tables are emptied
        request.getfixturevalue("transactional_db")
    yield
    if commits:
        with connection.cursor() as cursor:
            cursor.execute("SET session_replication_role = replica")


@pytest.fixture
def learner(db: None) -> Caller:
    """Alice, whose journey it is."""
    return Caller("alice", token_for("alice"), learner_id=new_learner("alice"))


@pytest.fixture
def stranger(db: None) -> Caller:
    """Another learner, who must see nothing of Alice."""
    return Caller("mallory", token_for("mallory"), learner_id=new_learner("mallory"))


@pytest.fixture
def mentor(learner: Caller) -> Caller:
    """Grace, who was given access to Alice's record, and to nobody else's."""
    user = User.objects.create_user("grace", subject="grace")
    assert learner.learner_id is not None
    grant_access(
        user_id=user.pk, learner_id=learner.learner_id, role="mentor", by="person:staff", at=timezone.now()
    )
    return Caller("grace", token_for("grace", "mentor"), user=user)


@pytest.fixture
def staff(db: None) -> Caller:
    """Sam of the staff, who may look at everybody and sign in to the admin."""
    user = User.objects.create_user("sam", subject="sam", is_staff=True, is_superuser=True)
    return Caller("sam", token_for("sam", "staff"), user=user)


@pytest.fixture
def service() -> Caller:
    """The Curriculum Orchestrator."""
    return Caller("curriculum-orchestrator", token_for("curriculum-orchestrator", "service"))


def new_learner(user_id: str) -> UUID:
    """A learner as the first request with a token makes one."""
    return ensure_learner(user_id=user_id, issuer=settings.JWT_ISSUER, at=timezone.now())
