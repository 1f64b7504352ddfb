"""Batches of tasks that a service plans, over HTTP: every mistake is named with its place (R064, R070, K-01)."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from studypaths.models import StudyTask
from tests.callers import Caller
from tests.studypaths.conftest import Scene
from tests.studypaths.declared import declared, problems_of

NEW_TASK = {"problem_id": "longest-climb", "module": "arrays-strings", "difficulty": 1}


def raw(caller: Caller, method: str, path: str, body: bytes, content_type: str = "application/json") -> Any:
    """A request whose body is no valid JSON, or not JSON at all."""
    client = Client(headers={"authorization": f"Bearer {caller.token}"})
    return client.generic(method, path, body, content_type=content_type)


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
