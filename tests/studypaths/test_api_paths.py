"""The calls of paths over HTTP: create, list, current, configure (R068, R069, R084, R085, R103, K-15)."""

from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Learner
from studypaths.models import StudyPath, TaskEvent
from studypaths.path_config import DEFAULTS
from studypaths.services import tasks
from tests.callers import Caller
from tests.catalog.samples import imported
from tests.studypaths.builders import CO, new_path
from tests.studypaths.conftest import Scene
from tests.studypaths.declared import declared, problems_of

pytestmark = pytest.mark.usefixtures("unlimited", "catalogue")


def test_a_new_path_comes_with_its_first_tasks_and_the_reasons_for_them(learner: Caller) -> None:
    imported(*({"id": f"climb-{number}", "difficulty": 1 + number % 3} for number in range(12)))

    answer = learner.post("/v1/study-paths", {"config": {"initial_tasks": 5, "weights": {"novelty": 0.5}}})

    created = declared(answer, 201)
    path, first = created["path"], created["tasks"]
    assert answer["Location"] == f"/v1/study-paths/{path['id']}"
    assert answer["ETag"] == '"1"'
    assert (path["user_id"], path["status"], path["track_id"]) == ("alice", "active", "coding-interview-meta")
    assert path["config"]["weights"]["novelty"] == 0.5
    assert len(first) == 5
    assert {task["module"] for task in first} == {"arrays-strings"}
    assert {task["difficulty"] for task in first} <= {1, 2}
    assert all(task["decision"]["why"] for task in first)
    assert declared(learner.get(answer["Location"])) == path


def test_an_empty_body_creates_a_path_with_the_defaults(learner: Caller) -> None:
    path = declared(learner.post("/v1/study-paths"), 201)["path"]

    assert path["config"]["completion_policy"] == "pass_or_exhausted"
    assert path["config"]["max_attempts"] == 3


def test_a_service_names_the_learner_who_is_made_if_new(service: Caller) -> None:
    first = declared(service.post("/v1/study-paths", {"user_id": "newcomer"}), 201)["path"]
    second = declared(service.post("/v1/study-paths", {"user_id": "newcomer"}), 201)["path"]

    assert first["user_id"] == second["user_id"] == "newcomer"
    assert second["supersedes_id"] == first["id"]
    assert Learner.objects.filter(user_id="newcomer").count() == 1


def test_a_learner_may_name_nobody_but_themselves(learner: Caller, stranger: Caller) -> None:
    declared(learner.post("/v1/study-paths", {"user_id": "alice"}), 201)

    for other in ("mallory", "nobody"):
        assert problems_of(learner.post("/v1/study-paths", {"user_id": other})) == [
            ("#/user_id", "not_yours")
        ]
    assert StudyPath.objects.count() == 1


def test_a_service_that_names_nobody_is_told_so(service: Caller) -> None:
    assert problems_of(service.post("/v1/study-paths", {})) == [("#/user_id", "required")]


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({"track_id": "nowhere"}, "#/track_id", "unknown_track"),
        ({"track_id": ""}, "#/track_id", "too_short"),
        ({"track_id": 7}, "#/track_id", "string_type"),
        ({"track_id": "a\0b"}, "#/track_id", "not_storable"),
        ({"track": "x"}, "#/track", "extra_forbidden"),
        ({"user_id": "x" * 256}, "#/user_id", "too_long"),
        ({"config": None}, "#/config", "model_type"),
        ({"config": []}, "#/config", "model_type"),
        ({"config": {"max_attempts": 0}}, "#/config/max_attempts", "greater_than_equal"),
        ({"config": {"max_attempts": 21}}, "#/config/max_attempts", "less_than_equal"),
        ({"config": {"max_attempts": "3"}}, "#/config/max_attempts", "int_type"),
        ({"config": {"initial_tasks": 4}}, "#/config/initial_tasks", "greater_than_equal"),
        ({"config": {"initial_tasks": 11}}, "#/config/initial_tasks", "less_than_equal"),
        ({"config": {"expire_after_days": 366}}, "#/config/expire_after_days", "less_than_equal"),
        ({"config": {"completion_policy": "never"}}, "#/config/completion_policy", "literal_error"),
        ({"config": {"weights": {"luck": 1}}}, "#/config/weights/luck", "extra_forbidden"),
        ({"config": {"weights": {"novelty": 1.1}}}, "#/config/weights/novelty", "less_than_equal"),
        ({"config": {"recovery_success": 1.5}}, "#/config/recovery_success", "less_than_equal"),
        ({"config": {"promotion_streak": 11}}, "#/config/promotion_streak", "less_than_equal"),
        ({"config": {"open_ahead": 0}}, "#/config/open_ahead", "greater_than_equal"),
        (
            {"config": {"module_weights": {"heaps": -1}}},
            "#/config/module_weights/heaps",
            "greater_than_equal",
        ),
        ({"config": {"colour": "red"}}, "#/config/colour", "extra_forbidden"),
    ],
)
def test_every_mistake_in_a_new_path_is_pointed_at(
    learner: Caller, body: dict[str, Any], pointer: str, code: str
) -> None:
    assert problems_of(learner.post("/v1/study-paths", body)) == [(pointer, code)]
    assert not StudyPath.objects.exists()


