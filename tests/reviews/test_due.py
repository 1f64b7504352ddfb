"""Due items become tasks: once each, within cap, vacation and easy days, whoever runs it (012-1, 012-2, R026, R117)."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django_celery_beat.models import PeriodicTask
from django_celery_beat.schedulers import ModelEntry

from accounts.models import Learner
from catalog.models import Problem
from catalog.services import sync_tracks
from config.celery import app
from reviews import services
from reviews.models import ReviewItem
from reviews.tasks import make_due_reviews
from studypaths.journal import open_journal
from studypaths.models import StudyTask, TaskEvent
from studypaths.rebuild import check_learners
from studypaths.states import TaskStatus
from studypaths.verification import verify_learners
from tests.callers import Caller
from tests.catalog.samples import imported
from tests.conftest import new_learner
from tests.evaluations.scenes import at_once
from tests.reviews.builders import (
    BEAT,
    DAY,
    NOON,
    as_row,
    close,
    finish,
    item_of,
    make_due,
    review_tasks,
    solved,
)
from tests.studypaths.builders import new_path, new_tasks

TOMORROW = NOON + DAY


def failed(learner_id: UUID, path_id: UUID, count: int) -> None:
    for number in range(count):
        solved(learner_id, path_id, f"problem-{number}", passed=False)


def change(learner_id: UUID, **changes: object) -> None:
    services.update_settings(learner_id=learner_id, changes=changes, by=BEAT, at=NOON)


def test_a_due_item_becomes_a_task_that_says_why(alice: UUID, path_id: UUID) -> None:
    solved(alice, path_id, passed=False)

    assert make_due(TOMORROW) == 1

    task, item = review_tasks(alice)[0], item_of(alice)
    assert (task.path_id, task.problem_id, task.status) == (path_id, "longest-climb", "scheduled")
    assert (task.scheduled_at, task.expires_at) == (TOMORROW, TOMORROW + 7 * DAY)
    assert task.metadata["source"] == {"type": "review", "review_item": str(item.id), "reason": "fail"}
    assert task.decision["rule"] == "review_due"
    assert task.decision["why"].startswith("You did not solve this one on 2 March; by now the chance")
    assert (item.open_task_id, item.offered_at) == (task.id, TOMORROW)
    assert TaskEvent.objects.filter(task=task).count() == 1


def test_nothing_is_made_before_it_is_due_or_twice(alice: UUID, path_id: UUID) -> None:
    solved(alice, path_id, passed=False)

    assert make_due(TOMORROW - timedelta(hours=12, seconds=1)) == 0
    assert make_due(TOMORROW - timedelta(hours=12)) == 1
    assert make_due(TOMORROW) == 0
    assert make_due(TOMORROW + 30 * DAY) == 0


def test_missed_beats_are_made_up_for(alice: UUID, path_id: UUID) -> None:
    failed(alice, path_id, 3)

    assert make_due(NOON + 90 * DAY) == 3


def test_a_day_has_its_cap_and_the_backlog_is_spread_over_days(alice: UUID, path_id: UUID) -> None:
    failed(alice, path_id, 7)
    change(alice, daily_cap=3)
    made = []

    for day in range(1, 4):
        at = NOON + day * DAY
        made.append(make_due(at) + make_due(at + timedelta(hours=1)))
        for task in review_tasks(alice):
            if task.status == TaskStatus.SCHEDULED:
                finish(as_row(task), minutes=5, at=at + timedelta(hours=2))

    assert made == [3, 3, 3]  # on the third day the last of the seven, and two that are due once more
    assert not ReviewItem.objects.filter(reps=1).exists()


def test_open_reviews_of_earlier_days_take_room(alice: UUID, path_id: UUID) -> None:
    failed(alice, path_id, 7)
    change(alice, daily_cap=3)
    make_due(TOMORROW)

    assert make_due(TOMORROW + DAY) == 0

    close([as_row(review_tasks(alice)[0])], TaskStatus.SKIPPED, at=TOMORROW + DAY)
    assert make_due(TOMORROW + DAY) == 1


def test_vacation_makes_nothing_and_drops_nothing(alice: UUID, path_id: UUID) -> None:
    failed(alice, path_id, 2)
    change(alice, vacation_from=date(2026, 3, 3), vacation_to=date(2026, 3, 10))

    assert [make_due(datetime(2026, 3, day, 12, tzinfo=UTC)) for day in (3, 9, 10)] == [0, 0, 2]


def test_an_easy_day_has_its_share_in_the_learners_time_zone(alice: UUID, path_id: UUID) -> None:
    Learner.objects.filter(id=alice).update(timezone="Pacific/Auckland")
    failed(alice, path_id, 5)
    change(alice, daily_cap=4, easy_days={"wednesday": 0.5, "thursday": 0.0})

    tuesday_noon_in_utc_is_wednesday = datetime(2026, 3, 3, 12, tzinfo=UTC)

    assert make_due(tuesday_noon_in_utc_is_wednesday) == 2
    assert make_due(tuesday_noon_in_utc_is_wednesday + DAY) == 0


def test_only_the_learners_named_get_tasks(alice: UUID, path_id: UUID) -> None:
    bob = new_learner("bob")
    solved(bob, new_path(bob, at=NOON - DAY)["id"], passed=False)
    solved(alice, path_id, passed=False)

    assert make_due(TOMORROW, learner_ids=[bob]) == 1
    assert review_tasks(alice) == []


def test_reviews_go_to_the_active_path_of_their_track(alice: UUID, path_id: UUID) -> None:
    solved(alice, path_id, passed=False)
    newer = new_path(alice, at=NOON + timedelta(hours=1))["id"]

    make_due(TOMORROW)

    assert review_tasks(alice)[0].path_id == newer


def test_without_an_active_path_items_wait(alice: UUID, path_id: UUID) -> None:
    """A path on another track serves where that track has the problem's module."""
    sync_tracks()
    solved(alice, path_id, passed=False)
    ReviewItem.objects.update(track_id="another-track")
    assert make_due(TOMORROW) == 1

    bob = new_learner("bob")
    solved(bob, new_path(bob, at=NOON - DAY)["id"], passed=False)
    ReviewItem.objects.filter(learner_id=bob).update(track_id="another-track", module="quantum")
    assert make_due(TOMORROW) == 0
    assert item_of(bob).due_at <= TOMORROW


