"""The calls of tasks over HTTP: plan, next, start, skip, report (R064, R065, R070 to R072, K-01, K-05, K-35)."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.utils import timezone

from studypaths.models import StudyTask, TaskEvent
from studypaths.services import tasks
from tests.callers import Caller
from tests.catalog.samples import imported
from tests.studypaths.builders import CO, new_tasks
from tests.studypaths.conftest import Scene
from tests.studypaths.declared import declared

NEW_TASK = {"problem_id": "longest-climb", "module": "arrays-strings", "difficulty": 1}


def event_types(task_id: str) -> list[str]:
    events = TaskEvent.objects.filter(task_id=UUID(task_id)).order_by("sequence")
    return list(events.values_list("event_type", flat=True))


def problems_of(answer: Any) -> list[tuple[str, str]]:
    """Pointer and code of everything that a 400 names."""
    return [(problem["pointer"], problem["code"]) for problem in declared(answer, 400)["errors"]]


def raw(caller: Caller, method: str, path: str, body: bytes, content_type: str = "application/json") -> Any:
    """A request whose body is no valid JSON, or not JSON at all."""
    client = Client(headers={"authorization": f"Bearer {caller.token}"})
    return client.generic(method, path, body, content_type=content_type)


# Planning


@pytest.mark.parametrize("by_path", [True, False])
def test_a_service_plans_a_batch(scene: Scene, service: Caller, by_path: bool) -> None:
    planned = {
        **NEW_TASK,
        "topic_tags": ["two-pointers"],
        "kind": "mock",
        "problem_version": 3,
        "scheduled_at": "2026-03-02T14:00:00+02:00",
        "expires_at": "2026-03-03T12:00:00Z",
        "metadata": {"source": "co", "depth": {"of": [1, 2.5, None, True, "ü"]}},
    }

    if by_path:
        answer = service.post(f"/v1/study-paths/{scene.path}/tasks", {"tasks": [planned, NEW_TASK]})
    else:
        answer = service.post("/v1/study-tasks/batch", {"path_id": scene.path, "tasks": [planned, NEW_TASK]})

    first, second = declared(answer, 201)["tasks"]
    assert {name: first[name] for name in planned} == planned | {"scheduled_at": "2026-03-02T12:00:00Z"}
    assert (first["status"], first["version"], first["user_id"]) == ("scheduled", 1, "alice")
    assert second["kind"] == "problem"
    shown = [declared(service.get(f"/v1/study-tasks/{task['id']}")) for task in (first, second)]
    assert shown == [first, second]


def test_what_is_not_said_follows_from_the_path(scene: Scene, service: Caller) -> None:
    (task,) = declared(service.post(f"/v1/study-paths/{scene.path}/tasks", {"tasks": [NEW_TASK]}), 201)[
        "tasks"
    ]

    stored = StudyTask.objects.get(id=task["id"])
    assert stored.scheduled_at == stored.created_at
    assert stored.expires_at - stored.scheduled_at == timedelta(days=7)
    assert stored.decision["rule"] == "planned_by_service"


@pytest.mark.parametrize(
    ("change", "pointer", "code"),
    [
        ({"difficulty": "1"}, "/difficulty", "int_type"),
        ({"difficulty": 1.5}, "/difficulty", "int_type"),
        ({"difficulty": True}, "/difficulty", "int_type"),
        ({"difficulty": 0}, "/difficulty", "greater_than_equal"),
        ({"difficulty": 6}, "/difficulty", "less_than_equal"),
        ({"difficulty": ...}, "/difficulty", "missing"),
        ({"problem_id": ...}, "/problem_id", "missing"),
        ({"problem_id": ""}, "/problem_id", "too_short"),
        ({"problem_id": "x" * 101}, "/problem_id", "too_long"),
        ({"problem_id": "a\0b"}, "/problem_id", "not_storable"),
        ({"problem_id": None}, "/problem_id", "string_type"),
        ({"problem_version": 2**31}, "/problem_version", "less_than_equal"),
        ({"module": "Arrays & Strings"}, "/module", "string_pattern_mismatch"),
        ({"module": "x" * 51}, "/module", "string_too_long"),
        ({"topic_tags": ["ok", "not ok"]}, "/topic_tags/1", "string_pattern_mismatch"),
        ({"topic_tags": ["x"] * 21}, "/topic_tags", "too_long"),
        ({"topic_tags": "heaps"}, "/topic_tags", "list_type"),
        ({"kind": "quiz"}, "/kind", "enum"),
        ({"score": 1.0}, "/score", "extra_forbidden"),
        ({"a/b~c": 1}, "/a~1b~0c", "extra_forbidden"),
        ({"scheduled_at": "2026-03-02"}, "/scheduled_at", "instant"),
        ({"scheduled_at": "1700000000"}, "/scheduled_at", "instant"),
        ({"scheduled_at": "2026-03-02T12:00:00"}, "/scheduled_at", "instant"),
        ({"scheduled_at": 1700000000}, "/scheduled_at", "datetime_type"),
        ({"scheduled_at": "9999-12-31T23:59:59Z"}, "/scheduled_at", "instant_out_of_range"),
        ({"scheduled_at": "0001-01-01T00:00:00+05:00"}, "/scheduled_at", "instant"),
        ({"scheduled_at": "1969-12-31T23:59:59Z"}, "/scheduled_at", "instant_out_of_range"),
        ({"scheduled_at": "2026-02-30T00:00:00Z"}, "/scheduled_at", "instant"),
        ({"expires_at": "2020-01-01T00:00:00Z"}, "/expires_at", "expires_too_early"),
        (
            {"scheduled_at": "2026-03-02T12:00:00Z", "expires_at": "2026-03-02T12:00:00Z"},
            "/expires_at",
            "expires_too_early",
        ),
        ({"metadata": []}, "/metadata", "dict_type"),
        ({"metadata": {"n": 2**60}}, "/metadata", "not_storable"),
        ({"metadata": {"n": 1e300}}, "/metadata", "not_storable"),
        ({"metadata": {"text": "a\0b"}}, "/metadata", "not_storable"),
        ({"metadata": {"a\0b": 1}}, "/metadata", "not_storable"),
        ({"metadata": {"evaluation": {"passed_once": True}}}, "/metadata", "reserved"),
    ],
)
def test_every_mistake_in_a_batch_is_pointed_at_and_nothing_is_planned(
    scene: Scene, service: Caller, change: dict[str, Any], pointer: str, code: str
) -> None:
    wrong = {name: value for name, value in (NEW_TASK | change).items() if value is not ...}

    answer = service.post("/v1/study-tasks/batch", {"path_id": scene.path, "tasks": [NEW_TASK, wrong]})

    assert problems_of(answer) == [(f"#/tasks/1{pointer}", code)]
    assert StudyTask.objects.count() == len(scene.tasks)


def test_all_mistakes_are_named_at_once(scene: Scene, service: Caller) -> None:
    answer = service.post("/v1/study-tasks/batch", {"path_id": "x", "tasks": [{}, {**NEW_TASK, "kind": 1}]})

    assert problems_of(answer) == [
        ("#/path_id", "uuid_parsing"),
        ("#/tasks/0/problem_id", "missing"),
        ("#/tasks/0/module", "missing"),
        ("#/tasks/0/difficulty", "missing"),
        ("#/tasks/1/kind", "enum"),
    ]


@pytest.mark.parametrize("body", [None, {}, {"tasks": []}, {"tasks": None}, {"tasks": {}}])
def test_a_batch_needs_tasks(scene: Scene, service: Caller, body: Any) -> None:
    answer = service.post(f"/v1/study-paths/{scene.path}/tasks", body)

    assert [pointer for pointer, _ in problems_of(answer)] == ["#/tasks"]


def test_a_batch_has_at_most_500_tasks(scene: Scene, service: Caller) -> None:
    path = f"/v1/study-paths/{scene.path}/tasks"

    assert problems_of(service.post(path, {"tasks": [NEW_TASK] * 501})) == [("#/tasks", "too_long")]
    assert len(declared(service.post(path, {"tasks": [NEW_TASK] * 500}), 201)["tasks"]) == 500


@pytest.mark.parametrize(
    ("body", "content_type", "status", "code"),
    [
        (b"{", "application/json", 400, "malformed_body"),
        (b"[]", "application/json", 400, "malformed_body"),
        (b'{"tasks": [{"metadata": {"n": NaN}}]}', "application/json", 400, "malformed_body"),
        (b'{"tasks": [{"metadata": {"n": Infinity}}]}', "application/json", 400, "malformed_body"),
        (b'{"tasks": "\xff"}', "application/json", 400, "malformed_body"),
        (b'{"tasks": "\\ud800"}', "application/json", 400, "malformed_body"),
        (b'{"tasks": ' + b"[" * 40 + b"]" * 40 + b"}", "application/json", 400, "malformed_body"),
        (b'{"tasks": "' + b"x" * 2**20 + b'"}', "application/json", 413, "body_too_large"),
        (b"tasks=1", "application/x-www-form-urlencoded", 415, "unsupported_media_type"),
        (b"<tasks/>", "text/xml", 415, "unsupported_media_type"),
    ],
)
def test_what_is_no_json_object_is_refused(
    scene: Scene, service: Caller, body: bytes, content_type: str, status: int, code: str
) -> None:
    answer = raw(service, "POST", f"/v1/study-paths/{scene.path}/tasks", body, content_type)

    assert declared(answer, status)["code"] == code


def test_address_and_body_must_name_one_path(scene: Scene, service: Caller) -> None:
    """K-01."""
    path = f"/v1/study-paths/{scene.path}/tasks"

    other = service.post(path, {"path_id": str(uuid4()), "tasks": [NEW_TASK]})
    same = service.post(path, {"path_id": scene.path, "tasks": [NEW_TASK]})

    assert declared(other, 422)["code"] == "path_mismatch"
    declared(same, 201)


def test_nothing_is_planned_on_a_path_that_is_not_there_or_not_active(
    scene: Scene, learner: Caller, service: Caller
) -> None:
    declared(learner.post("/v1/study-paths", {}), 201)

    superseded = service.post(f"/v1/study-paths/{scene.path}/tasks", {"tasks": [NEW_TASK]})
    missing = service.post("/v1/study-tasks/batch", {"path_id": str(uuid4()), "tasks": [NEW_TASK]})

    assert declared(superseded, 409)["code"] == "path_not_active"
    assert declared(missing, 404)["code"] == "not_found"


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
