"""Messages only wake workers: how many are sent, how long they mean something, and a broker that is away (R159)."""

import json
import socket
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import redis
from django.utils import timezone

from config.celery import app as celery
from evaluations import queue, services
from evaluations.judge import Verdict
from tests.conftest import new_learner
from tests.evaluations.scenes import (
    claimed,
    judged,
    submitted,
    task_in_progress,
    tasks_in_progress,
)
from tests.studypaths.builders import MINUTE, NOON

NOW = NOON + 3 * MINUTE
SECOND = timedelta(seconds=1)


def finish(running: queue.Claimed, verdict: Verdict = Verdict.WRONG_ANSWER, at: datetime = NOW) -> None:
    services.finish(running, judged(verdict), at=at)


Messages = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def messages(queues_are_ours: str) -> Iterator[Messages]:
    """The headers of the messages for evaluators that were sent since."""
    key = f"{queues_are_ours}evaluations"
    with redis.Redis.from_url(celery.conf.broker_url) as broker:
        broker.delete(key)
        yield lambda: [json.loads(each)["headers"] for each in broker.lrange(key, 0, -1)]
        broker.delete(key)


def test_the_sweeper_wakes_as_many_workers_as_there_is_work(
    alice: UUID, bob: UUID, messages: Messages
) -> None:
    """Alice's ten need two workers, for she has two slots, one of which is taken. Bob's wait a while yet."""
    for task in tasks_in_progress(alice, 10):
        submitted(task)
    claimed()
    submitted(task_in_progress(bob))
    finish(claimed(), Verdict.INFRASTRUCTURE_ERROR)

    services.requeue_abandoned(at=NOW)
    assert len(messages()) == 1
    services.requeue_abandoned(at=NOW + 5 * SECOND)
    assert len(messages()) == 1 + 2


def test_the_sweeper_wakes_ten_workers_at_most(alice: UUID, messages: Messages) -> None:
    learners = [alice, *(new_learner(f"learner {number}") for number in range(7))]
    for learner_id in learners:
        for task in tasks_in_progress(learner_id, 2):
            submitted(task)

    services.requeue_abandoned(at=NOW)

    assert len(messages()) == 10


def test_what_the_sweeper_sends_means_nothing_after_the_next_sweep(alice: UUID, messages: Messages) -> None:
    """Otherwise busy workers would find more and more of it, each to be followed by another."""
    submitted(task_in_progress(alice))
    before = timezone.now()

    services.requeue_abandoned(at=NOW)

    [message] = messages()
    lasts = datetime.fromisoformat(message["expires"]) - before
    assert timedelta(seconds=14) < lasts < timedelta(seconds=60)


@pytest.mark.django_db(transaction=True)
def test_a_broker_that_is_away_stops_neither_submission_nor_sweeper(
    alice: UUID, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Messages are wake-ups: the queue is the table. After the first failure the broker is left alone for a while."""
    with socket.socket() as closed_again:
        closed_again.bind(("127.0.0.1", 0))
        port = closed_again.getsockname()[1]
    monkeypatch.setattr(celery.amqp, "_producer_pool", None)
    monkeypatch.setitem(celery.conf, "broker_write_url", f"redis://127.0.0.1:{port}/0")
    first, second = tasks_in_progress(alice, 2)

    evaluation_id = submitted(first)
    submitted(second)

    told = [record.getMessage() for record in caplog.records if "worker_not_woken" in record.getMessage()]
    assert "refused" in told[0]
    assert "not answering" in told[1]
    services.requeue_abandoned(at=NOW)
    assert claimed().id == evaluation_id
