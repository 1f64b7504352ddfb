"""What results do to the review queue (R095, R114, R117, 010-6, 012-3 to 012-5)."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from accounts.models import Learner
from reviews import services
from reviews.models import ReviewItem, ReviewLog
from reviews.scheduling import DEFAULTS, Rating
from studypaths.journal import open_journal
from studypaths.models import TaskEvent
from studypaths.rebuild import check_learners
from studypaths.services.completion import complete_task
from studypaths.services.tasks import start_task
from studypaths.states import TaskStatus
from tests.reviews.builders import (
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
from tests.studypaths.builders import new_tasks

MIDNIGHT = datetime(2026, 3, 3, tzinfo=UTC)


def test_the_first_result_of_a_problem_puts_it_into_the_queue(alice: UUID, path_id: UUID) -> None:
    item = solved(alice, path_id)

    log = ReviewLog.objects.get()
    assert (item.reps, item.lapses, item.reason, item.track_id) == (
        1,
        0,
        "retention",
        "coding-interview-meta",
    )
    assert (item.stability, item.last_reviewed_at) == (DEFAULTS[Rating.GOOD - 1], NOON)
    assert (log.rating, log.state_before, log.elapsed_days, item.last_log_id) == (3, {}, None, log.id)
    event = TaskEvent.objects.get(event_type="review_scheduled")
    assert (event.task_id, event.payload["source"]["passed"]) == (log.task_id, True)


def test_what_was_failed_is_due_the_next_day(alice: UUID, path_id: UUID) -> None:
    item = solved(alice, path_id, passed=False, attempts=3)

    assert (item.reason, item.due_at) == ("fail", MIDNIGHT)
    assert (item.reps, item.lapses) == (1, 0)


def test_a_learners_day_begins_at_midnight_where_the_learner_is(alice: UUID, path_id: UUID) -> None:
    Learner.objects.filter(id=alice).update(timezone="Pacific/Auckland")

    item = solved(alice, path_id, passed=False)

    assert item.due_at == datetime(2026, 3, 3, 11, tzinfo=UTC)  # 4 March, midnight in UTC+13


@pytest.mark.parametrize(
    ("kind", "result", "reason", "rating"),
    [
        ("problem", {"minutes": 31}, "slow", Rating.HARD),
        ("problem", {"hints": 2}, "heavy-hint", Rating.HARD),
        ("problem", {"attempts": 2}, "retention", Rating.HARD),
        ("problem", {"minutes": 9}, "retention", Rating.EASY),
        ("mock", {"passed": False}, "mock-gap", Rating.AGAIN),
        ("mock", {}, "retention", Rating.GOOD),
    ],
)
def test_a_result_gives_reason_and_rating(
    alice: UUID, path_id: UUID, kind: str, result: dict[str, Any], reason: str, rating: Rating
) -> None:
    columns = {"kind": kind, "decision": {"minutes_target": 20}}

    item = solved(alice, path_id, columns=columns, **result)

    assert (item.reason, ReviewLog.objects.get().rating) == (reason, rating)


def test_lessons_are_not_reviewed(alice: UUID, path_id: UUID) -> None:
    task = new_tasks(alice, path_id, at=NOON, kind="lesson")[0]

    finish(task)

    assert not ReviewItem.objects.exists()


def test_a_review_is_rated_and_leaves_its_item_free(alice: UUID, path_id: UUID) -> None:
    before = solved(alice, path_id, passed=False)
    make_due(NOON + DAY)

    finish(as_row(review_tasks(alice)[0]), at=NOON + DAY + timedelta(hours=1))

    item, log = item_of(alice), ReviewLog.objects.latest("id")
    assert (item.open_task_id, item.reps, log.elapsed_days) == (None, 2, 1)
    assert item.stability > before.stability
    assert item.due_at > NOON + DAY
    assert log.state_before["stability"] == before.stability
    assert log.source["kind"] == "review"


def test_a_failed_review_is_a_lapse(alice: UUID, path_id: UUID) -> None:
    solved(alice, path_id)
    make_due(NOON + 10 * DAY)

    finish(as_row(review_tasks(alice)[0]), passed=False, at=NOON + 10 * DAY + timedelta(hours=1))

    assert (item_of(alice).lapses, item_of(alice).reason) == (1, "fail")


def test_a_skipped_review_is_offered_again_the_next_day(alice: UUID, path_id: UUID) -> None:
    memory = solved(alice, path_id, passed=False).stability
    make_due(NOON + DAY)

    close([as_row(review_tasks(alice)[0])], TaskStatus.SKIPPED, at=NOON + DAY)

    item = item_of(alice)
    assert (item.open_task_id, item.due_at, item.stability) == (None, MIDNIGHT + DAY, memory)
    assert make_due(NOON + DAY) == 0
    assert make_due(NOON + 2 * DAY) == 1


def test_expired_reviews_come_back_less_and_less_often_while_nobody_does_them(
    alice: UUID, path_id: UUID
) -> None:
    solved(alice, path_id, passed=False)
    at, waits = NOON + DAY, []
    for _ in range(4):
        assert make_due(at) == 1
        close([as_row(review_tasks(alice)[-1])], TaskStatus.EXPIRED, at=at)
        waits.append((item_of(alice).due_at - at).days + 1)
        at = item_of(alice).due_at + timedelta(hours=12)

    assert waits == [1, 2, 4, 8]
    make_due(at)
    finish(as_row(review_tasks(alice)[-1]), at=at + timedelta(hours=1))
    assert item_of(alice).misses == 0


def test_a_problem_solved_elsewhere_meanwhile_is_not_pulled_back_by_its_old_review(
    alice: UUID, path_id: UUID
) -> None:
    solved(alice, path_id, passed=False)
    make_due(NOON + DAY)
    due_at = solved(alice, path_id, at=NOON + DAY + timedelta(hours=1)).due_at

    close([as_row(review_tasks(alice)[0])], TaskStatus.SKIPPED, at=NOON + DAY + timedelta(hours=2))

    assert (item_of(alice).due_at, item_of(alice).open_task_id) == (due_at, None)


def test_two_results_of_one_problem_in_one_journal_are_two_ratings(alice: UUID, path_id: UUID) -> None:
    tasks = new_tasks(alice, path_id, 2, at=NOON)
    for task in tasks:
        start_task(learner_id=alice, task_id=task["id"], by=f"learner:{alice}", at=NOON)

    with open_journal(learner_ids=[alice], by="system:x", at=NOON + timedelta(hours=1)) as journal:
        for task in tasks:
            complete_task(journal, journal.task(task["id"]), score=1.0, passed=True)
        services.after_result(journal, [journal.task(task["id"]) for task in tasks])

    assert [log.elapsed_days for log in ReviewLog.objects.order_by("id")] == [None, 0]
    assert item_of(alice).reps == 2


def test_the_rows_of_reviews_are_what_the_log_says(alice: UUID, path_id: UUID) -> None:
    solved(alice, path_id, passed=False)
    solved(alice, path_id, "calm-spells", at=NOON + timedelta(hours=1))
    services.update_settings(learner_id=alice, changes={"daily_cap": 3}, by="system:x", at=NOON + DAY)
    make_due(NOON + DAY)
    finish(as_row(review_tasks(alice)[0]), at=NOON + DAY + timedelta(hours=1))
    services.undo_last_rating(
        learner_id=alice, item_id=item_of(alice).id, by="system:x", at=NOON + DAY + timedelta(hours=2)
    )
    assert check_learners([alice]).differences == []

    ReviewItem.objects.filter(problem_id="calm-spells").update(due_at=NOON)

    assert [d.columns for d in check_learners([alice]).differences] == [("due_at",)]


def test_many_results_cost_no_more_queries_than_one(
    alice: UUID, path_id: UUID, django_assert_max_num_queries: Any
) -> None:
    problems = [solved(alice, path_id, f"problem-{n}", passed=False).problem_id for n in range(9)]
    make_due(NOON + DAY)
    tasks = [as_row(task) for task in review_tasks(alice)]
    assert len(tasks) == len(problems)

    with django_assert_max_num_queries(12):
        close(tasks, TaskStatus.SKIPPED, at=NOON + DAY)
