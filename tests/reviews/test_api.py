"""The calls of reviews: contract, ownership, problems (R079, R117)."""

import csv
from datetime import datetime, timedelta
from io import StringIO
from typing import Any
from uuid import UUID

import pytest
from django.utils import timezone

from accounts.models import AccessLog
from reviews import services
from reviews.models import ReviewItem, ReviewLog
from studypaths.models import TaskEvent
from tests.callers import Caller
from tests.reviews.builders import BEAT, DAY, as_row, finish, item_of, make_due, review_tasks, solved
from tests.studypaths.builders import new_path
from tests.studypaths.declared import declared, problems_of

pytestmark = pytest.mark.usefixtures("unlimited")


@pytest.fixture
def began() -> datetime:
    """Three days ago."""
    return timezone.now() - 3 * DAY


@pytest.fixture
def queue(alice: UUID, began: datetime) -> UUID:
    """Alice failed one problem three days ago, and solved another whose review is still to come."""
    path_id: UUID = new_path(alice, at=began - timedelta(hours=2))["id"]
    solved(alice, path_id, "quiet-hours", passed=False, at=began)
    solved(alice, path_id, "longest-climb", at=began + timedelta(hours=1))
    ReviewItem.objects.filter(problem_id="longest-climb").update(due_at=timezone.now() + 5 * DAY)
    return path_id


def problems(answer: dict[str, Any]) -> list[str]:
    return [item["problem_id"] for item in answer["results"]]


def test_the_queue_shows_what_is_due(learner: Caller, queue: UUID) -> None:
    answer = declared(learner.get("/v1/study-tasks/review-due"))

    assert problems(answer) == ["quiet-hours"]
    assert answer["counts"] == {"due": 1, "open": 0, "upcoming": 1}
    assert (answer["results"][0]["state"], answer["results"][0]["reason"]) == ("due", "fail")
    assert 0 < answer["results"][0]["retrievability"] < 0.9
    assert answer["next_due_at"] is not None
    assert (answer["cap"]["cap_today"], answer["cap"]["left_today"]) == (10, 10)


def test_an_item_with_a_task_is_open_and_uses_the_cap(learner: Caller, alice: UUID, queue: UUID) -> None:
    make_due(timezone.now())

    answer = declared(learner.get("/v1/study-tasks/review-due"))

    assert answer["counts"] == {"due": 0, "open": 1, "upcoming": 1}
    assert answer["results"][0]["open_task_id"] == str(review_tasks(alice)[0].id)
    assert (answer["cap"]["offered_today"], answer["cap"]["left_today"]) == (1, 9)


@pytest.mark.parametrize(
    ("state", "found"),
    [
        ("due", ["quiet-hours"]),
        ("upcoming", ["longest-climb"]),
        ("open", []),
        ("all", ["quiet-hours", "longest-climb"]),
    ],
)
def test_items_are_shown_by_state(learner: Caller, queue: UUID, state: str, found: list[str]) -> None:
    assert problems(declared(learner.get("/v1/study-tasks/review-due", {"state": state}))) == found


def test_the_queue_comes_in_pages(learner: Caller, queue: UUID) -> None:
    first = declared(learner.get("/v1/study-tasks/review-due", {"state": "all", "limit": "1"}))

    second = declared(learner.get(first["next"]))

    assert problems(first) + problems(second) == ["quiet-hours", "longest-climb"]
    assert second["next"] is None


@pytest.mark.parametrize("query", [{"state": "late"}, {"status": "due"}, {"limit": "0"}, {"cursor": "x"}])
def test_what_is_no_question_is_refused(learner: Caller, query: dict[str, str]) -> None:
    assert problems_of(learner.get("/v1/study-tasks/review-due", query))[0][0] == next(iter(query))


def test_settings_begin_with_the_defaults(learner: Caller) -> None:
    answer = learner.get("/v1/review-settings")

    settings = declared(answer)
    assert (settings["daily_cap"], settings["desired_retention"], settings["version"]) == (10, 0.9, 0)
    assert (len(settings["parameters"]), settings["parameters_are_own"]) == (21, False)
    assert answer["ETag"] == '"0"'


def test_settings_are_changed_one_by_one(learner: Caller) -> None:
    learner.patch("/v1/review-settings", {"easy_days": {"sunday": 0.5}})

    answer = learner.patch("/v1/review-settings", {"daily_cap": 4, "vacation_from": "2026-08-01"})

    settings = declared(answer)
    assert (settings["daily_cap"], settings["easy_days"]) == (4, {"sunday": 0.5})
    assert (settings["vacation_from"], settings["vacation_to"]) == ("2026-08-01", None)
    assert settings == declared(learner.get("/v1/review-settings"))
    assert TaskEvent.objects.filter(event_type="review_settings_changed").count() == 2


def test_a_vacation_can_be_ended(learner: Caller) -> None:
    learner.patch("/v1/review-settings", {"vacation_from": "2026-08-01", "vacation_to": "2026-08-09"})

    settings = declared(learner.patch("/v1/review-settings", {"vacation_from": None, "vacation_to": None}))

    assert (settings["vacation_from"], settings["vacation_to"]) == (None, None)


