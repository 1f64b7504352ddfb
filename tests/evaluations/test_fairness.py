"""One learner's fifty submissions delay another's first by one evaluation at the most, with any number of workers."""

import threading
from collections import Counter
from uuid import UUID

import pytest
from pytest_django import Settings

from evaluations import queue, services
from evaluations.judge import Verdict
from tests.conftest import new_learner
from tests.evaluations.scenes import (
    asked_again,
    at_once,
    claimed,
    judged,
    submitted,
    task_in_progress,
    tasks_in_progress,
)
from tests.studypaths.builders import MINUTE, NOON

NOW = NOON + 10 * MINUTE
WORKERS = 4


@pytest.fixture(autouse=True)
def many_may_wait(settings: Settings) -> None:
    """Fifty of one learner, which the service refuses otherwise."""
    settings.MAX_WAITING_EVALUATIONS = 60


def many_of(learner_id: UUID, count: int = 10) -> None:
    """Submissions wait, and most of them to be evaluated again as well: `count` evaluations together."""
    waiting = tasks_in_progress(learner_id, count * 3 // 5)
    for task in waiting:
        submitted(task)
    for task in waiting[: count - len(waiting)]:
        asked_again(task)


def claim() -> queue.Claimed | None:
    return queue.claim_next(at=NOW)


def finish(running: queue.Claimed) -> None:
    services.finish(running, judged(Verdict.WRONG_ANSWER), at=NOW)


def busy_workers(count: int) -> list[queue.Claimed]:
    """What as many workers are at, none of which finds more than it may take."""
    return [running for running in (claim() for _ in range(count)) if running is not None]


def test_fifty_waiting_delay_anothers_first_by_what_the_only_worker_is_at(alice: UUID, bob: UUID) -> None:
    many_of(alice, 50)
    running = claimed(NOW)
    bobs = submitted(task_in_progress(bob), at=NOW)

    finish(running)

    assert claimed(NOW).id == bobs


def test_with_several_workers_a_free_one_takes_anothers_first_at_once(alice: UUID, bob: UUID) -> None:
    """Alice has two slots: of four workers two are left for others whatever she does."""
    many_of(alice)
    assert Counter(each.learner_id for each in busy_workers(WORKERS)) == {alice: 2}
    bobs = submitted(task_in_progress(bob), at=NOW)

    assert claimed(NOW).id == bobs


def test_when_every_worker_is_busy_the_first_that_is_done_takes_anothers_first(
    alice: UUID, bob: UUID
) -> None:
    carol = new_learner("carol")
    many_of(alice)
    many_of(carol)
    running = busy_workers(WORKERS)
    assert Counter(each.learner_id for each in running) == {alice: 2, carol: 2}
    bobs = submitted(task_in_progress(bob), at=NOW)

    finish(running[0])

    assert claimed(NOW).id == bobs


def test_what_is_evaluated_again_takes_its_turn_like_what_is_submitted(alice: UUID, bob: UUID) -> None:
    """Neither goes before the other: of one learner the older comes first, between learners turns count."""
    many_of(alice)
    task = task_in_progress(bob)
    first = submitted(task, at=NOW)
    again = asked_again(task, at=NOW + MINUTE)

    served = []
    for _ in range(4):
        running = claimed(NOW)
        served.append(running)
        finish(running)

    assert Counter(each.learner_id for each in served) == {alice: 2, bob: 2}
    assert [each.id for each in served if each.learner_id == bob] == [first, again]


def test_a_learner_who_comes_back_waits_for_one_turn_of_each_other(alice: UUID, bob: UUID) -> None:
    """Having been served before is no disadvantage against those who were served since."""
    carol = new_learner("carol")
    submitted(task_in_progress(bob))
    finish(claimed(NOW))
    many_of(alice)
    many_of(carol)
    for _ in range(10):
        finish(claimed(NOW))
    bobs = submitted(task_in_progress(bob), at=NOW)

    assert claimed(NOW).id == bobs


@pytest.mark.django_db(transaction=True)
def test_four_workers_at_once_serve_everybody_before_anybody_twice(alice: UUID, bob: UUID) -> None:
    many_of(alice)
    others = [bob, new_learner("carol"), new_learner("dave")]
    for learner_id in others:
        submitted(task_in_progress(learner_id), at=NOW)

    running = [each for each in at_once(WORKERS, claim) if each is not None]

    assert Counter(each.learner_id for each in running) == dict.fromkeys([alice, *others], 1)


@pytest.mark.django_db(transaction=True)
def test_while_four_workers_drain_the_queue_nobody_waits_for_more_than_one_turn(
    alice: UUID, bob: UUID
) -> None:
    """Bob submits in the midst of it: once his is there, no worker begins another of Alice's before it."""
    many_of(alice, 50)
    begun: list[UUID] = []
    order = threading.Lock()

    def worker() -> None:
        while True:
            with order:  # claims are made one at a time anyhow: now in an order that can be read
                running = claim()
                if running is None:
                    return
                begun.append(running.learner_id)
                if len(begun) == 10:
                    submitted(task_in_progress(bob), at=NOW)
            finish(running)

    at_once(WORKERS, worker)

    assert begun.index(bob) == 10
    assert len(begun) == 51
