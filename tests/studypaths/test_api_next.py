"""`next` over HTTP: planned when nothing is open, and at a fixed price (R071, R087, K-05)."""

from typing import Any
from uuid import UUID

import pytest
from django.utils import timezone

from studypaths.models import StudyTask, TaskEvent
from tests.callers import Caller
from tests.catalog.samples import imported
from tests.studypaths.builders import new_path
from tests.studypaths.declared import declared

TOPICS = ("string-scan", "two-pointers", "sliding-window")


@pytest.fixture
def empty_path(learner: Caller, unlimited: None, catalogue: None) -> UUID:
    """Alice's active path, on which nothing is open, and a catalogue of six problems."""
    assert learner.learner_id is not None
    imported(*({"id": f"{t}-{d}", "topics": [t], "difficulty": d} for t in TOPICS for d in (1, 2)))
    path_id: UUID = new_path(learner.learner_id, at=timezone.now())["id"]
    return path_id


def test_next_plans_when_nothing_is_open(learner: Caller, empty_path: UUID) -> None:
    shown = declared(learner.get("/v1/study-tasks/next"))

    assert shown["problem"]["id"] == shown["problem_id"]
    assert shown["decision"]["why"].startswith("Your path starts here")
    assert StudyTask.objects.filter(path_id=empty_path, status="scheduled").count() == 5
    assert set(TaskEvent.objects.filter(event_type="created").values_list("actor", flat=True)) == {
        "system:planner"
    }
    assert declared(learner.get("/v1/study-tasks/next"))["id"] == shown["id"], "asking again plans nothing"


@pytest.mark.parametrize("headers", [{}, {"idempotency_key": "start"}])
def test_starting_the_next_plans_it_first_and_can_be_repeated(
    learner: Caller, empty_path: UUID, headers: dict[str, str]
) -> None:
    started = learner.post("/v1/study-tasks/next/start", **headers)
    again = learner.post("/v1/study-tasks/next/start", **headers)

    assert declared(started)["status"] == "in_progress"
    assert declared(again)["id"] == started.json()["id"]
    assert again.headers.get("Idempotency-Replayed") == ("true" if headers else None)
    assert StudyTask.objects.filter(path_id=empty_path).count() == 5


def test_nothing_is_planned_on_another_track(learner: Caller, empty_path: UUID) -> None:
    answer = learner.get("/v1/study-tasks/next", {"track": "another-track"})

    assert declared(answer, 404)["code"] == "nothing_scheduled"
    assert not StudyTask.objects.exists()


def test_a_catalogue_that_has_nothing_is_404(learner: Caller, unlimited: None, catalogue: None) -> None:
    assert learner.learner_id is not None
    new_path(learner.learner_id, at=timezone.now())

    assert declared(learner.get("/v1/study-tasks/next"), 404)["code"] == "nothing_scheduled"
    assert declared(learner.post("/v1/study-tasks/next/start"), 404)["code"] == "nothing_scheduled"


def test_planning_first_costs_a_fixed_number_of_statements(
    learner: Caller, empty_path: UUID, django_assert_num_queries: Any
) -> None:
    declared(learner.get("/v1/study-paths/current"))  # who the learner is, is asked once a minute

    # The next task, the active paths, the path; then head, path, offer (three, the first time), open tasks, done,
    # mastery, served; rows, events and head written; the next task again, its row and its problem.
    with django_assert_num_queries(18):
        learner.get("/v1/study-tasks/next")
    with django_assert_num_queries(3):
        learner.get("/v1/study-tasks/next")
