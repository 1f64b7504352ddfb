"""Submissions that are run: by the real sandbox, or not at all because something happened meanwhile."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.utils import timezone

from accounts.services import destroy_data_key
from evaluations import presenters, services
from evaluations.judge import Verdict
from evaluations.models import TaskEvaluation
from studypaths.services import tasks
from tests.evaluations.scenes import (
    BROKEN,
    HALF_RIGHT,
    RIGHT,
    claimed,
    evaluation,
    judged,
    stored,
    submitted,
    task_in_progress,
)
from tests.studypaths.builders import MINUTE, NOON, me


@pytest.mark.parametrize(
    ("language", "code", "verdict", "score", "status"),
    [
        ("python", RIGHT, "accepted", 1.0, "completed"),
        ("python", HALF_RIGHT, "wrong_answer", 0.25, "in_progress"),
        ("python", BROKEN, "compile_error", 0.0, "in_progress"),
        ("javascript", "const shout = (text) => text.toUpperCase();", "accepted", 1.0, "completed"),
    ],
    ids=["right", "half right", "broken", "javascript"],
)
def test_submitted_code_is_run_and_judged(
    alice: UUID, language: str, code: str, verdict: str, score: float, status: str
) -> None:
    task = task_in_progress(alice)
    evaluation_id = submitted(task, code, language=language)

    assert services.run_next(at=timezone.now())

    done = evaluation(evaluation_id)
    assert (done.verdict, done.score, done.attempt) == (verdict, score, 1)
    assert stored(task).status == status
    assert not services.run_next(at=timezone.now())


def test_a_task_skipped_while_its_code_waits_is_not_run(alice: UUID) -> None:
    task = task_in_progress(alice)
    evaluation_id = submitted(task)
    tasks.skip_task(learner_id=alice, task_id=task["id"], reason="", by=me(alice), at=NOON + 3 * MINUTE)

    assert services.run_next(at=timezone.now())

    done = evaluation(evaluation_id)
    assert (done.status, done.verdict, done.attempt, done.cases) == ("done", "cancelled", None, [])
    assert (stored(task).status, stored(task).attempts) == ("skipped", 0)


def test_a_verdict_that_comes_after_the_skip_is_kept_and_changes_nothing(alice: UUID) -> None:
    task = task_in_progress(alice)
    evaluation_id = submitted(task)
    running = claimed()
    tasks.skip_task(learner_id=alice, task_id=task["id"], reason="", by=me(alice), at=NOON + 4 * MINUTE)

    services.finish(running, judged(Verdict.ACCEPTED), at=NOON + 5 * MINUTE)

    assert evaluation(evaluation_id).verdict == "accepted"
    assert (stored(task).status, stored(task).score, stored(task).passed) == ("skipped", None, None)


def test_an_evaluation_keeps_the_problem_version_that_the_task_was_planned_with(alice: UUID) -> None:
    task = task_in_progress(alice)
    evaluation_id = submitted(task)

    assert evaluation(evaluation_id).problem_version == 1
    assert evaluation(evaluation_id).problem_id == "shout"


def test_a_problem_that_vanished_is_an_infrastructure_error(alice: UUID) -> None:
    """Not the learner's fault: tried again, then given up."""
    task = task_in_progress(alice)
    evaluation_id = submitted(task)
    TaskEvaluation.objects.filter(id=evaluation_id).update(problem_id="gone")
    at = timezone.now()

    for _ in range(3):
        assert services.run_next(at=at)
        at += timedelta(minutes=1)

    TaskEvaluation.objects.filter(id=evaluation_id).update(problem_id="shout")
    assert evaluation(evaluation_id).verdict == "infrastructure_error"
    assert stored(task).attempts == 0


def test_code_whose_key_was_destroyed_is_cancelled_and_blocks_nobody(alice: UUID, bob: UUID) -> None:
    task = task_in_progress(alice)
    erased = submitted(task)
    waiting = submitted(task_in_progress(bob))
    destroy_data_key(learner_id=alice, at=NOON + 3 * MINUTE)

    while services.run_next(at=timezone.now()):
        pass

    assert (evaluation(erased).verdict, evaluation(erased).report) == ("cancelled", None)
    assert evaluation(waiting).verdict == "accepted"
    assert presenters.evaluation(evaluation(erased))["code"] is None
