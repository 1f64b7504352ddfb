"""Callers who wait for the verdict of their submission (K-12, RFC 7240)."""

import threading
import time
from collections.abc import Iterator
from uuid import UUID

import pytest
from django.db import connection
from django.utils import timezone

from evaluations import services
from evaluations.api import MAX_WAITING_CALLERS
from studypaths.projection import Row
from tests.callers import Caller
from tests.evaluations.scenes import (
    RIGHT,
    at_once,
    events_of,
    task_in_progress,
    tasks_in_progress,
)

SOLUTION = {"language": "python", "code": RIGHT}


@pytest.fixture
def task(alice: UUID) -> Row:
    """A task that Alice is working on."""
    return task_in_progress(alice)


@pytest.fixture
def worker(task: Row) -> Iterator[None]:
    """An evaluator beside the web server, for as long as the test."""
    stop = threading.Event()

    def work() -> None:
        try:
            while not stop.wait(0.02):
                services.run_next(at=timezone.now())
        finally:
            connection.close()

    thread = threading.Thread(target=work)
    thread.start()
    yield
    stop.set()
    thread.join()


def submit_path(task: Row) -> str:
    return f"/v1/study-tasks/{task['id']}/submit"


@pytest.mark.django_db(transaction=True)
def test_a_caller_who_waits_gets_the_verdict(learner: Caller, task: Row, worker: None) -> None:
    """K-12, RFC 7240."""
    response = learner.post(submit_path(task), SOLUTION, prefer="wait=30")

    assert (response.status_code, response.json()["verdict"]) == (200, "accepted")
    assert response.headers["Preference-Applied"] == "wait=30"
    assert response.headers["Location"] == f"/v1/evaluations/{response.json()['id']}"


@pytest.mark.django_db(transaction=True)
def test_a_repeated_request_may_wait_for_the_same_verdict(learner: Caller, task: Row, worker: None) -> None:
    first = learner.post(submit_path(task), SOLUTION, idempotency_key="try 1")

    again = learner.post(submit_path(task), SOLUTION, idempotency_key="try 1", prefer="wait=30")

    assert (first.status_code, again.status_code) == (202, 200)
    assert again.json()["id"] == first.json()["id"]
    assert len(events_of(task, "submitted")) == 1


def test_waiting_in_vain_ends_with_202(learner: Caller, task: Row) -> None:
    response = learner.post(submit_path(task), SOLUTION, prefer="respond-async, wait=1")

    assert (response.status_code, response.json()["status"]) == (202, "queued")
    assert response.headers["Preference-Applied"] == "wait=1"


@pytest.mark.django_db(transaction=True)
def test_a_database_that_goes_away_while_a_caller_waits_does_not_hide_the_submission(
    learner: Caller, task: Row
) -> None:
    """It is recorded: a 503 would make the caller submit once more."""
    breaking = threading.Thread(target=until_a_waiting_caller_is_disconnected)
    breaking.start()

    response = learner.post(submit_path(task), SOLUTION, prefer="wait=30")

    breaking.join()
    assert (response.status_code, response.json()["status"]) == (202, "queued")
    assert "Preference-Applied" not in response.headers
    assert learner.get(response.headers["Location"]).status_code == 200


def until_a_waiting_caller_is_disconnected() -> None:
    """End the connection of a caller who waits, as a server that restarts does."""
    try:
        with connection.cursor() as cursor:
            for _ in range(1000):
                cursor.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
                    " AND pid <> pg_backend_pid() AND query LIKE 'SELECT status FROM task_evaluations WHERE id%'"
                )
                if cursor.fetchone() is not None:
                    return
                time.sleep(0.02)
    finally:
        connection.close()


@pytest.mark.parametrize(
    "preference", ["wait=x", "wait=-1", "wait=", "return=minimal", "await=5", "wait=99999"]
)
def test_other_preferences_are_ignored(learner: Caller, task: Row, preference: str) -> None:
    response = learner.post(submit_path(task), SOLUTION, prefer=preference)

    assert response.status_code == 202
    assert "Preference-Applied" not in response.headers


@pytest.mark.django_db(transaction=True)
def test_waiting_callers_leave_threads_to_the_others(learner: Caller, alice: UUID) -> None:
    """Beyond a few the preference is not honoured, so that waiting for slow code never stops the API."""
    waiting = tasks_in_progress(alice, MAX_WAITING_CALLERS + 2)

    answers = at_once(
        len(waiting), lambda: learner.post(submit_path(waiting.pop()), SOLUTION, prefer="wait=2")
    )

    assert {answer.status_code for answer in answers} == {202}
    applied = [answer for answer in answers if "Preference-Applied" in answer.headers]
    assert 1 <= len(applied) <= MAX_WAITING_CALLERS
