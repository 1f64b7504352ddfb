"""What follows of results that do not come from judging a submission just now: rejudging, settings, expiry."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from evaluations.judge import Verdict
from reviews.models import ReviewItem, ReviewLog
from reviews.services import make_due_tasks
from studypaths.models import StudyTask
from studypaths.rebuild import check_learners
from studypaths.services import paths, tasks
from tests.evaluations.rejudged import applied, new_tests, ready, tried
from tests.evaluations.scenes import import_shout, stored, task_in_progress
from tests.studypaths.builders import NOON, me

DAY = timedelta(days=1)
RIGHT = (Verdict.ACCEPTED, 4)
HALF = (Verdict.WRONG_ANSWER, 2)
Callbacks = Callable[..., Any]


def planned_by(callbacks: list[Any]) -> list[Any]:
    """The arguments of messages that ask for a plan."""
    sent = [getattr(each, "args", ()) for each in callbacks]
    return [args[1:] for args in sent if args[:1] == ("studypaths.tasks.plan_path",)]


@pytest.fixture(autouse=True)
def shout(alice: UUID) -> None:
    import_shout()


def test_a_task_that_a_rejudging_completes_is_rated_and_followed_by_a_plan(
    alice: UUID, django_capture_on_commit_callbacks: Callbacks
) -> None:
    task = task_in_progress(alice)
    [old] = tried(task, HALF)
    new_tests()
    assert not ReviewItem.objects.exists()

    with django_capture_on_commit_callbacks() as callbacks:
        applied(ready({old: RIGHT}))

    assert stored(task).status == "completed"
    assert ReviewLog.objects.get().task_id == task["id"]
    assert planned_by(callbacks) == [(str(task["path_id"]), True)]
    assert check_learners([alice]).differences == []


def test_a_corrected_outcome_is_rated_anew(
    alice: UUID, django_capture_on_commit_callbacks: Callbacks
) -> None:
    task = task_in_progress(alice)
    [old] = tried(task, RIGHT)
    lenient = ReviewItem.objects.get()
    new_tests()

    with django_capture_on_commit_callbacks() as callbacks:
        applied(ready({old: HALF}))

    strict = ReviewItem.objects.get()
    assert (lenient.reason, strict.reason) == ("retention", "fail")
    assert strict.due_at < lenient.due_at
    assert [log.undone_at is None for log in ReviewLog.objects.order_by("id")] == [False, True]
    assert planned_by(callbacks) == [(str(task["path_id"]), True)]
    assert check_learners([alice]).differences == []


def test_a_task_that_a_changed_setting_completes_is_rated(alice: UUID) -> None:
    task = task_in_progress(alice)
    tried(task, HALF)

    paths.update_path_config(
        learner_id=alice, path_id=task["path_id"], config={"max_attempts": 1}, by=me(alice), at=NOON + DAY
    )

    assert stored(task).status == "completed"
    assert ReviewItem.objects.get().reason == "fail"


def test_expired_reviews_are_offered_again(alice: UUID) -> None:
    """One statement of the sweep expires reviews of many learners; their items are freed."""
    task = task_in_progress(alice)
    tried(task, HALF, HALF, HALF)
    assert make_due_tasks(by="system:beat", at=NOON + 2 * DAY) == 1
    review = StudyTask.objects.get(kind="review")

    tasks.expire_overdue_tasks(by="system:beat", at=review.expires_at)

    item = ReviewItem.objects.get()
    assert (item.open_task_id, item.misses) == (None, 1)
    assert item.due_at > review.expires_at
    assert make_due_tasks(by="system:beat", at=item.due_at) == 1
    assert check_learners([alice]).differences == []
