"""Closing a rejudging: what is recorded is recorded once, and nothing of what is discarded."""

from uuid import UUID

import pytest

from evaluations import services
from evaluations.models import RejudgingItem
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
