"""The catalogue in the admin: for looking; a problem can be retired and restored."""

import pytest
from django.test import Client

from catalog.models import Module, Problem, ProblemVersion, Topic, Track
from tests.callers import Caller
from tests.catalog.samples import imported

pytestmark = pytest.mark.usefixtures("tracks")


@pytest.fixture
def page(staff: Caller) -> Client:
    """A browser of staff."""
    client = Client()
    assert staff.user is not None
    client.force_login(staff.user)
    return client


@pytest.mark.parametrize("model", ["track", "module", "topic", "problem", "problemversion"])
def test_every_list_and_record_can_be_seen_but_not_changed(page: Client, model: str) -> None:
    imported({})
    tables = {
        "track": Track,
        "module": Module,
        "topic": Topic,
        "problem": Problem,
        "problemversion": ProblemVersion,
    }
    record = tables[model]._default_manager.all()[0]

    assert page.get(f"/admin/catalog/{model}/").status_code == 200
    assert page.get(f"/admin/catalog/{model}/{record.pk}/change/").status_code == 200
    assert page.post(f"/admin/catalog/{model}/{record.pk}/change/", {"title": "x"}).status_code == 403
    assert page.get(f"/admin/catalog/{model}/add/").status_code == 403
    assert page.post(f"/admin/catalog/{model}/{record.pk}/delete/", {"post": "yes"}).status_code == 403


def test_staff_can_retire_problems_and_restore_them(page: Client) -> None:
    imported({}, {"id": "b"}, {"id": "c"})

    page.post("/admin/catalog/problem/", {"action": "retire", "_selected_action": ["b", "c"]})
    retired = set(Problem.objects.exclude(retired_at=None).values_list("id", flat=True))
    page.post("/admin/catalog/problem/", {"action": "restore", "_selected_action": ["b"]})

    assert retired == {"b", "c"}
    assert set(Problem.objects.exclude(retired_at=None).values_list("id", flat=True)) == {"c"}


def test_retiring_again_keeps_the_time_of_the_first(page: Client) -> None:
    imported({})
    times = []
    for _ in range(2):
        page.post("/admin/catalog/problem/", {"action": "retire", "_selected_action": ["longest-climb"]})
        times.append(Problem.objects.get().retired_at)

    assert times[0] is not None
    assert times[0] == times[1]
