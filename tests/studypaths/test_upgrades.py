"""Versions of a path: who plans it, going on under another version, and both side by side (design section 4, R170)."""

from datetime import timedelta
from io import StringIO
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.management import CommandError, call_command

from studypaths import generation
from studypaths.comparison import Served, Valued, figures_of, summary
from studypaths.models import StudyPath, StudyTask
from studypaths.projection import Row
from studypaths.rebuild import check_learners
from studypaths.selectors import path_row
from studypaths.services import paths, planning, tasks
from studypaths.services.upgrades import upgradable_paths, upgrade_path
from studypaths.states import TaskStatus
from tests.callers import Caller
from tests.catalog.samples import imported
from tests.conftest import new_learner
from tests.studypaths.builders import CO, MINUTE, NOON, me
from tests.studypaths.conftest import Scene
from tests.studypaths.declared import declared, problems_of

TRACK = "coding-interview-meta"
TOPICS = ("string-scan", "two-pointers", "sliding-window", "prefix-sums")
DAY = timedelta(days=1)


@pytest.fixture
def alice(learner: Caller, unlimited: None, catalogue: None) -> UUID:
    """Alice, and a catalogue of sixteen problems."""
    assert learner.learner_id is not None
    imported(*({"id": f"{t}-{d}", "topics": [t], "difficulty": d} for t in TOPICS for d in (1, 2, 3, 4)))
    return learner.learner_id


def begun(learner_id: UUID, version: str = "planner-1", **config: Any) -> Row:
    plan = paths.plan_path(track_id=TRACK, config=config, algorithm_version=version)
    return paths.create_path(learner_id=learner_id, plan=plan, by=me(learner_id), at=NOON).path


def done(learner_id: UUID, *, passed: bool, at: Any) -> Row:
    task = tasks.start_next_task(learner_id=learner_id, track_id=None, by=me(learner_id), at=at)
    return tasks.report_progress(
        learner_id=learner_id,
        task_id=task["id"],
        status=TaskStatus.COMPLETED,
        score=float(passed),
        measured={},
        by=CO,
        at=at + 10 * MINUTE,
    )


def upgrade(*arguments: str) -> str:
    told = StringIO()
    call_command("upgrade_paths", *arguments, stdout=told, stderr=StringIO())
    return told.getvalue()


def test_the_version_of_a_path_plans_it(alice: UUID) -> None:
    begun(alice, "planner-1", initial_tasks=5)

    done(alice, passed=True, at=NOON)

    added = StudyTask.objects.latest("id")
    assert added.decision["algorithm_version"] == "planner-1"
    assert generation.replay(added.decision) == added.problem_id


def test_a_service_names_the_version_of_a_new_path(alice: UUID, service: Caller, learner: Caller) -> None:
    body = {"user_id": "alice", "algorithm_version": "planner-1"}

    created = declared(service.post("/v1/study-paths", body), 201)
    unknown = service.post("/v1/study-paths", {**body, "algorithm_version": "planner-0"})
    own = learner.post("/v1/study-paths", {"algorithm_version": "planner-1"})

    assert created["path"]["algorithm_version"] == "planner-1"
    assert problems_of(unknown) == [("#/algorithm_version", "unknown_algorithm_version")]
    assert declared(own, 403)["code"] == "forbidden"
    assert declared(learner.post("/v1/study-paths"), 201)["path"]["algorithm_version"] == "planner-2"


def test_an_upgraded_path_goes_on_where_the_old_one_was(alice: UUID) -> None:
    old = begun(alice, initial_tasks=5, max_attempts=9)
    before = [done(alice, passed=True, at=NOON + n * DAY / 4)["problem_id"] for n in range(3)]
    left_open = set(StudyTask.objects.filter(status="scheduled").values_list("id", flat=True))

    new = upgrade_path(learner_id=alice, path_id=old["id"], to="planner-2", by=CO, at=NOON + DAY)

    assert new is not None
    assert (new["algorithm_version"], new["supersedes_id"]) == ("planner-2", old["id"])
    assert (new["config"], path_row(old["id"])["status"]) == (old["config"], "superseded")
    planned = StudyTask.objects.filter(path_id=new["id"]).order_by("id")
    assert [task.decision["algorithm_version"] for task in planned] == ["planner-2"] * 5
    assert not {task.problem_id for task in planned} & set(before)
    assert planned[0].difficulty >= 2, "no beginner's task for whoever passed three"
    assert set(
        StudyTask.objects.filter(path_id=old["id"], status="scheduled").values_list("id", flat=True)
    ) == (left_open)
    assert check_learners([alice]).differences == []


def test_a_closed_path_is_not_upgraded(alice: UUID) -> None:
    old = begun(alice)
    begun(alice)

    assert upgrade_path(learner_id=alice, path_id=old["id"], to="planner-2", by=CO, at=NOON) is None


def test_the_command_upgrades_what_is_named_and_nothing_twice(alice: UUID) -> None:
    bob, carol = new_learner("bob"), new_learner("carol")
    begun(alice), begun(bob), begun(carol, "planner-2")

    assert "2 paths would go on" in upgrade("--dry-run")
    assert "0 paths would go on" in upgrade("--dry-run", "--track", "another-track")
    assert "0 paths would go on" in upgrade("--dry-run", "--from", "planner-2")
    assert StudyPath.objects.count() == 3

    assert "2 paths go on under planner-2" in upgrade("--to", "planner-2", "--from", "planner-1")
    assert "0 paths go on" in upgrade()
    assert StudyPath.objects.filter(status="active", algorithm_version="planner-2").count() == 3
    assert StudyPath.objects.count() == 5


