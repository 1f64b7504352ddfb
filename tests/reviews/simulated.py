"""Ratings of a simulated learner as rows of the review log, without the months of tasks that would make them."""

from collections.abc import Sequence
from uuid import UUID

from common.ids import uuid7
from reviews.fitting import Rated
from reviews.models import ReviewItem, ReviewLog
from tests.reviews.builders import NOON
from tests.studypaths.builders import new_tasks


def store(learner_id: UUID, path_id: UUID, ratings: Sequence[Rated]) -> None:
    """Write the ratings in the order of their times."""
    task_id = new_tasks(learner_id, path_id)[0]["id"]
    ordered = sorted(ratings, key=lambda each: each.at)
    ReviewItem.objects.bulk_create(_item(learner_id, each) for each in {each.item_id for each in ordered})
    ReviewLog.objects.bulk_create(_log(learner_id, task_id, each) for each in ordered)


def _item(learner_id: UUID, item_id: UUID) -> ReviewItem:
    return ReviewItem(
        id=item_id,
        learner_id=learner_id,
        problem_id=str(item_id),
        module="arrays-strings",
        difficulty=1,
        track_id="coding-interview-meta",
        stability=1.0,
        memory_difficulty=5.0,
        last_reviewed_at=NOON,
        due_at=NOON,
        reason="retention",
        reps=1,
        lapses=0,
        created_at=NOON,
        updated_at=NOON,
    )


def _log(learner_id: UUID, task_id: UUID, rated: Rated) -> ReviewLog:
    return ReviewLog(
        id=uuid7(),
        item_id=rated.item_id,
        learner_id=learner_id,
        task_id=task_id,
        rating=rated.rating,
        elapsed_days=rated.elapsed_days,
        interval_days=1,
        duration_seconds=600,
        state_before={} if rated.elapsed_days is None else {"stability": 1.0},
        state_after={},
        source={},
        scheduler={},
        reviewed_at=rated.at,
    )
