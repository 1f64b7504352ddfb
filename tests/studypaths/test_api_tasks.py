"""The calls of tasks over HTTP: next, start, skip, report, the timeline (R065, R067, R071, R072, K-05, K-35)."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.utils import timezone

from studypaths.models import TaskEvent
from studypaths.services import tasks
from tests.callers import Caller
from tests.catalog.samples import imported
from tests.studypaths.builders import CO, new_tasks
from tests.studypaths.conftest import Scene
from tests.studypaths.declared import declared, problems_of


def event_types(task_id: str) -> list[str]:
    events = TaskEvent.objects.filter(task_id=UUID(task_id)).order_by("sequence")
    return list(events.values_list("event_type", flat=True))


# Next


def test_next_shows_the_first_scheduled_task_with_its_problem_and_changes_nothing(
    scene: Scene, learner: Caller
) -> None:
    secret = "h1dden-marker"
    imported(
        {
            "hidden_tests": [{"input": {"heights": [secret]}, "expected": secret, "category": secret}],
            "hints": {"L1": secret, "L2": secret, "L3": secret},
            "solutions": {"python": f"# {secret}"},
        }
    )
    before = TaskEvent.objects.count()

    answer = learner.get("/v1/study-tasks/next")

    shown = declared(answer)
    assert shown["id"] == scene.task
    assert shown["problem"]["title"] == "Longest climb"
    assert shown["problem"]["visible_tests"]
    assert secret not in answer.text
    assert TaskEvent.objects.count() == before


def test_a_task_in_progress_is_next_and_tracks_are_kept_apart(scene: Scene, learner: Caller) -> None:
    declared(learner.post(f"/v1/study-tasks/{scene.tasks[2]}/start"))

    shown = declared(learner.get("/v1/study-tasks/next", {"track": "coding-interview-meta"}))
    elsewhere = learner.get("/v1/study-tasks/next", {"track": "another-track"})

    assert shown["id"] == scene.tasks[2]
    assert shown["problem"] is None, "the catalogue has no problem of that name"
    assert declared(elsewhere, 404)["code"] == "nothing_scheduled"


def test_starting_the_next_task_twice_starts_one(scene: Scene, learner: Caller) -> None:
    """K-05: two tabs."""
    first = declared(learner.post("/v1/study-tasks/next/start"))
    second = declared(learner.post("/v1/study-tasks/next/start"))

    assert first == second
    assert (first["id"], first["status"]) == (scene.task, "in_progress")
    assert TaskEvent.objects.filter(event_type="started").count() == 1


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize(("track", "code"), [("", "length"), ("x" * 101, "length"), ("a%00b", "unreadable")])
def test_a_track_that_cannot_be_read_is_refused(
    scene: Scene, learner: Caller, method: str, track: str, code: str
) -> None:
    address = "/v1/study-tasks/next" if method == "get" else "/v1/study-tasks/next/start"

    answer = getattr(learner, method)(f"{address}?track={track}")

    assert problems_of(answer) == [("track", code)]


# Start, skip, report


def test_start_and_skip_answer_with_the_task_and_its_version(scene: Scene, learner: Caller) -> None:
    started = learner.post(f"/v1/study-tasks/{scene.task}/start")
    skipped = learner.post(f"/v1/study-tasks/{scene.task}/skip", {"reason": "I know this one."})

    assert (declared(started)["status"], started["ETag"]) == ("in_progress", '"2"')
    assert (declared(skipped)["status"], skipped["ETag"]) == ("skipped", '"3"')
    assert skipped.json()["metadata"]["reason"] == "I know this one."
    assert event_types(scene.task) == ["created", "started", "status_changed"]


@pytest.mark.parametrize("act", ["start", "skip"])
def test_a_move_that_is_not_allowed_is_a_conflict_without_an_event(
    scene: Scene, learner: Caller, act: str
) -> None:
    declared(learner.post(f"/v1/study-tasks/{scene.task}/skip"))
    before = TaskEvent.objects.count()

    answer = learner.post(f"/v1/study-tasks/{scene.task}/{act}")

    assert declared(answer, 409)["code"] == "illegal_transition"
    assert TaskEvent.objects.count() == before


def test_an_overdue_task_cannot_be_started(scene: Scene, learner: Caller) -> None:
    long_ago = timezone.now() - timedelta(days=30)
    (row,) = new_tasks(scene.learner_id, UUID(scene.path), at=long_ago)

    answer = learner.post(f"/v1/study-tasks/{row['id']}/start")

    assert declared(answer, 409)["code"] == "task_overdue"


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({"reason": 1}, "#/reason", "string_type"),
        ({"reason": "x" * 501}, "#/reason", "too_long"),
        ({"reason": "a\0"}, "#/reason", "not_storable"),
        ({"why": "x"}, "#/why", "extra_forbidden"),
    ],
)
def test_a_skip_reason_is_short_text(
    scene: Scene, learner: Caller, body: dict[str, Any], pointer: str, code: str
) -> None:
    assert problems_of(learner.post(f"/v1/study-tasks/{scene.task}/skip", body)) == [(pointer, code)]


@pytest.mark.parametrize(
    "body",
    [
        {"status": "completed", "score": 1.0},
        {"status": "in_progress"},
        {"status": "expired"},
        {"status": "skipped", "metadata": {"reason": "x"}},
        {"metadata": {"easy": True}},
        {"time_spent_seconds": 1},
        {"hints_used": 0},
        {},
    ],
)
def test_a_learner_can_set_neither_score_nor_completion_nor_metrics(
    scene: Scene, learner: Caller, body: dict[str, Any]
) -> None:
    answer = learner.patch(f"/v1/study-tasks/{scene.task}", body)

    assert declared(answer, 403)["code"] == "forbidden"
    assert event_types(scene.task) == ["created"]


def test_a_service_makes_any_legal_move_and_reports_what_it_measured(scene: Scene, service: Caller) -> None:
    """R065."""
    address = f"/v1/study-tasks/{scene.task}"
    declared(service.patch(address, {"status": "in_progress"}))

    completed = declared(
        service.patch(
            address,
            {
                "status": "completed",
                "score": 0.5,
                "time_spent_seconds": 90,
                "hints_used": 2,
                "metadata": {"runtime": {"ms": 12}},
            },
        )
    )

    assert (completed["status"], completed["score"], completed["passed"]) == ("completed", 0.5, False)
    assert (completed["time_spent_seconds"], completed["hints_used"]) == (90, 2)
    assert completed["metadata"] == {"runtime": {"ms": 12}}
    assert completed == declared(service.get(address))


@pytest.mark.parametrize(
    "body", [{"status": "completed", "score": 0.2}, {"status": "scheduled"}, {"status": "expired"}]
)
def test_a_completed_task_keeps_its_outcome(scene: Scene, service: Caller, body: dict[str, Any]) -> None:
    address = f"/v1/study-tasks/{scene.task}"
    service.patch(address, {"status": "in_progress"})
    done = declared(service.patch(address, {"status": "completed", "score": 1.0}))

    answer = service.patch(address, body)

    assert declared(answer, 409)["code"] == "illegal_transition"
    assert declared(service.get(address)) == done


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({"status": "done"}, "#/status", "enum"),
        ({"status": "completed"}, "#", "score_and_completion"),
        ({"score": 0.5}, "#", "score_and_completion"),
        ({"status": "skipped", "score": 1.0}, "#", "score_and_completion"),
        ({"status": "completed", "score": 1.01}, "#/score", "less_than_equal"),
        ({"status": "completed", "score": "1"}, "#/score", "float_type"),
        ({"time_spent_seconds": -1}, "#/time_spent_seconds", "greater_than_equal"),
        ({"hints_used": 2**31}, "#/hints_used", "less_than_equal"),
        ({"metadata": {"evaluation": 1}}, "#/metadata", "reserved"),
        ({"attempts": 1}, "#/attempts", "extra_forbidden"),
    ],
)
def test_a_report_with_a_mistake_changes_nothing(
    scene: Scene, service: Caller, body: dict[str, Any], pointer: str, code: str
) -> None:
    assert problems_of(service.patch(f"/v1/study-tasks/{scene.task}", body)) == [(pointer, code)]
    assert event_types(scene.task) == ["created"]


# The timeline


def test_the_timeline_is_chronological_and_chained(scene: Scene, learner: Caller) -> None:
    """R067."""
    learner.post(f"/v1/study-tasks/{scene.task}/start")
    learner.post(f"/v1/study-tasks/{scene.task}/skip", {"reason": "later"})

    events = declared(learner.get(f"/v1/study-tasks/{scene.task}/events"))["results"]

    assert [event["event_type"] for event in events] == ["created", "started", "status_changed"]
    assert [event["sequence"] for event in events] == sorted(event["sequence"] for event in events)
    assert events[2]["previous_hash"] == events[1]["hash"]
    assert events[2]["payload"] == {"from": "in_progress", "to": "skipped", "reason": "later"}
    assert {event["actor"] for event in events} == {CO, f"learner:{scene.learner_id}"}


def test_a_long_timeline_comes_in_pages_both_ways(scene: Scene, learner: Caller) -> None:
    for number in range(6):
        tasks.report_progress(
            learner_id=scene.learner_id,
            task_id=UUID(scene.task),
            status=None,
            measured={"metadata": {"number": number}},
            by=CO,
            at=timezone.now(),
        )

    first = declared(learner.get(f"/v1/study-tasks/{scene.task}/events", {"limit": "3"}))
    second = declared(learner.get(first["next"]))
    third = declared(learner.get(second["next"]))
    back = declared(learner.get(second["previous"]))

    assert [len(page["results"]) for page in (first, second, third)] == [3, 3, 1]
    assert third["next"] is None
    assert back["results"] == first["results"]
