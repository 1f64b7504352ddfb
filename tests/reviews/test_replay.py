"""From the log alone the same memory states follow, and the same due dates to the second."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from accounts.models import Learner
from reviews import services
from reviews.allowance import start_of
from reviews.models import ReviewItem
from reviews.scheduling import Memory, Model, Rating, after_rating, due_day, first_interval
from studypaths.models import TaskEvent
from studypaths.rebuild import apply_learners, check_learners
from tests.reviews.builders import BEAT, DAY, NOON, as_row, finish, make_due, review_tasks, solved


def computed_again(events: list[TaskEvent]) -> Iterator[tuple[UUID, Memory, datetime]]:
    """(item, memory, due date) after each rating of a log, from ratings, days and settings alone."""
    memories: dict[str, Memory] = {}
    for event in events:
        facts: dict[str, Any] = event.payload
        if "rating" not in facts:
            continue
        item, rating = facts["review_item"], Rating(facts["rating"])
        memory = memories.get(item)
        model = Model(retention=facts["scheduler"]["retention"])
        after, interval = after_rating(memory, rating, elapsed_days=facts["elapsed_days"] or 0, model=model)
        if memory is None:
            interval = first_interval(rating, interval)
        memories[item] = after
        zone = ZoneInfo(facts["time_zone"])
        day: date = due_day(
            datetime.fromisoformat(facts["reviewed_at"]).astimezone(zone).date(),
            interval,
            learner_id=event.learner_id,
            problem_id=facts["problem"]["problem_id"],
            easy_days=facts["easy_days"],
        )
        yield UUID(item), after, start_of(day, zone)


def test_replay_gives_the_same_states_and_due_dates(alice: UUID, path_id: UUID) -> None:
    Learner.objects.filter(id=alice).update(timezone="America/New_York")
    random = Random(7)
    for number in range(4):
        solved(alice, path_id, f"problem-{number}", passed=random.random() < 0.6)
    at = NOON
    for _ in range(12):
        at += DAY
        make_due(at)
        for task in review_tasks(alice):
            if task.status == "scheduled":
                finish(as_row(task), passed=random.random() < 0.8, at=at + timedelta(hours=1))
        if at == NOON + 5 * DAY:
            services.update_settings(
                learner_id=alice,
                changes={"desired_retention": 0.8, "easy_days": {"sunday": 0.0}},
                by=BEAT,
                at=at,
            )

    events = list(TaskEvent.objects.filter(learner_id=alice).order_by("sequence"))
    derived = {item: (memory, due_at) for item, memory, due_at in computed_again(events)}

    stored = {
        item.id: (Memory(item.stability, item.memory_difficulty), item.due_at)
        for item in ReviewItem.objects.all()
    }
    assert sum(item.reps for item in ReviewItem.objects.all()) >= 8
    assert derived == stored

    ReviewItem.objects.update(due_at=NOON, stability=1.0)
    apply_learners([alice])
    assert {item.id: item.due_at for item in ReviewItem.objects.all()} == {
        item: due_at for item, (_, due_at) in derived.items()
    }
    assert check_learners([alice]).differences == []
