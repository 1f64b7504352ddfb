"""Who may do what: every call of paths, tasks and events, asked by everybody (R083, R150, design section 6)."""

from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from accounts.models import AccessLog, LearnerAccess
from accounts.services import add_identity, revoke_access
from studypaths.models import TaskEvent
from tests.callers import Caller, token_for
from tests.studypaths.conftest import Scene
from tests.studypaths.declared import declared

ROLES = ("learner", "stranger", "mentor", "other_mentor", "staff", "service")
NEW_TASK = {"problem_id": "longest-climb", "module": "arrays-strings", "difficulty": 1}

# The statuses that the roles above get, in their order.
CALLS: dict[tuple[str, str], tuple[Any, str]] = {
    ("GET", "/v1/study-paths"): (None, "200 200 403 403 403 403"),
    ("POST", "/v1/study-paths"): ({}, "201 201 403 403 403 400"),
    ("GET", "/v1/study-paths/current"): (None, "200 404 403 403 403 403"),
    ("GET", "/v1/study-paths/{path}"): (None, "200 404 200 404 200 200"),
    ("PATCH", "/v1/study-paths/{path}"): ({"config": {"max_attempts": 2}}, "200 404 403 404 403 200"),
    ("POST", "/v1/study-paths/{path}/tasks"): ({"tasks": [NEW_TASK]}, "403 403 403 403 403 201"),
    ("GET", "/v1/study-tasks"): (None, "200 200 403 403 403 403"),
    ("POST", "/v1/study-tasks/batch"): (
        {"path_id": "{path}", "tasks": [NEW_TASK]},
        "403 403 403 403 403 201",
    ),
    ("GET", "/v1/study-tasks/next"): (None, "200 404 403 403 403 403"),
    ("POST", "/v1/study-tasks/next/start"): (None, "200 404 403 403 403 403"),
    ("GET", "/v1/study-tasks/{task}"): (None, "200 404 200 404 200 200"),
    ("PATCH", "/v1/study-tasks/{task}"): ({"status": "skipped"}, "200 404 403 404 403 200"),
    ("POST", "/v1/study-tasks/{task}/start"): (None, "200 404 403 403 403 200"),
    ("POST", "/v1/study-tasks/{task}/skip"): ({"reason": "Known."}, "200 404 403 403 403 200"),
    ("GET", "/v1/study-tasks/{task}/events"): (None, "200 404 200 404 200 200"),
    ("GET", "/v1/users/alice/tasks"): (None, "200 404 200 404 200 200"),
}
EVERY_CALL = pytest.mark.parametrize(("method", "address"), CALLS)


def ask(caller: Any, method: str, address: str, scene: Scene, **headers: str) -> Any:
    """Call `address` with its usual body; what it changes is undone."""
    body = CALLS[method, address][0]
    if isinstance(body, dict) and "path_id" in body:
        body = {**body, "path_id": scene.path}
    path = address.format(path=scene.path, task=scene.task)
    with transaction.atomic():
        if method == "GET":
            answer = caller.get(path, **headers)
        else:
            answer = getattr(caller, method.lower())(path, body, **headers)
        transaction.set_rollback(True)
    return answer


@EVERY_CALL
def test_everybody_gets_what_is_theirs(
    method: str, address: str, scene: Scene, request: pytest.FixtureRequest
) -> None:
    expected = dict(zip(ROLES, map(int, CALLS[method, address][1].split()), strict=True))

    answers = {role: ask(request.getfixturevalue(role), method, address, scene) for role in ROLES}

    assert {role: answer.status_code for role, answer in answers.items()} == expected
    for role, answer in answers.items():
        declared(answer, expected[role])


@EVERY_CALL
def test_nobody_gets_in_without_a_token(method: str, address: str, scene: Scene) -> None:
    answer = Client().generic(method, address.format(path=scene.path, task=scene.task))

    problem = declared(answer, 401)
    assert problem["code"] == "unauthenticated"
    assert answer["WWW-Authenticate"].startswith("Bearer")


