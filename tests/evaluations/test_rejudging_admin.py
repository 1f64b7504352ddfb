"""Rejudgings in the admin: begun, watched, applied and discarded by those who may; every look is logged."""

from typing import Any
from uuid import UUID

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import AccessLog, User
from evaluations.judge import Verdict
from evaluations.models import Rejudging, RejudgingItem
from evaluations.rejudging import judging
from evaluations.tasks import apply_rejudging
from tests.callers import Caller
from tests.catalog.samples import imported
from tests.evaluations.rejudged import applied, begun, new_tests, ready, states_of, tried
from tests.evaluations.scenes import stored, task_in_progress, tasks_in_progress

HALF = (Verdict.WRONG_ANSWER, 2)
LIST = "/admin/evaluations/rejudging/"


@pytest.fixture
def pages(staff: Caller) -> Client:
    """A browser in which Sam of the staff is signed in."""
    return signed_in(staff.user)


def signed_in(user: User | None) -> Client:
    assert user is not None
    client = Client()
    client.force_login(user)
    return client


def page_of(rejudging: Rejudging, tail: str = "change/") -> str:
    return f"{LIST}{rejudging.id}/{tail}"


@pytest.fixture
def changed(alice: UUID) -> dict[str, Any]:
    """A task of Alice that failed by wrong tests, and there are right ones now."""
    task = task_in_progress(alice)
    tried(task, HALF)
    new_tests()
    return task


def test_a_rejudging_is_begun_from_the_page_of_problems(pages: Client, changed: dict[str, Any]) -> None:
    chosen = pages.post("/admin/catalog/problem/", {"action": "rejudge", "_selected_action": ["shout"]})
    form = pages.get(chosen["Location"])
    assert form.context["adminform"].form.initial["problem_id"] == "shout"

    sent = {"problem_id": "shout", "to_version": "", "language": "", "reason": "A test was wrong."}
    begun_now = pages.post(f"{LIST}add/", {**sent, "since_0": "", "since_1": ""})

    rejudging = Rejudging.objects.get()
    assert begun_now["Location"] == page_of(rejudging)
    assert (rejudging.to_version, rejudging.reason, rejudging.created_by) == (2, sent["reason"], "person:sam")
    assert states_of(rejudging) == ["waiting"]


@pytest.mark.parametrize("chosen", [[], ["shout", "other"]])
def test_one_problem_is_rejudged_at_a_time(pages: Client, shout: None, chosen: list[str]) -> None:
    imported({"id": "other"})

    answer = pages.post(
        "/admin/catalog/problem/", {"action": "rejudge", "_selected_action": chosen}, follow=True
    )

    assert answer.status_code == 200
    assert answer.redirect_chain in ([], [("/admin/catalog/problem/", 302)])
    assert not Rejudging.objects.exists()


def test_the_form_says_what_cannot_be_rejudged(pages: Client, shout: None) -> None:
    answer = pages.post(
        f"{LIST}add/", {"problem_id": "shout", "to_version": "", "language": "", "reason": ""}
    )

    assert "Nothing was submitted to shout yet." in answer.content.decode()


def test_the_page_shows_matrix_changes_and_what_follows(pages: Client, changed: dict[str, Any]) -> None:
    rejudging = ready()

    shown = pages.get(page_of(rejudging)).content.decode()

    assert "1 of 1 judged, 1 changed" in shown
    assert "wrong_answer → accepted" in shown
    assert "the task is completed, passed" in shown
    assert "alice" in shown
    assert "def shout" not in shown


def test_a_look_is_logged_for_every_learner_on_the_page(
    pages: Client, changed: dict[str, Any], bob: UUID
) -> None:
    tried(task_in_progress(bob), HALF)
    rejudging = ready()

    pages.get(page_of(rejudging))

    looks = AccessLog.objects.filter(what=f"rejudging {rejudging.id}", actor="person:sam", channel="admin")
    assert set(looks.values_list("learner_id", flat=True)) == {changed["learner_id"], bob}


def test_applying_asks_first_and_then_leaves_it_to_a_worker(pages: Client, changed: dict[str, Any]) -> None:
    rejudging = ready()
    asked = pages.get(page_of(rejudging, "apply/"))
    assert "1 of 1 results of shout change" in asked.content.decode()
    assert Rejudging.objects.get().state == "ready"

    pages.post(page_of(rejudging, "apply/"))

    rejudging.refresh_from_db()
    assert (rejudging.state, rejudging.closed_by) == ("applying", "person:sam")
    apply_rejudging(str(rejudging.id))
    assert stored(changed).passed is True


def test_discarding_asks_first(pages: Client, changed: dict[str, Any]) -> None:
    rejudging = ready()
    pages.get(page_of(rejudging, "discard/"))
    assert Rejudging.objects.get().state == "ready"

    answer = pages.post(page_of(rejudging, "discard/"), follow=True)

    assert "Discarded; nobody was changed." in answer.content.decode()
    assert Rejudging.objects.get().state == "discarded"


