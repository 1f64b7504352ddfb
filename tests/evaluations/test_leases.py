"""Evaluations whose worker dies, is late, or meets what nobody foresaw: they get one verdict (R112 to R115, K-13)."""

import time
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from accounts import sealing
from accounts.models import DataKey
from accounts.services import destroy_data_key
from evaluations import queue, services
from evaluations.judge import Verdict
from studypaths.models import StudyTask
from tests.evaluations.scenes import (
    at_once,
    claimed,
    evaluation,
    events_of,
    finish,
    stored,
    submitted,
    task_in_progress,
)
from tests.studypaths.builders import MINUTE, NOON

NOW = NOON + 3 * MINUTE
SECOND = timedelta(seconds=1)
PATIENCE_SECONDS = 20.0


def until(condition: Callable[[], bool]) -> None:
    """Wait for the condition; fail when it does not come true in time."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


def test_an_abandoned_evaluation_is_given_to_another_worker(alice: UUID, settings: Settings) -> None:
    task = task_in_progress(alice)
    evaluation_id = submitted(task)
    dead = claimed(NOW)
    end = NOW + timedelta(seconds=settings.EVALUATION_LEASE_SECONDS)

    assert services.requeue_abandoned(at=end) == 0, "the lease still holds"
    assert services.requeue_abandoned(at=end + SECOND) == 1
    living = claimed(end + SECOND)

    assert living.id == dead.id == evaluation_id
    assert living.claim != dead.claim
    assert living.deliveries == 2


def test_a_worker_that_lost_its_claim_records_nothing(alice: UUID) -> None:
    task = task_in_progress(alice)
    evaluation_id = submitted(task)
    slow = claimed(NOW)
    services.requeue_abandoned(at=NOW + MINUTE)
    quick = claimed(NOW + MINUTE)

    finish(slow, Verdict.ACCEPTED, NOW + MINUTE)
    assert evaluation(evaluation_id).status == "running"
    finish(slow, Verdict.INFRASTRUCTURE_ERROR, NOW + MINUTE)
    assert evaluation(evaluation_id).status == "running", "nor does it put back what another runs"
    finish(quick, Verdict.WRONG_ANSWER, NOW + MINUTE)
    finish(slow, Verdict.ACCEPTED, NOW + 2 * MINUTE)

    assert evaluation(evaluation_id).verdict == "wrong_answer"
    assert len(events_of(task, "evaluated")) == 1
    assert stored(task).attempts == 1


def test_an_evaluation_that_kills_every_worker_ends_as_infrastructure_error(alice: UUID) -> None:
    """Three workers died of it: it gets a verdict that is no attempt, and waits no longer."""
    task = task_in_progress(alice)
    evaluation_id = submitted(task)
    at = NOW
    for _ in range(3):
        claimed(at)
        at += MINUTE
        services.requeue_abandoned(at=at)

    done = evaluation(evaluation_id)
    assert (done.status, done.verdict, done.attempt) == ("done", "infrastructure_error", None)
    assert len(events_of(task, "evaluated")) == 1
    assert queue.claim_next(at=at + MINUTE) is None
    assert (stored(task).status, stored(task).attempts) == ("in_progress", 0)


def test_the_sweeper_goes_on_after_one_that_cannot_be_sealed(alice: UUID, bob: UUID) -> None:
    """The key of a learner was destroyed meanwhile: that evaluation ends without a report, the others too."""
    ids = [submitted(task_in_progress(learner_id)) for learner_id in (alice, bob)]
    at = NOW
    for _ in range(3):
        claimed(at), claimed(at)
        at += MINUTE
        if at == NOW + 3 * MINUTE:
            destroy_data_key(learner_id=alice, at=at)
        services.requeue_abandoned(at=at)

    assert [evaluation(each).verdict for each in ids] == ["infrastructure_error"] * 2
    assert evaluation(ids[0]).report is None


def spoil_data_key(learner_id: UUID) -> None:
    """The learner's data key cannot be unwrapped any more, as when its key-encryption key is missing."""
    DataKey.objects.filter(learner_id=learner_id).update(wrapped_key=bytes(60))
    sealing.forget_all_data_keys()


def test_code_that_cannot_be_read_ends_as_infrastructure_error(alice: UUID, bob: UUID) -> None:
    """The key of one learner is broken: that evaluation ends, without a report, and the others are judged."""
    poisoned, healthy = (submitted(task_in_progress(learner_id)) for learner_id in (alice, bob))
    spoil_data_key(alice)

    for number in range(4):
        services.run_next(at=timezone.now() + number * MINUTE)

    done = evaluation(poisoned)
    assert (done.verdict, done.deliveries, done.report) == ("infrastructure_error", 3, None)
    assert evaluation(healthy).verdict == "accepted"


