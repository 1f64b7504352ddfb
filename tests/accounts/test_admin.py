"""What staff can see and do about people and permissions (R010, R147, R150)."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import AccessLog, DataKey, Learner, LearnerAccess, User
from tests.callers import Caller
from tests.conftest import new_learner

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.accounts.urls")]

MODELS = ("user", "learner", "learneraccess", "accesslog", "datakey")


@pytest.fixture
def pages(staff: Caller) -> Client:
    """A browser in which Sam of the staff is signed in."""
    assert staff.user is not None
    client = Client()
    client.force_login(staff.user)
    return client


def address(model: str, view: str, *arguments: Any) -> str:
    return reverse(f"admin:accounts_{model}_{view}", args=arguments)


@pytest.mark.parametrize("model", MODELS)
def test_every_list_shows(pages: Client, mentor: Caller, model: str) -> None:
    answer = pages.get(address(model, "changelist"), {"q": "alice"})

    assert answer.status_code == 200


@pytest.mark.parametrize("model", MODELS)
def test_lists_are_for_staff_only(mentor: Caller, model: str) -> None:
    assert mentor.user is not None
    client = Client()
    client.force_login(mentor.user)

    assert client.get(address(model, "changelist")).status_code == 302


@pytest.mark.parametrize("model", ["learner", "accesslog", "datakey"])
def test_records_are_not_added_by_hand(pages: Client, model: str) -> None:
    assert pages.get(address(model, "add")).status_code == 403


def test_a_learner_is_found_by_any_name_and_every_look_is_logged(pages: Client, learner: Caller) -> None:
    found = pages.get(address("learner", "changelist"), {"q": "alice"})
    page = pages.get(address("learner", "change", learner.learner_id))

    assert b"alice" in found.content
    assert b"api.scimigo.com" in page.content
    row = AccessLog.objects.get()
    assert (row.learner_id, row.actor, row.channel, row.what) == (
        learner.learner_id,
        "person:sam",
        "admin",
        "learner",
    )


@pytest.mark.parametrize("identifier", ["0199a000-0000-7000-8000-000000000001", "nonsense"])
def test_a_learner_that_is_not_there_leaves_no_trace(pages: Client, identifier: str) -> None:
    assert pages.get(address("learner", "change", identifier)).status_code == 302
    assert not AccessLog.objects.exists()


def test_a_learner_cannot_be_changed_or_deleted(pages: Client, learner: Caller) -> None:
    change = pages.post(address("learner", "change", learner.learner_id), {"user_id": "mallory"})
    delete = pages.post(address("learner", "delete", learner.learner_id), {"post": "yes"})

    assert (change.status_code, delete.status_code) == (403, 403)
    assert Learner.objects.get().user_id == "alice"


def test_access_is_granted_through_the_service(pages: Client, mentor: Caller) -> None:
    bob = new_learner("bob")
    assert mentor.user is not None

    answer = pages.post(
        address("learneraccess", "add"), {"user": mentor.user.pk, "learner": bob, "role": "teacher"}
    )

    granted = LearnerAccess.objects.get(learner_id=bob)
    assert answer.status_code == 302
    assert (granted.role, granted.granted_by, granted.revoked_at) == ("teacher", "person:sam", None)


def test_access_that_exists_is_not_granted_again(pages: Client, mentor: Caller, learner: Caller) -> None:
    assert mentor.user is not None

    answer = pages.post(
        address("learneraccess", "add"),
        {"user": mentor.user.pk, "learner": learner.learner_id, "role": "parent"},
    )

    assert b"has access already" in answer.content
    assert LearnerAccess.objects.get().role == "mentor"


def test_access_is_revoked_by_an_action_and_stays_on_record(pages: Client, mentor: Caller) -> None:
    access = LearnerAccess.objects.get()

    answer = pages.post(
        address("learneraccess", "changelist"),
        {"action": "revoke", "_selected_action": [str(access.pk)]},
        follow=True,
    )

    access.refresh_from_db()
    assert b"1 permissions revoked" in answer.content
    assert access.revoked_at is not None
    assert access.revoked_by == "person:sam"


def test_access_is_never_edited_or_deleted(pages: Client, mentor: Caller) -> None:
    access = LearnerAccess.objects.get()

    change = pages.post(address("learneraccess", "change", access.pk), {"role": "parent"})
    delete = pages.post(address("learneraccess", "delete", access.pk), {"post": "yes"})

    assert (change.status_code, delete.status_code) == (403, 403)


def test_the_bytes_of_a_data_key_are_on_no_page(pages: Client, learner: Caller) -> None:
    wrapped = bytes(DataKey.objects.get().wrapped_key or b"")

    for answer in (
        pages.get(address("datakey", "changelist")),
        pages.get(address("datakey", "change", learner.learner_id)),
    ):
        assert answer.status_code == 200
        assert b"wrapped_key" not in answer.content
        assert wrapped not in answer.content
        assert wrapped.hex().encode() not in answer.content
        assert repr(wrapped)[2:20].encode() not in answer.content


def test_a_person_gets_the_subject_of_their_tokens_in_the_admin(pages: Client, mentor: Caller) -> None:
    assert mentor.user is not None
    plain = User.objects.create_user("plain")
    form = pages.get(address("user", "change", plain.pk)).context["adminform"].form
    data = {name: value for name, value in form.initial.items() if value not in (None, False)}
    joined = {"date_joined_0": "2026-03-01", "date_joined_1": "12:00:00"}

    pages.post(address("user", "change", plain.pk), {**data, **joined, "subject": ""})
    plain.refresh_from_db()
    assert plain.subject is None

    pages.post(address("user", "change", plain.pk), {**data, **joined, "subject": "auth0|plain"})
    plain.refresh_from_db()
    assert plain.subject == "auth0|plain"