def test_what_is_closed_is_not_closed_again(pages: Client, changed: dict[str, Any]) -> None:
    rejudging = applied(ready())

    answers = [pages.post(page_of(rejudging, f"{act}/"), follow=True) for act in ("apply", "discard")]

    assert all("The rejudging is applied" in answer.content.decode() for answer in answers)
    assert Rejudging.objects.get().state == "applied"


def test_applying_has_a_permission_of_its_own(changed: dict[str, Any]) -> None:
    rejudging = ready()
    user = User.objects.create_user("vera", subject="vera", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_rejudging"))
    pages = signed_in(user)

    shown = pages.get(page_of(rejudging))

    assert shown.status_code == 200
    assert "Apply…" not in shown.content.decode()
    assert pages.post(page_of(rejudging, "apply/")).status_code == 403
    assert pages.post(page_of(rejudging, "discard/")).status_code == 403
    assert pages.get(f"{LIST}add/").status_code == 403
    assert Rejudging.objects.get().state == "ready"


def test_whoever_may_not_look_may_not_decide(changed: dict[str, Any]) -> None:
    rejudging = ready()
    user = User.objects.create_user("vera", subject="vera", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="apply_rejudging"))
    pages = signed_in(user)

    answers = [pages.get(page_of(rejudging, "apply/")), pages.post(page_of(rejudging, "apply/"))]
    answers.append(pages.post(page_of(rejudging, "discard/")))

    assert [answer.status_code for answer in answers] == [403, 403, 403]
    assert Rejudging.objects.get().state == "ready"


def test_newer_tests_are_named_where_it_is_decided(pages: Client, changed: dict[str, Any]) -> None:
    rejudging = ready()
    addresses = [page_of(rejudging), page_of(rejudging, "apply/")]
    before = [pages.get(address).content.decode() for address in addresses]
    new_tests(statement="Shout it.")

    after = [pages.get(address).content.decode() for address in addresses]

    assert not any("Version 3 of the tests is newer" in page for page in before)
    assert all("Version 3 of the tests is newer than version 2" in page for page in after)


def test_rejudgings_are_for_staff(mentor: Caller, changed: dict[str, Any]) -> None:
    pages = signed_in(mentor.user)
    rejudging = ready()

    addresses = [LIST, page_of(rejudging), page_of(rejudging, "apply/")]

    assert [pages.get(each).status_code for each in addresses] == [302, 302, 302]


def test_rejudgings_are_neither_changed_nor_deleted(pages: Client, changed: dict[str, Any]) -> None:
    rejudging = ready()

    assert pages.post(page_of(rejudging), {"state": "applied"}).status_code == 403
    assert pages.post(page_of(rejudging, "delete/"), {"post": "yes"}).status_code == 403
    assert pages.get(page_of(rejudging, "nonsense/")).status_code in (302, 404)


def test_pages_cost_the_same_with_ten_and_with_a_thousand_submissions(pages: Client, alice: UUID) -> None:
    """No statement for each learner, task or submission; fifty are on a page."""
    for task in tasks_in_progress(alice, 10):
        tried(task, HALF)
    new_tests()
    rejudging = ready()
    pages.get(page_of(rejudging))
    few = statements(pages, page_of(rejudging)), statements(pages, LIST)

    some_more_items(rejudging, 990)
    many = statements(pages, page_of(rejudging)), statements(pages, LIST)

    assert RejudgingItem.objects.count() == 1000
    assert many == few
    assert max(many) < 30


def statements(pages: Client, address: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert pages.get(address).status_code == 200
    return len(captured)


def some_more_items(rejudging: Rejudging, count: int) -> None:
    """Items like the first one, each of a submission of its own that nobody made."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO rejudging_items (id, rejudging_id, learner_id, task_id, submission_id, evaluation_id, language,
                old_verdict, old_score, state, new_verdict, new_score, changed, new_facts, message)
            SELECT gen_random_uuid(), rejudging_id, learner_id, task_id, gen_random_uuid(), evaluation_id, language,
                old_verdict, old_score, state, new_verdict, new_score, changed, new_facts, message
            FROM (SELECT * FROM rejudging_items LIMIT 1) first, generate_series(1, %s)
            """,
            [count],
        )


def test_the_list_shows_progress(pages: Client, alice: UUID) -> None:
    for task in tasks_in_progress(alice, 3):
        tried(task, HALF)
    new_tests()
    begun()
    item = judging.claim_item(at=Rejudging.objects.get().created_at)
    assert item is not None
    judging.keep(item, None, at=Rejudging.objects.get().created_at)

    shown = pages.get(f"{LIST}?state=judging").content.decode()

    assert "1 / 3" in shown
