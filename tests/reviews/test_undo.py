"""A rating can be taken back: the last one, once, until the problem is offered again."""

from datetime import timedelta
from uuid import UUID

import pytest

from common.errors import NotFound
from common.ids import uuid7
from reviews import services
from reviews.models import ReviewItem, ReviewLog
from reviews.projection import STATE_COLUMNS
from studypaths.journal import open_journal
from studypaths.models import TaskEvent
from studypaths.rebuild import check_learners
from studypaths.selectors import task_row
from studypaths.services.moves import record_on
from tests.callers import Caller
from tests.reviews.builders import (
    BEAT,
    DAY,
    NOON,
    as_row,
    finish,
    item_of,
    make_due,
    review_tasks,
    solved,
)

LATER = NOON + DAY + timedelta(hours=1)


def state(item: ReviewItem) -> dict[str, object]:
    return {column: getattr(item, column) for column in STATE_COLUMNS}


def undo(learner_id: UUID, item_id: UUID) -> None:
    services.undo_last_rating(
        learner_id=learner_id, item_id=item_id, by=BEAT, at=LATER + timedelta(minutes=5)
    )


@pytest.fixture
def reviewed(alice: UUID, path_id: UUID) -> tuple[UUID, dict[str, object]]:
    """An item with two ratings, and its state after the first."""
    item = solved(alice, path_id, passed=False)
    make_due(NOON + DAY)
    finish(as_row(review_tasks(alice)[0]), at=LATER)
    return item.id, state(item)


def test_the_state_before_the_last_rating_comes_back(
    alice: UUID, reviewed: tuple[UUID, dict[str, object]]
) -> None:
    item_id, before = reviewed

    undo(alice, item_id)

    first, second = ReviewLog.objects.order_by("id")
    assert state(item_of(alice)) == before
    assert (first.undone_at, second.undone_at) == (None, LATER + timedelta(minutes=5))
    assert TaskEvent.objects.filter(event_type="review_undone", task_id=second.task_id).count() == 1
    assert check_learners([alice]).differences == []


def test_what_was_undone_is_due_again(alice: UUID, reviewed: tuple[UUID, dict[str, object]]) -> None:
    undo(alice, reviewed[0])

    assert make_due(LATER + timedelta(hours=1)) == 1


def test_nothing_is_undone_twice(alice: UUID, reviewed: tuple[UUID, dict[str, object]]) -> None:
    undo(alice, reviewed[0])

    with pytest.raises(services.NothingToUndo, match="undone already"):
        undo(alice, reviewed[0])


def test_the_first_rating_stays(alice: UUID, path_id: UUID) -> None:
    item = solved(alice, path_id)

    with pytest.raises(services.NothingToUndo, match="first rating"):
        undo(alice, item.id)


def test_nothing_is_undone_once_the_problem_was_offered_again(
    alice: UUID, reviewed: tuple[UUID, dict[str, object]]
) -> None:
    make_due(item_of(alice).due_at)

    with pytest.raises(services.NothingToUndo, match="offered again"):
        undo(alice, reviewed[0])


def test_a_strangers_item_is_not_found(
    alice: UUID, stranger: Caller, reviewed: tuple[UUID, dict[str, object]]
) -> None:
    assert stranger.learner_id is not None

    with pytest.raises(NotFound):
        undo(stranger.learner_id, reviewed[0])
    with pytest.raises(NotFound):
        undo(alice, uuid7())


def corrected(task_id: UUID, *, passed: bool) -> None:
    """As a rejudging corrects the outcome of a completed task."""
    task = task_row(task_id)
    outcome = {"score": float(passed), "passed": passed}
    with open_journal(learner_ids=[task["learner_id"]], by=BEAT, at=LATER + DAY) as journal:
        payload = {"evaluation_id": None, "summary": {}, "outcome": outcome, "mastery": {}}
        record_on(journal, journal.task(task_id), "rejudged", payload)
        services.after_correction(journal, [journal.task(task_id)])


def test_a_corrected_outcome_is_rated_anew_in_the_place_of_the_old(
    alice: UUID, reviewed: tuple[UUID, dict[str, object]]
) -> None:
    lenient = item_of(alice)

    corrected(review_tasks(alice)[0].id, passed=False)

    item = item_of(alice)
    first, old, new = ReviewLog.objects.order_by("id")
    assert (item.reps, item.lapses, item.last_log_id) == (2, 1, new.id)
    assert item.stability < lenient.stability
    assert (old.undone_at, new.undone_at) == (LATER + DAY, None)
    assert (new.state_before, new.elapsed_days, new.reviewed_at) == (old.state_before, 1, old.reviewed_at)
    assert first.undone_at is None
    assert check_learners([alice]).differences == []


def test_a_first_result_can_be_corrected_too(alice: UUID, path_id: UUID) -> None:
    item = solved(alice, path_id, passed=False)

    corrected(ReviewLog.objects.get().task_id, passed=True)

    assert item_of(alice).reps == 1
    assert item_of(alice).stability > item.stability
    assert item_of(alice).reason == "retention"
    assert check_learners([alice]).differences == []


def test_a_rating_that_others_followed_stays(alice: UUID, reviewed: tuple[UUID, dict[str, object]]) -> None:
    before = state(item_of(alice))
    first = ReviewLog.objects.order_by("id")[0]

    corrected(first.task_id, passed=True)

    assert state(item_of(alice)) == before
