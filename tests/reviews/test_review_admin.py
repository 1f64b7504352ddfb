"""Staff look at reviews: everything to see, nothing to change, no look unlogged (R144, R150)."""

from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from accounts.models import AccessLog
from reviews import services
from reviews.models import ReviewItem, ReviewLog, ReviewSettings
from tests.callers import Caller
from tests.reviews.builders import BEAT, NOON, solved

EVERY_MODEL = pytest.mark.parametrize("model", [ReviewItem, ReviewLog, ReviewSettings])


@pytest.fixture
def pages(staff: Caller, alice: UUID, path_id: UUID) -> Client:
    """A browser in which Sam of the staff is signed in; Alice has a row of each kind."""
    solved(alice, path_id)
    services.update_settings(learner_id=alice, changes={"daily_cap": 3}, by=BEAT, at=NOON)
    assert staff.user is not None
    client = Client()
    client.force_login(staff.user)
    return client


def address(model: Any, tail: str = "") -> str:
    return f"/admin/reviews/{model._meta.model_name}/{tail}"


@EVERY_MODEL
def test_reviews_can_be_seen_and_not_changed(pages: Client, model: Any) -> None:
    row = model.objects.get()
    page = address(model, f"{row.pk}/change/")

    assert pages.get(page).status_code == 200
    assert pages.post(page, {"daily_cap": 9}).status_code == 403
    assert pages.get(address(model, "add/")).status_code == 403
    assert pages.post(address(model, f"{row.pk}/delete/"), {"post": "yes"}).status_code == 403


@EVERY_MODEL
def test_a_learners_reviews_are_found_and_the_look_is_logged(pages: Client, alice: UUID, model: Any) -> None:
    found = pages.get(address(model), {"q": "alice"})

    assert [row.learner_id for row in found.context["cl"].result_list] == [alice]
    assert len(pages.get(address(model), {"q": "nobody"}).context["cl"].result_list) == 0
    look = AccessLog.objects.get()
    assert (look.learner_id, look.channel) == (alice, "admin")
