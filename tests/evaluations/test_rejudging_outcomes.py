"""What applying a rejudging does to a record, and by which tests is judged what is submitted later."""

from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluations import services
from evaluations.judge import Verdict
from evaluations.models import RejudgingItem, TaskEvaluation
from evaluations.rejudging.selection import (
    RejudgingRefused,
    plan_rejudging,
)
from studypaths.mastery import folded_mastery, mastery_after
from studypaths.models import TaskEvent
from studypaths.services import tasks
from studypaths.states import TaskStatus
from tests.evaluations.rejudged import (
    ACCEPTED,
    HALF,
    LATER,
    NOTHING,
    SAM,
    applied,
    folded,
    mastery_of,
    new_tests,
    ready,
    states_of,
    tried,
)
from tests.evaluations.scenes import (
    asked_again,
    claimed,
    evaluation,
    events_of,
    judged,
    stored,
    submitted,
    task_in_progress,
    tasks_in_progress,
)
from tests.studypaths.builders import CO, MINUTE, NOON, me, new_path, new_tasks


def test_a_pass_that_was_none_is_taken_back_and_mastery_with_it(alice: UUID) -> None:
    task = task_in_progress(alice)
    [old] = tried(task, ACCEPTED)
    before = stored(task)
    new_tests()

    applied(ready({old: HALF}))

    after = stored(task)
    assert (after.status, after.passed, after.score, after.attempts) == ("completed", False, 0.5, 1)
    assert after.completed_at == before.completed_at
    assert mastery_of(alice) == folded(False)
    assert TaskEvent.objects.filter(task_id=task["id"], event_type="status_changed").count() == 1


def test_the_event_says_who_why_and_what_it_replaces(alice: UUID) -> None:
    task = task_in_progress(alice)
    [old] = tried(task, ACCEPTED)
    new_tests()

    rejudging = applied(ready({old: HALF}))

    [event] = events_of(task, "rejudged")
    said = event.payload
    assert event.actor == SAM
    assert (said["cause"], said["rejudging_id"], said["reason"]) == (
        "rejudge",
        str(rejudging.id),
        "A test was wrong.",
    )
    assert said["replaces"] == {
        "evaluation_id": str(old), "problem_version": 1, "verdict": "accepted", "score": 1.0,
    }  # fmt: skip
    assert (said["verdict"], said["score"], said["problem_version"]) == ("wrong_answer", 0.5, 2)
    assert said["outcome"] == {"score": 0.5, "passed": False}


def test_the_new_evaluation_is_one_of_the_same_submission(alice: UUID) -> None:
    task = task_in_progress(alice)
    [old] = tried(task, ACCEPTED)
    new_tests()

    applied(ready({old: HALF}))

    new = TaskEvaluation.objects.get(cause="rejudge")
    assert (new.submission_id, new.attempt) == (evaluation(old).submission_id, 1)
    assert (new.status, new.verdict, new.score, new.problem_version) == ("done", "wrong_answer", 0.5, 2)
    assert evaluation(old).verdict == "accepted"


def test_a_submission_that_passes_now_completes_its_open_task(alice: UUID) -> None:
    """The ordinary rule. The time that it took ends with the submission, not with the rejudging."""
    task = task_in_progress(alice)
    [old] = tried(task, HALF, at=NOON + 4 * MINUTE)
    new_tests()

    applied(ready({old: ACCEPTED}))

    after = stored(task)
    assert (after.status, after.passed, after.score, after.attempts) == ("completed", True, 1.0, 1)
    assert (after.completed_at, after.time_spent_seconds) == (LATER, 180)
    assert mastery_of(alice) == folded(True)


def test_a_failed_task_passes_when_one_of_its_submissions_was_right(alice: UUID) -> None:
    task = task_in_progress(alice)
    _, second, _ = tried(task, NOTHING, HALF, NOTHING)
    assert stored(task).passed is False
    new_tests()

    applied(ready({second: ACCEPTED}, otherwise=NOTHING))

    after = stored(task)
    assert (after.status, after.passed, after.score, after.attempts) == ("completed", True, 1.0, 3)
    assert len(events_of(task, "rejudged")) == 1


def test_the_score_is_the_best_of_what_stands(alice: UUID) -> None:
    task = task_in_progress(alice, max_attempts=2)
    first, second = tried(task, HALF, (Verdict.WRONG_ANSWER, 3))
    new_tests()

    applied(ready({first: HALF, second: NOTHING}))

    assert stored(task).score == 0.5


def test_unchanged_results_are_confirmed_without_an_event_and_not_judged_again(alice: UUID) -> None:
    task = task_in_progress(alice)
    tried(task, ACCEPTED)
    before = stored(task)
    new_tests()

    rejudging = applied(ready())

    assert states_of(rejudging) == ["confirmed"]
    assert stored(task).version == before.version
    with pytest.raises(RejudgingRefused, match="version 2 did not judge"):
        plan_rejudging(problem_id="shout")