def test_a_run_that_was_stopped_is_gone_on_with(alice: UUID) -> None:
    begun(alice), begun(new_learner("bob"))
    first = next(iter(upgradable_paths()))
    upgrade_path(learner_id=first.learner_id, path_id=first.path_id, to="planner-2", by=CO, at=NOON)

    assert "1 paths go on under planner-2" in upgrade()


def test_the_command_knows_the_versions(alice: UUID) -> None:
    with pytest.raises(CommandError, match="planner-1, planner-2"):
        upgrade("--to", "planner-9")


# Side by side


def test_versions_are_compared_by_what_was_served_on_them(alice: UUID, learner: Caller) -> None:
    old = begun(alice, initial_tasks=5)
    for number, passed in enumerate((True, False, False, True)):
        done(alice, passed=passed, at=NOON + number * DAY / 4)
    new = upgrade_path(learner_id=alice, path_id=old["id"], to="planner-2", by=CO, at=NOON + DAY)
    assert new is not None
    done(alice, passed=True, at=NOON + DAY + MINUTE)

    shown = declared(learner.get(f"/v1/study-paths/{new['id']}/comparison"))

    now, before = shown["path"], shown["compared_with"]
    assert (now["algorithm_version"], before["algorithm_version"]) == ("planner-2", "planner-1")
    assert (before["served"], before["completed"], before["success_rate"]) == (4, 4, 0.5)
    assert (before["longest_run_of_failures"], before["minutes_per_task"]) == (2, 10.0)
    assert (before["predicted"], before["share_in_band"]) == (0, None)
    assert (now["served"], now["predicted"], now["success_rate"]) == (1, 1, 1.0)
    assert now["mastery"]["now"] > now["mastery"]["then"]
    assert (before["closed_at"] is None, now["closed_at"]) == (False, None)
    named = learner.get(f"/v1/study-paths/{old['id']}/comparison", {"with": str(new["id"])})
    assert declared(named) == {"path": before, "compared_with": now}


def test_a_first_path_is_compared_with_nothing(scene: Scene, learner: Caller) -> None:
    shown = declared(learner.get(f"/v1/study-paths/{scene.path}/comparison"))

    assert shown["compared_with"] is None
    assert (shown["path"]["served"], shown["path"]["mean_difficulty"]) == (0, None)
    assert shown["path"]["mastery"] == {"topics": 0, "then": None, "now": None}


def test_a_comparison_is_of_one_learners_paths(scene: Scene, learner: Caller, stranger: Caller) -> None:
    assert stranger.learner_id is not None
    other = paths.create_path(
        learner_id=stranger.learner_id, plan=paths.plan_path(track_id=TRACK, config={}), by=CO, at=NOON
    ).path["id"]
    address = f"/v1/study-paths/{scene.path}/comparison"

    assert declared(learner.get(address, {"with": str(other)}), 404)["code"] == "not_found"
    assert declared(learner.get(address, {"with": str(uuid4())}), 404)["code"] == "not_found"
    assert declared(stranger.get(address), 404)["code"] == "not_found"
    assert [pointer for pointer, _ in problems_of(learner.get(address, {"with": "x"}))] == ["with"]


def test_figures_by_hand() -> None:
    path = {
        "id": UUID(int=1),
        "algorithm_version": "v",
        "status": "superseded",
        "created_at": NOON,
        "updated_at": NOON + DAY,
    }
    served = [
        Served(False, 1, 60, 0.60),
        Served(None, 2, None, 0.75),
        Served(False, 3, 180, 0.76),
        Served(True, 4, None, None),
        Served(False, 5, None, None),
    ]
    values = [
        Valued(UUID(int=9), NOON - DAY, "heaps", 40.0),
        Valued(UUID(int=1), NOON + MINUTE, "heaps", 50.0),
        Valued(UUID(int=1), NOON + 2 * DAY, "heaps", 90.0),
        Valued(UUID(int=9), NOON + MINUTE, "graphs", 80.0),
    ]

    figures = summary(path, served, values)

    assert (figures.served, figures.completed, figures.success_rate) == (5, 4, 0.25)
    assert (figures.mean_difficulty, figures.longest_run_of_failures) == (3.0, 2)
    assert (figures.predicted, figures.share_in_band, figures.minutes_per_task) == (3, 0.6667, 2.0)
    assert (figures.mastery.topics, figures.mastery.then, figures.mastery.now) == (1, 40.0, 50.0)


def test_comparing_reads_each_path_once(alice: UUID, django_assert_num_queries: Any) -> None:
    old, new = begun(alice), begun(alice)

    with django_assert_num_queries(3):
        figures_of([old, new])


def test_planning_of_one_version_leaves_the_other_alone(alice: UUID) -> None:
    old = begun(alice, initial_tasks=5)
    upgrade()

    planning.plan_path_ahead(path_id=old["id"], at=NOON + MINUTE)

    assert StudyTask.objects.filter(path_id=old["id"]).count() == 5