def test_a_change_is_made_once_for_a_key_and_not_at_all_for_what_is_so_already(learner: Caller) -> None:
    for _ in range(2):
        declared(learner.patch("/v1/review-settings", {"daily_cap": 4}, idempotency_key="k"))
    declared(learner.patch("/v1/review-settings", {"daily_cap": 4}))

    assert TaskEvent.objects.filter(event_type="review_settings_changed").count() == 1


def test_a_change_of_settings_that_were_changed_since_is_refused(learner: Caller) -> None:
    declared(learner.patch("/v1/review-settings", {"daily_cap": 4}, if_match='"0"'))

    declared(learner.patch("/v1/review-settings", {"daily_cap": 5}, if_match='"0"'), 412)


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"daily_cap": 101}, "#/daily_cap"),
        ({"daily_cap": "4"}, "#/daily_cap"),
        ({"desired_retention": 0.99}, "#/desired_retention"),
        ({"easy_days": {"someday": 0.5}}, "#/easy_days/someday"),
        ({"easy_days": {"sunday": 1.5}}, "#/easy_days/sunday"),
        ({"vacation_from": "2026-02-30"}, "#/vacation_from"),
        ({"vacation_from": 20260301}, "#/vacation_from"),
        ({"vacation_from": "2026-08-09", "vacation_to": "2026-08-09"}, "#/vacation_to"),
        ({"vacation_to": "2026-08-09"}, "#/vacation_to"),
        ({"cap": 4}, "#/cap"),
        ({"daily_cap": None}, "#/daily_cap"),
        ({"easy_days": None}, "#/easy_days"),
        ({"desired_retention": None}, "#/desired_retention"),
        ({"parameters": [1]}, "#/parameters"),
    ],
)
def test_impossible_settings_are_refused(learner: Caller, body: dict[str, Any], pointer: str) -> None:
    assert problems_of(learner.patch("/v1/review-settings", body))[0][0] == pointer


def test_an_item_and_its_ratings_are_shown_to_who_may_look(
    learner: Caller, mentor: Caller, service: Caller, stranger: Caller, alice: UUID, queue: UUID
) -> None:
    item = item_of(alice, "quiet-hours")

    for caller in (learner, mentor, service):
        assert declared(caller.get(f"/v1/review-items/{item.id}"))["reps"] == 1
        log = declared(caller.get(f"/v1/review-items/{item.id}/log"))["results"]
        assert [(each["rating_name"], each["state_before"]) for each in log] == [("again", None)]
    declared(stranger.get(f"/v1/review-items/{item.id}"), 404)
    declared(stranger.get(f"/v1/review-items/{item.id}/log"), 404)
    assert {look.actor for look in AccessLog.objects.all()} == {"person:grace"}


def test_a_rating_is_undone(
    learner: Caller, stranger: Caller, mentor: Caller, alice: UUID, queue: UUID
) -> None:
    make_due(timezone.now() - timedelta(hours=2))
    finish(as_row(review_tasks(alice)[0]), at=timezone.now())
    address = f"/v1/review-items/{item_of(alice, 'quiet-hours').id}/undo"

    declared(stranger.post(address), 404)
    declared(mentor.post(address), 403)
    answer = declared(learner.post(address))

    assert (answer["reps"], answer["state"]) == (1, "due")
    assert declared(learner.post(address), 409)["code"] == "nothing_to_undo"


def test_the_log_is_exported_as_fsrs_tools_read_it(
    learner: Caller, alice: UUID, queue: UUID, began: datetime
) -> None:
    make_due(timezone.now() - timedelta(hours=2))
    finish(as_row(review_tasks(alice)[0]), at=timezone.now())

    answer = learner.get("/v1/review-log/export", accept="text/csv")
    text = b"".join(answer.streaming_content).decode()

    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(StringIO(text)))
    assert list(rows[0]) == ["card_id", "review_time", "review_rating", "review_state", "review_duration"]
    assert [(row["review_rating"], row["review_state"]) for row in rows] == [
        ("1", "0"),
        ("3", "0"),
        ("3", "2"),
    ]
    assert rows[0] == {
        "card_id": str(item_of(alice, "quiet-hours").id),
        "review_time": str(int(began.timestamp() * 1000)),
        "review_rating": "1",
        "review_state": "0",
        "review_duration": str(20 * 60 * 1000),
    }


def test_undone_ratings_are_not_exported(learner: Caller, alice: UUID, queue: UUID) -> None:
    make_due(timezone.now() - timedelta(hours=2))
    finish(as_row(review_tasks(alice)[0]), at=timezone.now())
    services.undo_last_rating(
        learner_id=alice, item_id=item_of(alice, "quiet-hours").id, by=BEAT, at=timezone.now()
    )

    text = b"".join(learner.get("/v1/review-log/export").streaming_content).decode()

    assert len(text.splitlines()) == ReviewLog.objects.count()  # a header, and all but one


def test_exports_are_five_an_hour(learner: Caller) -> None:
    statuses = [learner.get("/v1/review-log/export").status_code for _ in range(6)]

    assert statuses == [200] * 5 + [429]


@pytest.mark.parametrize(
    "path", ["/v1/study-tasks/review-due", "/v1/review-settings", "/v1/review-log/export"]
)
def test_own_reviews_are_for_learners(mentor: Caller, service: Caller, path: str) -> None:
    for caller in (mentor, service):
        declared(caller.get(path), 403)