def test_mastery_is_what_it_would_be_had_the_verdicts_been_right_at_once(alice: UUID) -> None:
    """Later completions of the topic are folded in again over the corrected one."""
    first, second, third = tasks_in_progress(alice, 3)
    [wrong] = tried(first, ACCEPTED, at=NOON + 2 * MINUTE)
    tried(second, ACCEPTED, at=NOON + 3 * MINUTE)
    [late] = tried(third, HALF, at=NOON + 4 * MINUTE)
    new_tests()

    applied(ready({wrong: NOTHING, late: ACCEPTED}))

    assert mastery_of(alice) == folded(False, True, True)


def test_a_score_that_a_service_gave_stays(alice: UUID) -> None:
    task = task_in_progress(alice)
    [old] = tried(task, HALF)
    tasks.report_progress(
        learner_id=alice, task_id=task["id"], status=TaskStatus.COMPLETED, score=0.25, measured={}, by=CO, at=LATER
    )  # fmt: skip
    new_tests()

    applied(ready({old: ACCEPTED}))

    after = stored(task)
    assert (after.score, after.passed) == (0.25, False)
    assert after.metadata["evaluation"]["best_score"] == 1.0
    assert events_of(task, "rejudged")[0].payload["outcome"] is None


def test_a_skipped_task_stays_skipped(alice: UUID) -> None:
    task = task_in_progress(alice)
    [old] = tried(task, HALF)
    tasks.skip_task(learner_id=alice, task_id=task["id"], reason="", by=me(alice), at=LATER)
    new_tests()

    applied(ready({old: ACCEPTED}))

    assert (stored(task).status, stored(task).score) == ("skipped", None)


@given(st.lists(st.tuples(st.integers(1, 5), st.booleans()), min_size=1, max_size=30))
def test_folding_completions_is_what_living_through_them_was(outcomes: list[tuple[int, bool]]) -> None:
    row: dict[str, Any] | None = None
    for difficulty, passed in outcomes:
        row = mastery_after(row, difficulty=difficulty, passed=passed)

    assert folded_mastery(outcomes) == row


# What follows for what is submitted later


def test_what_is_submitted_or_evaluated_later_is_judged_by_the_new_tests(alice: UUID) -> None:
    """Otherwise asking for another evaluation would bring back the verdict of the wrong tests."""
    task, other = tasks_in_progress(alice, 2)
    [old] = tried(task, ACCEPTED)
    new_tests()
    assert evaluation(submitted(other, at=LATER)).problem_version == 1
    services.finish(claimed(LATER), judged(*HALF), at=LATER)

    applied(ready({old: HALF}, otherwise=HALF))

    again = asked_again(task, at=LATER + MINUTE)
    assert evaluation(again).problem_version == 2
    assert evaluation(submitted(other, at=LATER + MINUTE)).problem_version == 2


def test_a_rejudging_puts_no_older_tests_in_the_place_of_newer_ones(alice: UUID, bob: UUID) -> None:
    """Version 3 came in, and a task was planned with it, before the rejudging by version 2 was applied."""
    tried(task_in_progress(alice), HALF)
    new_tests()
    rejudging = ready()
    new_tests(statement="Shout it.")
    path = new_path(bob, at=LATER + MINUTE)
    [task] = new_tasks(bob, path["id"], at=LATER + MINUTE, problem_id="shout", problem_version=3)
    tasks.start_task(learner_id=bob, task_id=task["id"], by=me(bob), at=LATER + 2 * MINUTE)

    applied(rejudging, at=LATER + 3 * MINUTE)

    assert evaluation(submitted(task, at=LATER + 4 * MINUTE)).problem_version == 3


def test_the_latest_submission_is_evaluated_again_not_the_one_judged_last(alice: UUID) -> None:
    task = task_in_progress(alice)
    first, second = tried(task, NOTHING, HALF)
    new_tests()
    applied(ready({first: HALF}, otherwise=HALF))

    again = asked_again(task, at=LATER + MINUTE)

    assert evaluation(again).submission_id == evaluation(second).submission_id


def test_evaluating_again_improves_and_rejudging_replaces(alice: UUID) -> None:
    task = task_in_progress(alice)
    [old] = tried(task, ACCEPTED)
    repeat = asked_again(task)
    services.finish(claimed(LATER), judged(*NOTHING), at=LATER)
    new_tests()

    rejudging = applied(ready({old: HALF}))

    item = RejudgingItem.objects.get(rejudging=rejudging)
    assert (item.evaluation_id, item.old_verdict) == (old, "accepted")
    assert stored(task).score == 0.5
    assert evaluation(repeat).verdict == "wrong_answer"


def test_a_second_rejudging_sets_out_from_what_the_first_one_found(alice: UUID) -> None:
    task = task_in_progress(alice)
    [old] = tried(task, ACCEPTED)
    new_tests()
    applied(ready({old: HALF}))
    new_tests(statement="Shout it.")

    second = ready(otherwise=ACCEPTED, at=LATER + MINUTE)

    item = RejudgingItem.objects.get(rejudging=second)
    assert (item.old_version, item.old_verdict, item.old_score) == (2, "wrong_answer", 0.5)
    applied(second, at=LATER + MINUTE)
    assert (stored(task).passed, stored(task).score) == (True, 1.0)
    assert mastery_of(alice) == folded(True)
