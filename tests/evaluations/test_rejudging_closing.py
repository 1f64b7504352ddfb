"""Closing a rejudging: what is recorded is recorded once, and nothing of what is discarded."""

from contextlib import AbstractContextManager
from typing import Any
from uuid import UUID

import pytest
from django.db import OperationalError, connection
from structlog.testing import capture_logs

from evaluations import services
from evaluations.models import Rejudging, RejudgingItem
from evaluations.rejudging import judging
from evaluations.rejudging.applying import (
    apply_batch,
    apply_batches,
    begin_applying,
    discard_rejudging,
)
from evaluations.rejudging.selection import (
    RejudgingRefused,
    left_over,
)
from studypaths.models import TaskEvent
from tests.conftest import new_learner
from tests.evaluations.rejudged import (
    ACCEPTED,
    HALF,
    LATER,
    NOTHING,
    SAM,
    applied,
    begun,
    new_tests,
    ready,
    states_of,
    tried,
)
from tests.evaluations.scenes import (
    asked_again,
    at_once,
    claimed,
    events_of,
    judged,
    stored,
    task_in_progress,
    tasks_in_progress,
)


def test_an_item_is_stale_once_its_submission_was_judged_anew(alice: UUID) -> None:
    task = task_in_progress(alice)
    tried(task, NOTHING)
    new_tests()
    rejudging = ready()
    asked_again(task, at=LATER)
    services.finish(claimed(LATER), judged(*HALF), at=LATER)

    applied(rejudging)

    assert states_of(rejudging) == ["stale"]
    assert left_over(rejudging) == 1


def test_an_item_is_stale_while_its_submission_is_being_judged(alice: UUID) -> None:
    task = task_in_progress(alice)
    tried(task, NOTHING)
    new_tests()
    rejudging = ready()
    asked_again(task, at=LATER)

    applied(rejudging)

    assert states_of(rejudging) == ["stale"]


def test_applying_twice_changes_nothing_twice(alice: UUID) -> None:
    task = task_in_progress(alice)
    [old] = tried(task, ACCEPTED)
    new_tests()
    rejudging = applied(ready({old: HALF}))

    apply_batches(rejudging_id=rejudging.id, at=LATER)
    with pytest.raises(RejudgingRefused, match="is applied"):
        begin_applying(rejudging_id=rejudging.id, by=SAM, at=LATER)

    assert len(events_of(task, "rejudged")) == 1


@pytest.mark.django_db(transaction=True)
def test_applying_at_once_records_each_change_once(alice: UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    """Small batches, so that those who apply come into each other's way."""
    monkeypatch.setattr("evaluations.rejudging.applying.BATCH", 3)
    learners = [alice, *(new_learner(f"learner {number}") for number in range(4))]
    for learner_id in learners:
        for task in tasks_in_progress(learner_id, 3):
            tried(task, ACCEPTED)
    new_tests()
    rejudging = ready(otherwise=HALF)
    begin_applying(rejudging_id=rejudging.id, by=SAM, at=LATER)

    at_once(4, lambda: apply_batches(rejudging_id=rejudging.id, at=LATER))

    rejudging.refresh_from_db()
    assert rejudging.state == "applied"
    assert states_of(rejudging) == ["applied"] * 15
    rejudged = TaskEvent.objects.filter(event_type="rejudged").values_list("task_id", flat=True)
    assert len(rejudged) == len(set(rejudged)) == 15


def test_applying_goes_on_after_a_kill(alice: UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever applied it is gone after the first batch; somebody calls it again."""
    monkeypatch.setattr("evaluations.rejudging.applying.BATCH", 2)
    for task in tasks_in_progress(alice, 3):
        tried(task, ACCEPTED)
    new_tests()
    rejudging = ready(otherwise=HALF)
    begin_applying(rejudging_id=rejudging.id, by=SAM, at=LATER)
    rejudging.refresh_from_db()
    apply_batch(rejudging, at=LATER)
    assert sorted(states_of(rejudging)) == ["applied", "applied", "judged"]

    apply_batches(rejudging_id=rejudging.id, at=LATER)

    assert states_of(rejudging) == ["applied"] * 3
    assert TaskEvent.objects.filter(event_type="rejudged").count() == 3


def test_discarding_drops_what_was_judged_and_changes_nobody(alice: UUID) -> None:
    task = task_in_progress(alice)
    [old] = tried(task, ACCEPTED)
    before = stored(task)
    new_tests()
    rejudging = ready({old: HALF})

    discard_rejudging(rejudging_id=rejudging.id, by=SAM, at=LATER)

    assert stored(task).version == before.version
    item = RejudgingItem.objects.get()
    assert (item.report, item.new_facts) == (None, {})
    with pytest.raises(RejudgingRefused, match="is discarded"):
        begin_applying(rejudging_id=rejudging.id, by=SAM, at=LATER)


def test_a_rejudging_can_be_discarded_while_it_is_judged(alice: UUID) -> None:
    tried(task_in_progress(alice), HALF)
    new_tests()
    rejudging = begun()
    running = judging.claim_item(at=LATER)
    assert running is not None

    discard_rejudging(rejudging_id=rejudging.id, by=SAM, at=LATER)
    judging.keep(running, judged(*ACCEPTED), at=LATER)

    assert states_of(rejudging) == ["cancelled"]
    assert judging.claim_item(at=LATER) is None


@pytest.fixture
def unreadable(alice: UUID, bob: UUID) -> Rejudging:
    """Three results that change, that of Alice's second task without the facts that applying records."""
    first, second = tasks_in_progress(alice, 2)
    tried(first, ACCEPTED)
    [broken] = tried(second, ACCEPTED)
    tried(task_in_progress(bob), ACCEPTED)
    new_tests()
    rejudging = ready(otherwise=HALF)
    RejudgingItem.objects.filter(evaluation_id=broken).update(new_facts={})
    return rejudging


def test_a_change_that_cannot_be_recorded_fails_alone(unreadable: Rejudging) -> None:
    with capture_logs() as logs:
        applied(unreadable)

    assert unreadable.state == "applied"
    assert states_of(unreadable) == ["applied", "failed", "applied"]
    failed = unreadable.items.get(state="failed")
    assert failed.message == "The change could not be recorded."
    assert [each["rejudging_items"] for each in logs if "rejudging_items" in each] == [[str(failed.id)]]
    assert TaskEvent.objects.filter(event_type="rejudged", task_id=failed.task_id).count() == 0
    assert TaskEvent.objects.filter(event_type="rejudged").count() == 2
    assert left_over(unreadable) == 1


def test_when_the_database_is_to_blame_no_item_fails(alice: UUID) -> None:
    """A lock that somebody holds for too long: whoever applies next goes on."""
    tried(task_in_progress(alice), ACCEPTED)
    new_tests()
    rejudging = ready(otherwise=HALF)
    begin_applying(rejudging_id=rejudging.id, by=SAM, at=LATER)

    with pytest.raises(OperationalError), refusing_to_write():
        apply_batches(rejudging_id=rejudging.id, at=LATER)

    assert states_of(rejudging) == ["judged"]
    apply_batches(rejudging_id=rejudging.id, at=LATER)
    assert states_of(rejudging) == ["applied"]


def refusing_to_write() -> AbstractContextManager[None]:
    """Statements that lock rows fail, as they do when the server gives up waiting."""

    def refuse(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if "FOR UPDATE" in sql:
            raise OperationalError("canceling statement due to lock timeout")
        return execute(sql, params, many, context)

    return connection.execute_wrapper(refuse)