def test_the_sweeper_goes_on_after_one_that_cannot_be_ended(
    alice: UUID, bob: UUID, caplog: pytest.LogCaptureFixture
) -> None:
    """A row that no code can cope with stays for the next sweep, and holds up nobody."""
    tasks = [task_in_progress(learner_id) for learner_id in (alice, bob)]
    ids = [submitted(task) for task in tasks]
    for number in range(3):
        claimed(NOW + number * MINUTE), claimed(NOW + number * MINUTE)
        queue.put_back_abandoned(at=NOW + (number + 1) * MINUTE)
    metadata = stored(tasks[0]).metadata
    StudyTask.objects.filter(id=tasks[0]["id"]).update(metadata=[])

    services.requeue_abandoned(at=NOW + 4 * MINUTE)

    assert [evaluation(each).status for each in ids] == ["running", "done"]
    assert "evaluation_not_ended" in caplog.text
    StudyTask.objects.filter(id=tasks[0]["id"]).update(metadata=metadata)
    services.requeue_abandoned(at=NOW + 5 * MINUTE)
    services.requeue_abandoned(at=NOW + 6 * MINUTE)
    assert evaluation(ids[0]).verdict == "infrastructure_error"


def test_a_defect_of_the_evaluator_gives_the_evaluation_back_at_once(
    alice: UUID, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    """Nobody foresaw it, so it is logged with its traceback; the worker goes on, and the learner loses no attempt."""
    task = task_in_progress(alice)
    evaluation_id = submitted(task)
    settings.EVAL_SERVICE_URL, settings.EVAL_SERVICE_TIMEOUT_SECONDS = "http://127.0.0.1:1", "soon"

    went_on = services.run_next(at=timezone.now())

    after = evaluation(evaluation_id)
    assert (went_on, after.status, after.claim, after.deliveries) == (True, "queued", None, 1)
    assert "judging_failed" in caplog.text
    assert "'exc_info': True" in caplog.text
    settings.EVAL_SERVICE_URL = ""
    services.run_next(at=timezone.now() + MINUTE)
    assert evaluation(evaluation_id).verdict == "accepted"


@pytest.mark.django_db(transaction=True)
def test_a_second_finish_at_the_same_moment_records_nothing(alice: UUID) -> None:
    """The broker delivered twice, or two workers believe to hold the claim: one `evaluated`, one attempt."""
    task = task_in_progress(alice)
    submitted(task)
    running = claimed()

    at_once(2, lambda: finish(running))

    assert len(events_of(task, "evaluated")) == 1
    assert stored(task).attempts == 1


@pytest.mark.django_db(transaction=True)
def test_sweepers_at_the_same_moment_record_one_end(alice: UUID) -> None:
    task = task_in_progress(alice)
    submitted(task)
    for number in range(3):
        claimed(NOW + number * MINUTE)
        queue.put_back_abandoned(at=NOW + (number + 1) * MINUTE)

    at_once(4, lambda: services.requeue_abandoned(at=NOW + 5 * MINUTE))

    assert [event.payload["verdict"] for event in events_of(task, "evaluated")] == ["infrastructure_error"]


@pytest.mark.django_db(transaction=True)
def test_the_lease_is_renewed_while_the_code_runs(alice: UUID, settings: Settings) -> None:
    settings.EVALUATION_LEASE_SECONDS = 1
    submitted(task_in_progress(alice))
    running = claimed(timezone.now())
    first = evaluation(running.id).lease_expires_at
    assert first is not None

    with queue.renewed_lease(running) as lost:
        until(lambda: timezone.now() > first + SECOND)

        assert queue.put_back_abandoned(at=timezone.now()) == 0
        assert not lost()

    until(lambda: queue.put_back_abandoned(at=timezone.now()) == 1)


@pytest.mark.django_db(transaction=True)
def test_a_worker_learns_that_it_lost_its_claim(alice: UUID, settings: Settings) -> None:
    settings.EVALUATION_LEASE_SECONDS = 1
    submitted(task_in_progress(alice))
    running = claimed(timezone.now())

    with queue.renewed_lease(running) as lost:
        queue.put_back_abandoned(at=timezone.now() + MINUTE)

        until(lost)


@pytest.mark.django_db(transaction=True)
def test_renewal_outlives_a_broken_connection(alice: UUID, settings: Settings) -> None:
    """PostgreSQL restarts under a running evaluation: the lease goes on, the code is not run a second time."""
    settings.EVALUATION_LEASE_SECONDS = 1
    submitted(task_in_progress(alice))
    running = claimed(timezone.now())

    with queue.renewed_lease(running) as lost:
        until(disconnect_the_renewal)
        broken = timezone.now()

        until(lambda: (evaluation(running.id).lease_expires_at or broken) > broken + SECOND)
        assert not lost()


def disconnect_the_renewal() -> bool:
    """End the connection on which a lease was renewed last, as a server that restarts does."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid() AND query LIKE 'UPDATE task_evaluations SET lease_expires_at%'"
        )
        return cursor.fetchone() is not None
