"""Acts on paths (004, R068, R084, R103, K-15, R170)."""

from dataclasses import replace
from uuid import UUID

import pytest

from catalog.services import sync_tracks
from common.errors import InvalidRequest, PreconditionFailed
from common.ids import uuid7
from studypaths.journal import Journal, open_journal
from studypaths.models import StudyPath, StudyTask, TaskEvent
from studypaths.rebuild import check_learners
from studypaths.selectors import NoActivePath, current_path, path_counts
from studypaths.services import paths
from studypaths.services.moves import record_on
from studypaths.services.paths import PathNotActive
from studypaths.services.results import Result, record_result
from tests.callers import Caller
from tests.studypaths.builders import CO, MINUTE, NOON, me, new_path, new_task, started_task


@pytest.fixture
def alice(learner: Caller) -> UUID:
    assert learner.learner_id is not None
    return learner.learner_id


def test_a_new_path_holds_every_setting(alice: UUID) -> None:
    path = new_path(alice, max_attempts=2)

    assert path["config"]["max_attempts"] == 2
    assert path["config"]["expire_after_days"] == 7
    assert path["algorithm_version"] == "planner-2"


def test_a_second_path_of_a_track_supersedes_the_first(alice: UUID) -> None:
    task = new_task(alice)

    second = new_path(alice, at=NOON + MINUTE)

    first = StudyPath.objects.get(id=task["path_id"])
    assert (first.status, second["status"], second["supersedes_id"]) == ("superseded", "active", first.id)
    assert StudyTask.objects.get(id=task["id"]).status == "scheduled", "the history of the old path stays"
    types = (
        TaskEvent.objects.filter(learner_id=alice).order_by("sequence").values_list("event_type", flat=True)
    )
    assert list(types) == ["path_created", "created", "path_superseded", "path_created"]
    assert check_learners([alice]).differences == []


def test_current_is_the_newest_active_path(alice: UUID) -> None:
    with pytest.raises(NoActivePath):
        current_path(learner_id=alice, track_id=None)

    new_path(alice)
    second = new_path(alice, at=NOON + MINUTE)

    assert current_path(learner_id=alice, track_id=None)["id"] == second["id"]
    with pytest.raises(NoActivePath):
        current_path(learner_id=alice, track_id="another-track")


def change(
    alice: UUID, path_id: UUID, config: dict[str, object], expected: int | None = None
) -> dict[str, object]:
    def check(version: int) -> None:
        if expected not in (None, version):
            raise PreconditionFailed("moved")

    return paths.update_path_config(
        learner_id=alice, path_id=path_id, config=config, by=me(alice), at=NOON + MINUTE, check=check
    )


def test_settings_that_are_not_named_are_kept(alice: UUID) -> None:
    path = new_path(alice)

    changed = change(alice, path["id"], {"weights": {"weakness": 0.9}, "max_attempts": 5})

    assert changed["config"] == {
        **path["config"],
        "max_attempts": 5,
        "weights": {**path["config"]["weights"], "weakness": 0.9},
    }
    assert changed["version"] == 2


def test_a_change_that_changes_nothing_leaves_no_event(alice: UUID) -> None:
    path = new_path(alice)

    again = change(alice, path["id"], {"max_attempts": path["config"]["max_attempts"]})

    assert again["version"] == 1
    assert TaskEvent.objects.filter(learner_id=alice).count() == 1


def test_tasks_out_of_attempts_under_a_new_policy_are_completed(alice: UUID) -> None:
    """Otherwise a task in progress could neither be submitted to nor left but by skipping it."""
    task = started_task(alice, completion_policy="pass_or_exhausted", max_attempts=3)
    with open_journal(learner_ids=[alice], by=CO, at=NOON + MINUTE) as journal:
        for score in (0.25, 0.75):
            judged = Result(uuid7(), True, False, False, score, {"verdict": "wrong_answer"}, None)
            record_evaluated(journal, task["id"], judged)
    assert StudyTask.objects.get(id=task["id"]).status == "in_progress"

    change(alice, task["path_id"], {"max_attempts": 2})

    done = StudyTask.objects.get(id=task["id"])
    assert (done.status, done.score, done.passed) == ("completed", 0.75, False)


def record_evaluated(journal: Journal, task_id: UUID, result: Result) -> None:
    """Record a result whose evaluation was queued in the same journal."""
    task = journal.task(task_id)
    record_on(
        journal,
        task,
        "submitted",
        {
            "evaluation_id": result.evaluation_id,
            "submission_id": uuid7(),
            "language": "python",
            "problem_id": task["problem_id"],
            "problem_version": 1,
        },
        sealed=b"-",
    )
    columns = ("attempt", "score", "test_cases_passed", "test_cases_total", "runtime_ms", "memory_mb")
    facts = {**dict.fromkeys(columns), "error_message": "", "cases": [], **result.facts}
    record_result(journal, task_id=task_id, result=replace(result, facts=facts))


def test_a_stale_version_changes_nothing(alice: UUID) -> None:
    path = new_path(alice)
    change(alice, path["id"], {"max_attempts": 5}, expected=1)

    with pytest.raises(PreconditionFailed):
        change(alice, path["id"], {"max_attempts": 6}, expected=1)

    assert StudyPath.objects.get(id=path["id"]).config["max_attempts"] == 5


def test_a_superseded_path_cannot_be_configured(alice: UUID) -> None:
    old = new_path(alice)
    new_path(alice, at=NOON + MINUTE)

    with pytest.raises(PathNotActive):
        change(alice, old["id"], {"max_attempts": 5})


def test_an_unknown_track_is_a_mistake_in_the_request(db: None) -> None:
    with pytest.raises(InvalidRequest) as refused:
        paths.plan_path(track_id="nowhere", config={})

    assert [problem.pointer for problem in refused.value.errors] == ["#/track_id"]


def test_a_track_whose_catalogue_is_empty_gives_a_path_without_tasks(db: None) -> None:
    sync_tracks()

    plan = paths.plan_path(track_id="coding-interview-meta", config={})

    assert plan.choices == []
    assert plan.config["completion_policy"] == "pass_or_exhausted", "the preset of the track (K-06)"
    assert plan.config["max_attempts"] == 3


def test_counts_are_per_status(alice: UUID) -> None:
    task = new_task(alice)

    assert path_counts(task["path_id"]) == ({"scheduled": 1}, 0)
