"""Learners and their names, and who may look at whom (R029, R150, R161, K-19)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.models import AccessLog, DataKey, Learner, LearnerAccess, LearnerIdentity, User
from accounts.principal import Principal
from accounts.selectors import learner_id_of, may_look_at, user_ids_of
from accounts.services import (
    AccessAlreadyGranted,
    IdentityTaken,
    add_identity,
    ensure_learner,
    grant_access,
    record_access,
    revoke_access,
)
from common.errors import NotFound

ISSUER = "api.scimigo.com"
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def ensured(user_id: str, issuer: str = ISSUER) -> UUID:
    return ensure_learner(user_id=user_id, issuer=issuer, at=NOW)


def new_user(name: str) -> int:
    return User.objects.create_user(name, subject=name).pk


def caller(kind: str = "learner", **changes: Any) -> Principal:
    values: dict[str, Any] = {
        "subject": "ada",
        "kind": kind,
        "roles": frozenset(),
        "scopes": frozenset(),
        "learner_id": None,
        "user_id_pk": None,
    }
    return Principal(**values | changes)


@pytest.mark.django_db
def test_a_new_learner_has_an_identity_and_a_data_key() -> None:
    learner_id = ensured("ada")

    learner = Learner.objects.get(pk=learner_id)
    assert (learner.user_id, learner.timezone, learner.locale, learner.created_at) == (
        "ada",
        "UTC",
        "en",
        NOW,
    )
    identity = LearnerIdentity.objects.get(learner_id=learner_id)
    assert (identity.issuer, identity.subject) == (ISSUER, "ada")
    assert DataKey.objects.get(learner_id=learner_id).destroyed_at is None


@pytest.mark.django_db
def test_a_known_learner_costs_one_select(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    learner_id = ensured("ada")

    with django_assert_num_queries(1) as captured:
        assert ensured("ada") == learner_id

    assert captured.captured_queries[0]["sql"].startswith("SELECT")


@pytest.mark.django_db
def test_subjects_are_compared_exactly() -> None:
    assert len({ensured(name) for name in ("ada", "Ada", "ada2", "ada\u0301")}) == 4


@pytest.mark.django_db
def test_the_same_subject_at_a_new_issuer_is_the_same_learner() -> None:
    """R029: user_id is the sub, and unique; the address of the issuer may change."""
    learner_id = ensured("ada")

    assert ensured("ada", "https://id.scimigo.com") == learner_id
    assert DataKey.objects.count() == 1


@pytest.mark.django_db
def test_every_alias_leads_to_the_same_learner() -> None:
    learner_id = ensured("42")
    add_identity(learner_id=learner_id, subject="usr_0042", at=NOW)
    add_identity(learner_id=learner_id, subject="0199a000-0000-7000-8000-000000000042", at=NOW)

    assert ensured("usr_0042") == learner_id
    assert learner_id_of("usr_0042") == learner_id
    assert learner_id_of("42") == learner_id
    assert user_ids_of([learner_id]) == {learner_id: "42"}
    assert Learner.objects.count() == 1


@pytest.mark.django_db
def test_adding_an_alias_again_changes_nothing() -> None:
    learner_id = ensured("ada")

    add_identity(learner_id=learner_id, subject="lovelace", at=NOW)
    add_identity(learner_id=learner_id, subject="lovelace", at=NOW)

    assert LearnerIdentity.objects.filter(learner_id=learner_id).count() == 2


@pytest.mark.django_db
def test_a_name_that_leads_to_somebody_else_is_not_taken_away() -> None:
    ada, bob = ensured("ada"), ensured("bob")
    add_identity(learner_id=bob, subject="bobby", at=NOW)

    for name in ("bob", "bobby"):
        with pytest.raises(IdentityTaken):
            add_identity(learner_id=ada, subject=name, at=NOW)
    with pytest.raises(IdentityTaken):
        add_identity(learner_id=ada, subject="bob", issuer="https://elsewhere.example", at=NOW)
    with pytest.raises(NotFound):
        add_identity(learner_id=uuid4(), subject="new", at=NOW)


@pytest.mark.django_db
def test_an_alias_counts_at_its_issuer_only(settings: Settings) -> None:
    learner_id = ensured("ada")
    add_identity(learner_id=learner_id, subject="lovelace", issuer="https://old.example", at=NOW)

    assert learner_id_of("lovelace") is None
    settings.JWT_ISSUER = "https://old.example"
    assert learner_id_of("lovelace") == learner_id


@pytest.mark.django_db
def test_an_unknown_user_is_nobody(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(1):
        assert learner_id_of("nobody") is None


@pytest.mark.django_db(transaction=True)
def test_twenty_first_requests_at_once_make_one_learner() -> None:
    together = Barrier(10)

    def first_request(number: int) -> UUID:
        try:
            together.wait(10)
            return ensured("ada" if number % 2 else "bob")
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as pool:
        made = list(pool.map(first_request, range(20)))

    assert len(set(made[::2])) == len(set(made[1::2])) == 1
    assert Learner.objects.count() == LearnerIdentity.objects.count() == DataKey.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_a_name_cannot_become_an_alias_while_it_becomes_a_learner() -> None:
    """Whoever holds the name first decides; the other waits and then sees it."""
    ada = ensured("ada")

    def make_learner() -> UUID:
        try:
            return ensured("lovelace")
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            add_identity(learner_id=ada, subject="lovelace", at=NOW)
            made = pool.submit(make_learner)
            with pytest.raises(TimeoutError):
                made.result(0.3)

        assert made.result(10) == ada
    assert Learner.objects.count() == 1


@pytest.mark.django_db
def test_a_learner_is_made_whole_or_not_at_all(settings: Settings) -> None:
    settings.FIELD_ENCRYPTION_KEYS = "broken"

    with pytest.raises(Exception, match="FIELD_ENCRYPTION_KEYS"):
        ensured("ada")

    assert not Learner.objects.exists()


@pytest.mark.django_db
def test_access_is_granted_once_and_can_be_revoked_and_granted_again() -> None:
    learner_id, user_id = ensured("ada"), new_user("grace")
    grant: dict[str, Any] = {
        "user_id": user_id,
        "learner_id": learner_id,
        "role": "mentor",
        "by": "person:sam",
        "at": NOW,
    }

    access_id = grant_access(**grant)
    assert grant_access(**grant) == access_id
    assert revoke_access(access_id=access_id, by="person:staff", at=NOW + timedelta(days=1))
    assert not revoke_access(access_id=access_id, by="person:staff", at=NOW + timedelta(days=2))
    again = grant_access(**grant | {"role": "parent", "at": NOW + timedelta(days=3)})

    assert again != access_id
    rows = LearnerAccess.objects.order_by("id").values_list("role", "granted_by", "revoked_at")
    assert list(rows) == [("mentor", "person:sam", NOW + timedelta(days=1)), ("parent", "person:sam", None)]


@pytest.mark.django_db
def test_another_role_is_no_silent_change() -> None:
    learner_id, user_id = ensured("ada"), new_user("grace")
    grant_access(user_id=user_id, learner_id=learner_id, role="mentor", by="person:sam", at=NOW)

    with pytest.raises(AccessAlreadyGranted, match="mentor"):
        grant_access(user_id=user_id, learner_id=learner_id, role="parent", by="person:sam", at=NOW)


@pytest.mark.django_db
def test_access_needs_a_person_and_a_learner_that_exist() -> None:
    learner_id, user_id = ensured("ada"), new_user("grace")

    for user, learner in ((user_id, uuid4()), (user_id + 1, learner_id)):
        with pytest.raises(NotFound):
            grant_access(user_id=user, learner_id=learner, role="mentor", by="person:sam", at=NOW)
    with pytest.raises(NotFound):
        revoke_access(access_id=uuid4(), by="person:staff", at=NOW)


@pytest.mark.django_db
def test_a_look_is_recorded() -> None:
    """R150: audit logging of all data access."""
    learner_id = ensured("ada")

    record_access(learner_id=learner_id, actor="person:grace", channel="api", what="history " * 50, at=NOW)

    row = AccessLog.objects.get()
    assert (row.learner_id, row.actor, row.channel, row.at) == (learner_id, "person:grace", "api", NOW)
    assert len(row.what) == 200


@pytest.mark.django_db
def test_only_the_learner_services_staff_and_people_with_access_may_look() -> None:
    ada, bob = ensured("ada"), ensured("bob")
    grace, ruth = new_user("grace"), new_user("ruth")
    access_id = grant_access(user_id=grace, learner_id=ada, role="mentor", by="person:sam", at=NOW)
    mentor = frozenset({"mentor"})
    callers = {
        "ada": caller(learner_id=ada),
        "bob": caller(learner_id=bob),
        "service": caller("service", scopes=frozenset({"co"})),
        "staff": caller("person", roles=frozenset({"staff"})),
        "grace": caller("person", roles=mentor, user_id_pk=grace),
        "ruth": caller("person", roles=mentor, user_id_pk=ruth),
        "a mentor without a user": caller("person", roles=mentor),
    }

    assert {name for name, who in callers.items() if may_look_at(who, ada)} == {
        "ada",
        "service",
        "staff",
        "grace",
    }
    assert not may_look_at(callers["grace"], bob)

    revoke_access(access_id=access_id, by="person:staff", at=NOW)
    assert not may_look_at(callers["grace"], ada)


@pytest.mark.django_db
def test_only_people_cost_a_query_when_they_look(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    ada = ensured("ada")

    with django_assert_num_queries(0):
        may_look_at(caller(learner_id=ada), ada)
        may_look_at(caller("service"), ada)
        may_look_at(caller("person", roles=frozenset({"staff"})), ada)
    with django_assert_num_queries(1):
        may_look_at(caller("person", roles=frozenset({"mentor"}), user_id_pk=1), ada)


@pytest.mark.django_db
def test_user_ids_come_in_one_query(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    ada, bob = ensured("ada"), ensured("bob")

    with django_assert_num_queries(1):
        assert user_ids_of([ada, bob, ada, uuid4()]) == {ada: "ada", bob: "bob"}