def test_a_retired_problem_is_not_offered_and_a_new_version_is(alice: UUID, path_id: UUID) -> None:
    sync_tracks()
    imported({"id": "longest-climb"})
    solved(alice, path_id, passed=False)
    Problem.objects.update(retired_at=NOON)
    assert make_due(TOMORROW) == 0

    Problem.objects.update(retired_at=None, current_version=4)
    make_due(TOMORROW)

    assert review_tasks(alice)[0].problem_version == 4


def test_several_chunks_and_transactions_make_the_same(
    alice: UUID, path_id: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reviews.services.due.TASKS_AT_ONCE", 2)
    learners = [alice, *(new_learner(f"learner-{n}") for n in range(4))]
    for learner_id in learners:
        failed(learner_id, new_path(learner_id, at=NOON - DAY)["id"], 3)

    assert make_due(TOMORROW, chunk=2) == 15

    assert check_learners(learners).differences == []
    assert verify_learners(learners).breaks == []


@pytest.mark.django_db(transaction=True)
def test_two_beats_at_once_make_every_task_once() -> None:
    learners = [new_learner(f"learner-{n}") for n in range(12)]
    for learner_id in learners:
        failed(learner_id, new_path(learner_id, at=NOON - DAY)["id"], 3)

    made = at_once(3, lambda: make_due(TOMORROW, chunk=2))

    assert sum(made) == 36
    assert StudyTask.objects.filter(kind="review").values("learner_id", "problem_id").distinct().count() == 36
    assert StudyTask.objects.filter(kind="review").count() == 36
    assert check_learners(learners).differences == []


@pytest.mark.django_db(transaction=True)
def test_a_learner_who_is_busy_is_served_at_the_end_of_the_run() -> None:
    busy = new_learner("busy")
    failed(busy, new_path(busy, at=NOON - DAY)["id"], 2)

    def learner_acts() -> int:
        with open_journal(learner_ids=[busy], by=BEAT, at=TOMORROW), connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(0.3)")
        return 0

    def beat_runs() -> int:
        return make_due(TOMORROW)

    turns: Iterator[Callable[[], int]] = iter([learner_acts, beat_runs])

    made = at_once(2, lambda: next(turns)())

    assert sum(made) == 2


def test_a_run_that_fails_leaves_whole_transactions_behind(
    alice: UUID, path_id: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was committed stays and is not made again; the rest is made by the next run."""
    bob = new_learner("bob")
    failed(alice, path_id, 2)
    failed(bob, new_path(bob, at=NOON - DAY)["id"], 2)
    monkeypatch.setattr("reviews.services.due.TASKS_AT_ONCE", 2)

    def refuse_the_second_claim(execute: Any, sql: str, *rest: Any) -> Any:
        if "SKIP LOCKED" in sql and review_tasks(alice):
            raise ConnectionError("the database went away")
        return execute(sql, *rest)

    with connection.execute_wrapper(refuse_the_second_claim), pytest.raises(ConnectionError):
        make_due(TOMORROW)

    assert (len(review_tasks(alice)), len(review_tasks(bob))) == (2, 0)
    assert make_due(TOMORROW) == 2
    assert len(review_tasks(bob)) == 2


def test_a_service_cannot_tie_a_task_of_its_own_to_an_item(alice: UUID, path_id: UUID) -> None:
    """`metadata` is what callers write; the link to an item is a member of the event that only reviews record."""
    item = solved(alice, path_id)
    forged = {"source": {"type": "review", "review_item": str(item.id), "reason": "fail"}}

    new_tasks(alice, path_id, at=NOON, metadata=forged)

    assert item_of(alice).open_task_id is None


def test_beat_makes_due_reviews(alice: UUID, path_id: UUID) -> None:
    solved(alice, path_id, passed=False)

    assert make_due_reviews() == 1


@pytest.mark.django_db
def test_work_that_staff_paused_stays_paused_when_beat_starts_again() -> None:
    """The scheduler writes each entry of the settings into the database when it starts, by `from_entry`."""
    name = "make due reviews"
    entry = django_settings.CELERY_BEAT_SCHEDULE[name]
    ModelEntry.from_entry(name, app=app, **entry)
    PeriodicTask.objects.filter(name=name).update(enabled=False)

    ModelEntry.from_entry(name, app=app, **entry)

    assert PeriodicTask.objects.get(name=name).enabled is False


def test_staff_see_and_pause_the_work_in_the_admin(staff: Caller) -> None:
    assert staff.user is not None
    ModelEntry.from_entry(
        "make due reviews", app=app, **django_settings.CELERY_BEAT_SCHEDULE["make due reviews"]
    )
    found = PeriodicTask.objects.get(name="make due reviews")
    browser = Client()
    browser.force_login(staff.user)
    address = "/admin/django_celery_beat/periodictask/"

    assert "make due reviews" in browser.get(address).text
    browser.post(address, {"action": "disable_tasks", "_selected_action": [found.pk]})

    found.refresh_from_db()
    assert found.enabled is False


def test_one_statement_a_table_however_many_tasks(alice: UUID, path_id: UUID) -> None:
    failed(alice, path_id, 4)

    with CaptureQueriesContext(connection) as queries:
        make_due(TOMORROW)

    inserts = [query["sql"] for query in queries if query["sql"].lstrip().startswith(("INSERT", "UPDATE"))]
    assert len(inserts) == 4  # items, tasks, events, heads
