"""Who is judged next, and what becomes of trouble of the evaluator (R112 to R115, K-13)."""

from collections import Counter
from datetime import timedelta
from uuid import UUID

import pytest
from pytest_django import Settings

from evaluations import queue, services
from evaluations.judge import Verdict
from studypaths.rebuild import check_learners
from tests.conftest import new_learner
from tests.evaluations.scenes import (
    asked_again,
    at_once,
    claimed,
    evaluation,
    events_of,
    finish,
    stored,
    submitted,
    task_in_progress,
    tasks_in_progress,
)
from tests.studypaths.builders import MINUTE, NOON

NOW = NOON + 3 * MINUTE
SECOND = timedelta(seconds=1)


def claim() -> queue.Claimed | None:
    return queue.claim_next(at=NOW)


# Whose turn it is


def test_an_empty_queue_gives_nothing(alice: UUID) -> None:
    assert claim() is None
    assert not services.run_next(at=NOW)


def test_a_learners_oldest_submission_comes_first(alice: UUID) -> None:
    first, second = tasks_in_progress(alice, 2)
    early = submitted(second, at=NOON + 2 * MINUTE)
    late = submitted(first, at=NOON + 3 * MINUTE)

    assert [claimed().id, claimed().id] == [early, late]


def test_ten_waiting_of_one_learner_delay_anothers_first_by_at_most_one(alice: UUID, bob: UUID) -> None:
    for task in tasks_in_progress(alice, 10):
        submitted(task)
    finish(claimed())
    bobs = submitted(task_in_progress(bob), at=NOON + 3 * MINUTE)

    following = claimed()

    assert following.id == bobs


def test_learners_take_turns(alice: UUID, bob: UUID) -> None:
    carol = new_learner("carol")
    for learner_id in (alice, bob, carol):
        for task in tasks_in_progress(learner_id, 3):
            submitted(task)

    served = []
    while (running := claim()) is not None:
        served.append(running.learner_id)
        finish(running)

    assert len(served) == 9
    assert all(len(set(served[turn : turn + 3])) == 3 for turn in (0, 3, 6))


def test_a_learner_with_nothing_running_goes_before_one_with_one_running(alice: UUID, bob: UUID) -> None:
    for task in tasks_in_progress(alice, 2):
        submitted(task)
    assert claimed().learner_id == alice
    submitted(task_in_progress(bob), at=NOON + 3 * MINUTE)

    assert [claimed().learner_id, claimed().learner_id] == [bob, alice]


@pytest.mark.django_db(transaction=True)
def test_two_of_a_learner_run_at_once_however_many_workers_ask(alice: UUID) -> None:
    """008: at most two concurrent evaluations a learner."""
    for task in tasks_in_progress(alice, 8):
        submitted(task)

    running = [each for each in at_once(8, claim) if each is not None]

    assert len({each.id for each in running}) == 2
    finish(running[0])
    assert len([each for each in at_once(8, claim) if each is not None]) == 1


@pytest.mark.django_db(transaction=True)
def test_no_evaluation_is_claimed_twice(alice: UUID, bob: UUID) -> None:
    learners = [alice, bob, new_learner("carol"), new_learner("dave")]
    for learner_id in learners:
        for task in tasks_in_progress(learner_id, 3):
            submitted(task)

    running = [each for each in at_once(12, claim) if each is not None]

    assert len({each.id for each in running}) == len(running) == 8
    assert Counter(each.learner_id for each in running) == dict.fromkeys(learners, 2)


def test_how_many_run_at_once_is_a_setting(alice: UUID, settings: Settings) -> None:
    settings.MAX_CONCURRENT_EVALUATIONS = 3
    for task in tasks_in_progress(alice, 4):
        submitted(task)

    assert [claim() is not None for _ in range(4)] == [True, True, True, False]


# Trouble of the evaluator


def test_an_infrastructure_error_is_tried_again_after_growing_delays(alice: UUID) -> None:
    """R114: three deliveries, 2 and 10 seconds apart, then the end."""
    task = task_in_progress(alice)
    evaluation_id = submitted(task)

    finish(claimed(NOW), Verdict.INFRASTRUCTURE_ERROR, NOW)
    assert queue.claim_next(at=NOW + 1.9 * SECOND) is None
    second = NOW + 2 * SECOND
    finish(claimed(second), Verdict.INFRASTRUCTURE_ERROR, second)
    assert queue.claim_next(at=second + 9.9 * SECOND) is None
    third = second + 10 * SECOND
    finish(claimed(third), Verdict.INFRASTRUCTURE_ERROR, third)

    done = evaluation(evaluation_id)
    assert (done.status, done.verdict, done.deliveries) == ("done", "infrastructure_error", 3)
    assert len(events_of(task, "evaluated")) == 1
    assert queue.claim_next(at=NOW + MINUTE) is None


def test_a_delayed_evaluation_keeps_nobody_waiting(alice: UUID) -> None:
    first, second = tasks_in_progress(alice, 2)
    submitted(first)
    finish(claimed(NOW), Verdict.INFRASTRUCTURE_ERROR, NOW)
    other = submitted(second, at=NOW)

    assert claimed(NOW).id == other


def test_success_after_trouble_is_an_ordinary_verdict(alice: UUID) -> None:
    task = task_in_progress(alice)
    evaluation_id = submitted(task)
    finish(claimed(NOW), Verdict.INFRASTRUCTURE_ERROR, NOW)

    finish(claimed(NOW + MINUTE), Verdict.ACCEPTED, NOW + MINUTE)

    assert evaluation(evaluation_id).verdict == "accepted"
    assert stored(task).attempts == 1


# The queue is no part of the record


def test_running_and_waiting_are_the_same_to_the_record(alice: UUID) -> None:
    task = task_in_progress(alice)
    submitted(task)
    submitted(task)
    claimed()

    assert check_learners([alice]).differences == []


@pytest.mark.django_db(transaction=True)
def test_learners_submit_while_workers_judge_and_every_submission_gets_one_verdict(
    alice: UUID, bob: UUID
) -> None:
    """Four workers, two learners, twelve tasks, submissions and repeats all at once."""
    waiting = [*tasks_in_progress(alice, 6), *tasks_in_progress(bob, 6)]
    todo = list(waiting)

    def worker() -> int:
        count = 0
        while (running := queue.claim_next(at=NOW)) is not None:
            finish(running)
            count += 1
        return count

    def learner_or_worker() -> int:
        while todo:
            try:
                task = todo.pop()
            except IndexError:
                break
            submitted(task)
            asked_again(task)
            worker()
        return worker()

    at_once(4, learner_or_worker)
    worker()

    for task in waiting:
        events = events_of(task, "evaluated")
        assert len({event.payload["evaluation_id"] for event in events}) == len(events) == 2
        assert stored(task).attempts == 1
