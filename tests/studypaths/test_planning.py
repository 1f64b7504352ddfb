"""What comes next is planned with what happened, in one transaction (design section 5, R091, R107-R110)."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from catalog.services import sync_tracks
from evaluations.judge import Verdict
from reviews.models import ReviewItem
from reviews.services import make_due_tasks
from studypaths import generation
from studypaths.models import Mastery, StudyPath, StudyTask, TaskEvent
from studypaths.projection import Row
from studypaths.rebuild import check_learners
from studypaths.services import paths, planning, tasks
from studypaths.states import TaskStatus
from studypaths.verification import verify_learners
from tests.callers import Caller
from tests.catalog.samples import imported
from tests.evaluations.scenes import decided
from tests.studypaths.builders import CO, MINUTE, NOON, me, new_path, new_tasks

TRACK = "coding-interview-meta"
TOPICS = ("string-scan", "two-pointers", "sliding-window", "prefix-sums")
DAY = timedelta(days=1)


@pytest.fixture
def alice(learner: Caller, catalogue: None) -> UUID:
    """Alice, and a catalogue of sixteen problems: four topics in each of difficulty 1 to 4."""
    assert learner.learner_id is not None
    imported(
        *(
            {"id": f"{topic}-{difficulty}", "topics": [topic], "difficulty": difficulty}
            for topic in TOPICS
            for difficulty in (1, 2, 3, 4)
        )
    )
    return learner.learner_id


def begun(alice: UUID, **config: Any) -> Row:
    plan = paths.plan_path(track_id=TRACK, config=config)
    return paths.create_path(learner_id=alice, plan=plan, by=me(alice), at=NOON).path


def started(alice: UUID, *, at: datetime) -> Row:
    return tasks.start_next_task(learner_id=alice, track_id=None, by=me(alice), at=at)


def done(alice: UUID, *, passed: bool, at: datetime) -> Row:
    """The next task, started and completed by a service ten minutes later."""
    task = started(alice, at=at)
    return tasks.report_progress(
        learner_id=alice,
        task_id=task["id"],
        status=TaskStatus.COMPLETED,
        score=float(passed),
        measured={},
        by=CO,
        at=at + 10 * MINUTE,
    )


def open_tasks(alice: UUID) -> list[StudyTask]:
    """In the order in which they would be served."""
    found = StudyTask.objects.filter(learner_id=alice, status="scheduled", path__status="active")
    return list(found.order_by("scheduled_at", "id"))


def test_a_new_path_is_planned_by_the_newest_version(alice: UUID) -> None:
    path = begun(alice)

    assert path["algorithm_version"] == generation.NEWEST_VERSION
    assert path["config"]["promotion_streak"] == 2, (
        "every setting is kept, so that no default changes it later"
    )
    assert {task.difficulty for task in open_tasks(alice)} <= {1, 2}


def test_a_result_leaves_five_tasks_open_without_a_repetition(alice: UUID) -> None:
    begun(alice, initial_tasks=5)

    for number in range(5):
        done(alice, passed=True, at=NOON + number * DAY / 4)
        assert len(open_tasks(alice)) == 5

    problems = list(StudyTask.objects.filter(learner_id=alice).values_list("problem_id", flat=True))
    assert len(problems) == len(set(problems)) == 10


def test_an_added_task_says_why_and_what_was_predicted(alice: UUID) -> None:
    begun(alice, initial_tasks=5)

    done(alice, passed=True, at=NOON)

    added = StudyTask.objects.filter(learner_id=alice).latest("id")
    event = TaskEvent.objects.get(task_id=added.id)
    assert (event.event_type, event.actor) == ("created", "system:planner")
    assert added.decision["algorithm_version"] == "planner-2"
    assert added.decision["why"].endswith(".")
    assert 0 < added.decision["predicted_success"] < 1
    assert added.decision["minutes_target"] == 15, "reviews rate the time that it takes by it"
    assert generation.replay(added.decision) == added.problem_id


def test_after_two_failures_the_next_task_is_planned_anew_as_recovery(alice: UUID) -> None:
    """K-29. The task keeps its id; what it was before stays in the log."""
    begun(alice, initial_tasks=5)
    done(alice, passed=True, at=NOON)
    done(alice, passed=True, at=NOON + DAY / 4)
    done(alice, passed=False, at=NOON + DAY / 2)
    waiting = open_tasks(alice)[0]

    done(alice, passed=False, at=NOON + DAY)

    following = open_tasks(alice)[0]
    assert following.decision["kind"] == "recovery"
    event = TaskEvent.objects.filter(task_id=following.id, event_type="task_replanned").latest("sequence")
    assert event.payload["problem_id"] == following.problem_id
    assert event.payload["before"]["problem_id"] != following.problem_id
    assert (following.version, waiting.status) == (event_count(following), "scheduled")


def event_count(task: StudyTask) -> int:
    return TaskEvent.objects.filter(task_id=task.id).count()


def test_a_started_task_is_never_planned_anew(alice: UUID) -> None:
    begun(alice, initial_tasks=5)
    first, second = open_tasks(alice)[:2]
    for task in (first, second):
        tasks.start_task(learner_id=alice, task_id=task.id, by=me(alice), at=NOON + MINUTE)

    tasks.skip_task(learner_id=alice, task_id=first.id, reason="", by=me(alice), at=NOON + 2 * MINUTE)

    assert StudyTask.objects.get(id=second.id).problem_id == second.problem_id
    assert not TaskEvent.objects.filter(task_id=second.id, event_type="task_replanned").exists()


def test_what_a_service_planned_stays_as_it_is_and_counts(alice: UUID) -> None:
    path = new_path(alice)
    planned = new_tasks(alice, path["id"], 4)

    tasks.skip_task(learner_id=alice, task_id=planned[0]["id"], reason="", by=me(alice), at=NOON + MINUTE)

    assert [task.id for task in open_tasks(alice)][:3] == [row["id"] for row in planned[1:]]
    assert len(open_tasks(alice)) == 5
    assert not TaskEvent.objects.filter(event_type="task_replanned").exists()


def test_verdict_mastery_review_and_plan_are_one_transaction(alice: UUID) -> None:
    """R089, R092, R095: completed, rated, planned; all at one place of the log, and nothing of it alone."""
    path = new_path(alice)
    task = new_tasks(alice, path["id"], problem_id="string-scan-1", difficulty=1)[0]
    tasks.start_task(learner_id=alice, task_id=task["id"], by=me(alice), at=NOON)

    decided(task, Verdict.ACCEPTED)

    types = list(TaskEvent.objects.order_by("sequence").values_list("event_type", flat=True))
    assert types[-9:] == ["submitted", "evaluated", "status_changed", "review_scheduled", *["created"] * 5]
    assert Mastery.objects.get().topic == "string-scan"
    assert ReviewItem.objects.get().problem_id == "string-scan-1"
    assert check_learners([alice]).differences == []
    assert verify_learners([alice]).breaks == []


def test_a_rating_that_fails_leaves_nothing_of_the_result(alice: UUID) -> None:
    begun(alice)
    task = started(alice, at=NOON)
    before = TaskEvent.objects.count()

    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE review_queue ADD CONSTRAINT no_reviews CHECK (false)")

    with pytest.raises(IntegrityError, match="no_reviews"), transaction.atomic():
        completed(alice, task)

    assert TaskEvent.objects.count() == before
    assert StudyTask.objects.get(id=task["id"]).status == "in_progress"


def completed(alice: UUID, task: Row) -> Row:
    return tasks.report_progress(
        learner_id=alice, task_id=task["id"], status=TaskStatus.COMPLETED, score=1.0, measured={}, by=CO,
        at=NOON + 10 * MINUTE,
    )  # fmt: skip


def test_a_defect_of_planning_does_not_undo_the_result(alice: UUID, caplog: pytest.LogCaptureFixture) -> None:
    path = begun(alice)
    task = started(alice, at=NOON)
    StudyPath.objects.filter(id=path["id"]).update(algorithm_version="planner-that-is-no-more")

    completed(alice, task)

    assert StudyTask.objects.get(id=task["id"]).status == "completed"
    assert "planning_failed" in caplog.text
    assert len(open_tasks(alice)) == 5, "the rest of the first batch"


def test_nothing_is_planned_on_a_superseded_path(alice: UUID) -> None:
    old = begun(alice)
    task = started(alice, at=NOON)
    begun(alice)

    tasks.skip_task(learner_id=alice, task_id=task["id"], reason="", by=me(alice), at=NOON + MINUTE)

    assert TaskEvent.objects.filter(path_id=old["id"], actor="system:planner").count() == 0


def test_what_fails_on_a_superseded_path_leads_to_recovery_on_the_active_one(alice: UUID) -> None:
    """K-29 holds for what is served, on whichever version of the path the second failure was."""
    begun(alice, initial_tasks=5)
    done(alice, passed=True, at=NOON)
    done(alice, passed=False, at=NOON + DAY / 4)
    left_open = started(alice, at=NOON + DAY / 2)
    begun(alice)

    tasks.report_progress(
        learner_id=alice, task_id=left_open["id"], status=TaskStatus.COMPLETED, score=0.0, measured={}, by=CO,
        at=NOON + DAY,
    )  # fmt: skip

    assert open_tasks(alice)[0].decision["kind"] == "recovery"


def test_a_path_begun_anew_goes_on_where_the_learner_was(alice: UUID) -> None:
    begun(alice, initial_tasks=5)
    before = [done(alice, passed=True, at=NOON + number * DAY / 4) for number in range(4)]

    again = begun(alice)

    planned = open_tasks(alice)
    assert {task.path_id for task in planned} == {again["id"]}
    assert len(planned) == 5
    assert not {task.problem_id for task in planned} & {task["problem_id"] for task in before}
    assert planned[0].difficulty <= before[-1]["difficulty"] + 1
    assert planned[0].decision["inputs"]["recent_topics"][-1] == before[-1]["topic_tags"][0]


def test_an_expired_task_was_never_served_and_its_problem_may_come_again(alice: UUID) -> None:
    begun(alice, initial_tasks=5)
    expired = {task.problem_id for task in open_tasks(alice)}
    later = NOON + 8 * DAY
    tasks.expire_overdue_tasks(by="system:beat", at=later)
    assert open_tasks(alice) == [], "nobody is there: nothing is planned"

    planning.plan_next(learner_id=alice, track_id=None, at=later)

    planned = open_tasks(alice)
    assert len(planned) == 5
    assert planned[0].difficulty <= 2
    assert expired & {task.problem_id for task in planned}


def test_what_moves_up_when_tasks_expire_is_looked_at_again_without_adding(
    alice: UUID, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    """The rails hold for what is served: a task behind two that expired may have become too hard."""
    path = begun(alice, initial_tasks=5)
    done(alice, passed=True, at=NOON)
    done(alice, passed=True, at=NOON + DAY)
    later = NOON + 7 * DAY + MINUTE

    with django_capture_on_commit_callbacks() as messages:
        tasks.expire_overdue_tasks(by="system:beat", at=later)

    assert len(messages) == 1
    left = len(open_tasks(alice))
    assert 0 < left < 5
    planning.plan_path_ahead(path_id=path["id"], at=later, adds=False)
    assert len(open_tasks(alice)) == left
    assert open_tasks(alice)[0].difficulty <= 2


def test_a_changed_setting_is_followed_by_a_plan(
    alice: UUID, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    path = begun(alice, initial_tasks=5)

    with django_capture_on_commit_callbacks() as messages:
        paths.update_path_config(
            learner_id=alice, path_id=path["id"], config={"open_ahead": 7}, by=me(alice), at=NOON
        )
    planning.plan_path_ahead(path_id=path["id"], at=NOON)
    planning.plan_path_ahead(path_id=path["id"], at=NOON)

    assert len(messages) == 1
    assert len(open_tasks(alice)) == 7


def test_a_dry_track_repeats_and_never_what_was_just_served(alice: UUID) -> None:
    """Sixteen problems, twenty-four tasks: `next` never comes up empty while the catalogue has something."""
    begun(alice, initial_tasks=5)

    served = [done(alice, passed=True, at=NOON + number * DAY / 4)["problem_id"] for number in range(24)]

    assert len(set(served)) == 16
    assert all(problem not in served[place - 5 : place] for place, problem in enumerate(served) if place > 4)


@pytest.mark.parametrize("tasks_on_the_path", [10, 200])
def test_planning_costs_a_fixed_number_of_statements(alice: UUID, tasks_on_the_path: int) -> None:
    path = begun(alice)
    for row in new_tasks(alice, path["id"], tasks_on_the_path, at=NOON - DAY, problem_id="elsewhere"):
        StudyTask.objects.filter(id=row["id"]).update(status="skipped")
    task = started(alice, at=NOON)
    planning.plan_ahead(learner_id=alice, path_id=task["path_id"], at=NOON)  # reads the offer

    with CaptureQueriesContext(connection) as captured:
        planning.plan_ahead(learner_id=alice, path_id=task["path_id"], at=NOON + MINUTE)

    reads = [query["sql"] for query in captured if query["sql"].lstrip().startswith("SELECT")]
    assert len(reads) == 7, "head, path, offer, open tasks, done, mastery, served"


def test_reviews_are_served_before_problems_and_a_task_in_progress_before_both(alice: UUID) -> None:
    begun(alice)
    done(alice, passed=False, at=NOON)
    waiting = started(alice, at=NOON + MINUTE * 20)
    make_due_tasks(by="system:beat", at=NOON + 2 * DAY)
    review = StudyTask.objects.get(kind="review")

    assert tasks.next_task_id(learner_id=alice, track_id=None, at=NOON + 2 * DAY)[0] == waiting["id"]
    tasks.skip_task(learner_id=alice, task_id=waiting["id"], reason="", by=me(alice), at=NOON + 2 * DAY)
    assert tasks.next_task_id(learner_id=alice, track_id=None, at=NOON + 2 * DAY)[0] == review.id


def test_a_skipped_review_is_put_off_and_counts_as_no_generated_task(alice: UUID) -> None:
    begun(alice)
    done(alice, passed=False, at=NOON)
    make_due_tasks(by="system:beat", at=NOON + 2 * DAY)
    review = StudyTask.objects.get(kind="review")
    before = open_tasks(alice)

    tasks.skip_task(learner_id=alice, task_id=review.id, reason="", by=me(alice), at=NOON + 2 * DAY)

    item = ReviewItem.objects.get()
    assert (item.open_task_id, item.due_at > NOON + 2 * DAY) == (None, True)
    assert len(open_tasks(alice)) == len(before) - 1


def test_a_review_moves_no_mastery(alice: UUID) -> None:
    """ADR 0011: passing again says how well the solution is remembered, and FSRS keeps that."""
    begun(alice)
    first = done(alice, passed=False, at=NOON)
    before = Mastery.objects.get()
    make_due_tasks(by="system:beat", at=NOON + 2 * DAY)

    review = done(alice, passed=True, at=NOON + 2 * DAY)

    assert (review["kind"], review["problem_id"]) == ("review", first["problem_id"])
    assert Mastery.objects.get().value == before.value
    assert ReviewItem.objects.get().reps == 2


def test_a_catalogue_without_problems_plans_nothing(learner: Caller) -> None:
    assert learner.learner_id is not None
    sync_tracks()
    new_path(learner.learner_id)

    planning.plan_next(learner_id=learner.learner_id, track_id=None, at=NOON)

    with pytest.raises(tasks.NothingScheduled):
        tasks.next_task_id(learner_id=learner.learner_id, track_id=None, at=NOON)
