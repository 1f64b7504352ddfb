"""What all calls share: Idempotency-Key, If-Match, If-None-Match (design section 6, R121)."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from studypaths.models import TaskEvent
from tests.callers import Caller
from tests.studypaths.conftest import Scene
from tests.studypaths.declared import declared, document

NEW_TASK = {"problem_id": "longest-climb", "module": "arrays-strings", "difficulty": 1}
CHANGES: dict[tuple[str, str], tuple[str, Any, Any]] = {
    # (method, address): who, the body, another body that would be right as well
    ("post", "/v1/study-paths"): ("learner", {}, {"config": {"max_attempts": 5}}),
    ("patch", "/v1/study-paths/{path}"): (
        "learner",
        {"config": {"max_attempts": 5}},
        {"config": {"max_attempts": 6}},
    ),
    ("post", "/v1/study-paths/{path}/tasks"): ("service", {"tasks": [NEW_TASK]}, {"tasks": [NEW_TASK] * 2}),
    ("post", "/v1/study-tasks/next/start"): ("learner", None, {}),
    ("patch", "/v1/study-tasks/{task}"): ("service", {"hints_used": 1}, {"hints_used": 2}),
    ("post", "/v1/study-tasks/{task}/start"): ("learner", None, {}),
    ("post", "/v1/study-tasks/{task}/skip"): ("learner", {"reason": "a"}, {"reason": "b"}),
}
EVERY_CHANGE = pytest.mark.parametrize(("method", "address"), CHANGES)
WITH_IF_MATCH = pytest.mark.parametrize(
    ("method", "address"),
    [key for key in CHANGES if key[1].endswith(("{path}", "{task}", "{task}/start", "{task}/skip"))],
)


@pytest.fixture
def send(scene: Scene, request: pytest.FixtureRequest) -> Any:
    """Sends a change with its usual body, or another one."""

    def sent(method: str, address: str, *, other: bool = False, **headers: str) -> Any:
        who, body, other_body = CHANGES[method, address]
        caller: Caller = request.getfixturevalue(who)
        path = address.format(path=scene.path, task=scene.task)
        return getattr(caller, method)(path, other_body if other else body, **headers)

    return sent


# Idempotency-Key


@EVERY_CHANGE
def test_the_same_request_with_the_same_key_is_done_once(send: Any, method: str, address: str) -> None:
    first = send(method, address, idempotency_key="key 1")
    events = TaskEvent.objects.count()
    again = send(method, address, idempotency_key="key 1")

    assert first.status_code in (200, 201)
    declared(again, first.status_code)
    assert again.content == first.content
    assert [again.get(name) for name in ("ETag", "Location")] == [
        first.get(name) for name in ("ETag", "Location")
    ]
    assert (first.get("Idempotency-Replayed"), again["Idempotency-Replayed"]) == (None, "true")
    assert TaskEvent.objects.count() == events


@EVERY_CHANGE
def test_a_key_is_not_good_for_another_request(send: Any, method: str, address: str) -> None:
    send(method, address, idempotency_key="key 1")
    events = TaskEvent.objects.count()

    answer = send(method, address, other=True, idempotency_key="key 1")

    assert declared(answer, 422)["code"] == "idempotency_key_reused"
    assert TaskEvent.objects.count() == events


@EVERY_CHANGE
@pytest.mark.parametrize("key", ["", "x" * 256, "schlüssel"])
def test_a_key_is_short_ascii_text(send: Any, method: str, address: str, key: str) -> None:
    problem = declared(send(method, address, idempotency_key=key), 400)

    assert problem["errors"][0]["pointer"] == "Idempotency-Key"


def test_keys_of_two_callers_are_two_keys(scene: Scene, learner: Caller, stranger: Caller) -> None:
    own = learner.post("/v1/study-paths", {}, idempotency_key="one")
    theirs = stranger.post("/v1/study-paths", {}, idempotency_key="one")

    assert declared(own, 201)["path"]["user_id"] == "alice"
    assert declared(theirs, 201)["path"]["user_id"] == "mallory"


def test_a_refusal_is_not_kept(scene: Scene, service: Caller) -> None:
    address, report = f"/v1/study-tasks/{scene.task}", {"status": "completed", "score": 1.0}

    refused = service.patch(address, report, idempotency_key="key")
    service.patch(address, {"status": "in_progress"})
    again = service.patch(address, report, idempotency_key="key")

    assert declared(refused, 409)["code"] == "illegal_transition"
    assert declared(again)["status"] == "completed"


def test_every_change_is_documented_with_its_key() -> None:
    changes = [
        operation
        for item in document()["paths"].values()
        for method, operation in item.items()
        if method in ("post", "patch")
    ]

    assert len(changes) >= len(CHANGES)
    for operation in changes:
        assert "Idempotency-Key" in {each["name"] for each in operation["parameters"]}, operation[
            "operationId"
        ]


# If-Match


@WITH_IF_MATCH
@pytest.mark.parametrize("tags", ['"2"', 'W/"1"', '"0", "2"'])
def test_a_stale_or_weak_tag_changes_nothing(send: Any, method: str, address: str, tags: str) -> None:
    events = TaskEvent.objects.count()

    answer = send(method, address, if_match=tags)

    assert declared(answer, 412)["code"] == "precondition_failed"
    assert answer["ETag"] == '"1"'
    assert TaskEvent.objects.count() == events


@WITH_IF_MATCH
@pytest.mark.parametrize("tags", ['"1"', "*", '"7", "1"'])
def test_a_matching_tag_lets_the_change_through(send: Any, method: str, address: str, tags: str) -> None:
    answer = send(method, address, if_match=tags)

    declared(answer)
    assert answer["ETag"] == '"2"'


@WITH_IF_MATCH
def test_a_tag_that_is_none_is_a_mistake(send: Any, method: str, address: str) -> None:
    problem = declared(send(method, address, if_match="1"), 400)

    assert (problem["errors"][0]["pointer"], problem["errors"][0]["code"]) == ("If-Match", "etag")


# If-None-Match


@pytest.mark.parametrize("address", ["/v1/study-tasks", "/v1/users/alice/tasks", "/v1/study-paths/current"])
def test_an_unchanged_history_costs_no_look_at_tasks(scene: Scene, learner: Caller, address: str) -> None:
    first = learner.get(address)

    with CaptureQueriesContext(connection) as queries:
        again = learner.get(address, if_none_match=f'"other", W/{first["ETag"]}')

    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    statements = [query["sql"] for query in queries]
    assert [statement for statement in statements if "chain_heads" in statement] == statements[-1:]
    assert not [
        statement for statement in statements if "study_tasks" in statement or "study_paths" in statement
    ]


@pytest.mark.parametrize("address", ["/v1/study-paths/{path}", "/v1/study-tasks/{task}"])
def test_an_unchanged_object_is_a_304_until_it_changes(scene: Scene, learner: Caller, address: str) -> None:
    path = address.format(path=scene.path, task=scene.task)
    tag = learner.get(path)["ETag"]
    unchanged = learner.get(path, if_none_match=tag)

    learner.patch(f"/v1/study-paths/{scene.path}", {"config": {"max_attempts": 4}})
    learner.post(f"/v1/study-tasks/{scene.task}/start")
    changed = learner.get(path, if_none_match=tag)

    assert (unchanged.status_code, unchanged["ETag"]) == (304, tag)
    assert changed.status_code == 200
    assert changed["ETag"] != tag


def test_the_tag_of_history_changes_after_every_act_of_the_learner_and_of_nobody_else(
    scene: Scene, learner: Caller, stranger: Caller, service: Caller
) -> None:
    def tags() -> set[str]:
        return {learner.get(address)["ETag"] for address in ("/v1/study-tasks", "/v1/study-paths/current")}

    seen = tags()
    acts: list[Callable[[], Any]] = [
        lambda: learner.post(f"/v1/study-tasks/{scene.tasks[0]}/start"),
        lambda: learner.post(f"/v1/study-tasks/{scene.tasks[0]}/skip"),
        lambda: learner.patch(f"/v1/study-tasks/{scene.tasks[1]}", {"status": "skipped"}),
        lambda: learner.patch(f"/v1/study-paths/{scene.path}", {"config": {"max_attempts": 4}}),
        lambda: service.patch(f"/v1/study-tasks/{scene.tasks[2]}", {"hints_used": 1}),
        lambda: service.post(f"/v1/study-paths/{scene.path}/tasks", {"tasks": [NEW_TASK]}),
        lambda: learner.post("/v1/study-paths", {}),
    ]
    for act in acts:
        assert act().status_code in (200, 201)
        now = tags()
        assert len(now) == 1
        assert not now & seen
        seen |= now

    stranger.post("/v1/study-paths", {})
    stranger.post(f"/v1/study-tasks/{scene.tasks[1]}/skip")
    learner.get("/v1/study-tasks/next")
    assert tags() <= seen


def test_two_learners_have_different_tags_at_the_same_version(
    learner: Caller, stranger: Caller, scene: Scene
) -> None:
    assert learner.get("/v1/study-tasks")["ETag"] != stranger.get("/v1/study-tasks")["ETag"]