@EVERY_CALL
def test_an_unknown_parameter_is_refused(
    method: str, address: str, scene: Scene, learner: Caller, service: Caller
) -> None:
    learners = CALLS[method, address][1].startswith("20")
    path = f"{address.format(path=scene.path, task=scene.task)}?limt=5"
    send = getattr(learner if learners else service, method.lower())

    problem = declared(send(path), 400)

    assert [(each["pointer"], each["code"]) for each in problem["errors"]] == [("limt", "unknown_parameter")]


@pytest.mark.parametrize(
    "address", ["/v1/study-tasks/{id}", "/v1/study-paths/{id}", "/v1/study-tasks/{id}/events"]
)
def test_what_does_not_exist_is_answered_like_a_strangers(
    address: str, scene: Scene, stranger: Caller, service: Caller
) -> None:
    theirs = scene.path if "paths" in address else scene.task
    nowhere = "0199a000-0000-7000-8000-000000000001"

    answers = [
        declared(stranger.get(address.format(id=theirs)), 404),
        declared(stranger.get(address.format(id=nowhere)), 404),
        declared(service.get(address.format(id=nowhere)), 404),
    ]

    assert len({(answer["code"], answer["detail"]) for answer in answers}) == 1


@pytest.mark.parametrize("who", ["mentor", "staff"])
@pytest.mark.parametrize(
    ("address", "what"),
    [
        ("/v1/study-paths/{path}", "path {path}"),
        ("/v1/study-tasks/{task}", "task {task}"),
        ("/v1/study-tasks/{task}/events", "task {task}"),
        ("/v1/users/alice/tasks", "task history"),
    ],
)
def test_every_look_of_another_person_is_logged(
    who: str, address: str, what: str, scene: Scene, request: pytest.FixtureRequest
) -> None:
    caller: Caller = request.getfixturevalue(who)

    caller.get(address.format(path=scene.path, task=scene.task))

    row = AccessLog.objects.get()
    assert (row.learner_id, row.actor, row.channel) == (scene.learner_id, f"person:{caller.name}", "api")
    assert row.what == what.format(path=scene.path, task=scene.task)


def test_looks_of_the_learner_services_and_the_refused_are_not_logged(
    scene: Scene, learner: Caller, stranger: Caller, service: Caller, other_mentor: Caller
) -> None:
    for caller in (learner, stranger, service, other_mentor):
        for address in (
            f"/v1/study-tasks/{scene.task}",
            f"/v1/study-paths/{scene.path}",
            "/v1/users/alice/tasks",
        ):
            caller.get(address)

    assert not AccessLog.objects.exists()


def test_a_mentor_whose_access_was_revoked_sees_nothing(scene: Scene, mentor: Caller) -> None:
    revoke_access(access_id=LearnerAccess.objects.get().id, by="person:sam", at=timezone.now())

    assert mentor.get(f"/v1/study-tasks/{scene.task}").status_code == 404
    assert mentor.get("/v1/users/alice/tasks").status_code == 404


def test_both_ids_of_a_learner_lead_to_one_record(scene: Scene, learner: Caller, service: Caller) -> None:
    """R161, K-19."""
    add_identity(learner_id=scene.learner_id, subject="legacy|42", at=timezone.now())
    old = Caller("legacy|42", token_for("legacy|42"))

    with_old = old.get("/v1/study-tasks")
    with_new = learner.get("/v1/study-tasks")
    by_service = service.get("/v1/users/legacy%7C42/tasks")

    assert with_old.content == with_new.content == by_service.content
    assert {task["user_id"] for task in with_old.json()["results"]} == {"alice"}
    old.post(f"/v1/study-tasks/{scene.task}/start")
    started = TaskEvent.objects.get(event_type="started")
    assert (started.learner_id, started.actor) == (scene.learner_id, f"learner:{scene.learner_id}")


@pytest.mark.parametrize(
    ("user_id", "status"), [("nobody", 404), ("%00", 400), ("%ff", 404), ("x" * 256, 400)]
)
def test_a_user_id_that_leads_nowhere(db: None, service: Caller, user_id: str, status: int) -> None:
    declared(service.get(f"/v1/users/{user_id}/tasks"), status)