def test_own_paths_come_newest_first_in_pages(learner: Caller, stranger: Caller) -> None:
    made = [declared(learner.post("/v1/study-paths"), 201)["path"]["id"] for _ in range(5)]
    declared(stranger.post("/v1/study-paths"), 201)

    first = declared(learner.get("/v1/study-paths", {"limit": "2"}))
    second = declared(learner.get(first["next"]))
    third = declared(learner.get(second["next"]))
    back = declared(learner.get(third["previous"]))

    shown = [path for page in (first, second, third) for path in page["results"]]
    assert [path["id"] for path in shown] == made[::-1]
    assert [path["status"] for path in shown] == ["active", *["superseded"] * 4]
    assert (third["next"], back["results"]) == (None, second["results"])


def test_current_shows_the_active_path_with_its_progress(
    scene: Scene, learner: Caller, service: Caller
) -> None:
    for task, score in ((scene.tasks[0], 1.0), (scene.tasks[1], 0.5)):
        service.patch(f"/v1/study-tasks/{task}", {"status": "in_progress"})
        service.patch(f"/v1/study-tasks/{task}", {"status": "completed", "score": score})

    current = declared(learner.get("/v1/study-paths/current", {"track": "coding-interview-meta"}))

    assert current["id"] == scene.path
    assert current["progress"] == {
        "total": 3,
        "counts_by_status": {"completed": 2, "scheduled": 1},
        "completed": 2,
        "accuracy": 0.5,
    }


def test_there_is_no_accuracy_before_the_first_completion(scene: Scene, learner: Caller) -> None:
    assert declared(learner.get("/v1/study-paths/current"))["progress"]["accuracy"] is None


def test_a_learner_without_a_path_has_no_current_one(learner: Caller, scene: Scene) -> None:
    unknown = learner.get("/v1/study-paths/current", {"track": "another-track"})

    assert declared(unknown, 404)["code"] == "no_active_path"
    assert problems_of(learner.get("/v1/study-paths/current?track=a%00")) == [("track", "unreadable")]


def test_settings_that_are_named_change_and_the_others_stay(scene: Scene, learner: Caller) -> None:
    address = f"/v1/study-paths/{scene.path}"
    before = declared(learner.get(address))

    answer = learner.patch(address, {"config": {"max_attempts": 9, "weights": {"recency": 0}}})

    after = declared(answer)
    assert answer["ETag"] == '"2"'
    assert after["config"] == {
        **before["config"],
        "max_attempts": 9,
        "weights": {**before["config"].get("weights", {}), "recency": 0},
    }
    assert declared(learner.get(address)) == after


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        (None, "#/config", "missing"),
        ({"config": {"initial_tasks": 5.5}}, "#/config/initial_tasks", "int_type"),
        ({"config": {}, "status": "archived"}, "#/status", "extra_forbidden"),
    ],
)
def test_every_mistake_in_a_change_is_pointed_at(
    scene: Scene, learner: Caller, body: Any, pointer: str, code: str
) -> None:
    assert problems_of(learner.patch(f"/v1/study-paths/{scene.path}", body)) == [(pointer, code)]
    assert StudyPath.objects.get().version == 1


def test_the_settings_that_a_path_shows_can_be_sent_back(learner: Caller, scene: Scene) -> None:
    """Every setting may be named, those of planning too, and what is shown is within its bounds."""
    shown = learner.get(f"/v1/study-paths/{scene.path}").json()["config"]

    answer = learner.patch(f"/v1/study-paths/{scene.path}", {"config": shown})

    assert shown.keys() == DEFAULTS.keys()
    assert declared(answer)["config"] == shown


def test_a_superseded_path_cannot_be_changed(scene: Scene, learner: Caller) -> None:
    declared(learner.post("/v1/study-paths"), 201)
    events = TaskEvent.objects.count()

    answer = learner.patch(f"/v1/study-paths/{scene.path}", {"config": {"max_attempts": 1}})

    assert declared(answer, 409)["code"] == "path_not_active"
    assert TaskEvent.objects.count() == events


@pytest.mark.parametrize("address", ["/v1/study-paths/current", "/v1/study-paths", "/v1/study-tasks/next"])
def test_the_number_of_statements_is_fixed(
    learner: Caller, django_assert_num_queries: Any, address: str
) -> None:
    assert learner.learner_id is not None
    imported({})
    statements = {"/v1/study-paths/current": 4, "/v1/study-paths": 1, "/v1/study-tasks/next": 3}[address]
    now = timezone.now()
    path_id = new_path(learner.learner_id, at=now)["id"]
    task = {**TASK, "scheduled_at": now}
    tasks.create_tasks_batch(learner_id=learner.learner_id, path_id=path_id, tasks=[task], by=CO, at=now)
    declared(learner.get(address))  # who the learner is, is asked once a minute

    with django_assert_num_queries(statements):
        learner.get(address)
    tasks.create_tasks_batch(
        learner_id=learner.learner_id, path_id=path_id, tasks=[task] * 200, by=CO, at=now
    )
    with django_assert_num_queries(statements):
        learner.get(address)


TASK = {
    "problem_id": "longest-climb",
    "problem_version": 1,
    "module": "arrays-strings",
    "topic_tags": [],
    "difficulty": 1,
    "kind": "problem",
    "metadata": {},
    "decision": {},
}
