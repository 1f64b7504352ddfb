"""Judging the items of a rejudging, behind what learners wait for."""

from datetime import timedelta
from uuid import UUID

from django.utils import timezone
from pytest_django import Settings

from accounts.services import destroy_data_key
from evaluations import services
from evaluations.judge import Verdict
from evaluations.models import Rejudging, RejudgingItem
from evaluations.rejudging import judging
from evaluations.rejudging.selection import (
    left_over,
)
from studypaths.models import StudyTask, TaskEvent
from tests.evaluations.rejudged import (
    ACCEPTED,
    HALF,
    LATER,
    NOTHING,
    applied,
    begun,
    new_tests,
    ready,
    states_of,
    tried,
)
from tests.evaluations.scenes import (
    BROKEN,
    HALF_RIGHT,
    RIGHT,
    claimed,
    evaluation,
    events_of,
    judged,
    stored,
    submitted,
    task_in_progress,
    tasks_in_progress,
)
from tests.studypaths.builders import MINUTE, NOON


def test_real_code_is_judged_by_the_new_tests_on_the_side(alice: UUID) -> None:
    """Through the real sandbox: the new version asks for less than the old one did."""
    learned = tasks_in_progress(alice, 3)
    for task, code in zip(learned, (RIGHT, HALF_RIGHT, BROKEN), strict=True):
        submitted(task, code)
        services.finish(claimed(), judged(*NOTHING), at=NOON + 3 * MINUTE)
    new_tests(visible_tests=[{"input": {"text": "ab"}, "expected": "AB"}], hidden_tests=[])
    before = list(StudyTask.objects.order_by("id").values())

    rejudging = begun(at=timezone.now())
    while judging.judge_next(at=timezone.now()):
        pass

    items = RejudgingItem.objects.order_by("evaluation_id")
    assert [item.new_verdict for item in items] == ["accepted", "accepted", "compile_error"]
    assert list(StudyTask.objects.order_by("id").values()) == before
    rejudging.refresh_from_db()
    assert rejudging.state == "ready"
    applied(rejudging, at=timezone.now())
    assert [stored(task).passed for task in learned] == [True, True, None]


def test_an_item_of_a_dead_worker_is_judged_by_another_once(alice: UUID, settings: Settings) -> None:
    tried(task_in_progress(alice), HALF)
    new_tests()
    begun()
    dead = judging.claim_item(at=LATER)
    assert dead is not None
    assert judging.claim_item(at=LATER) is None

    expired = LATER + timedelta(seconds=settings.EVALUATION_LEASE_SECONDS + 1)
    judging.put_back_abandoned(at=expired)
    second = judging.claim_item(at=expired)
    assert second is not None
    judging.keep(dead, judged(*ACCEPTED), at=expired)
    judging.keep(second, judged(*NOTHING), at=expired)

    assert RejudgingItem.objects.get().new_verdict == "wrong_answer"
    assert Rejudging.objects.get().state == "ready"


def test_what_cannot_be_judged_fails_after_three_tries_and_stays_as_it_was(alice: UUID) -> None:
    task = task_in_progress(alice)
    tried(task, HALF)
    new_tests()
    rejudging = begun()
    at = LATER
    for _ in range(3):
        item = judging.claim_item(at=at)
        assert item is not None
        judging.keep(item, judged(Verdict.INFRASTRUCTURE_ERROR), at=at)
        at += MINUTE

    rejudging.refresh_from_db()
    assert (rejudging.state, states_of(rejudging)) == ("ready", ["failed"])
    applied(rejudging)
    assert events_of(task, "rejudged") == []
    assert left_over(rejudging) == 1


def test_an_item_whose_workers_keep_dying_fails(alice: UUID, settings: Settings) -> None:
    tried(task_in_progress(alice), HALF)
    new_tests()
    rejudging = begun()
    at = LATER
    for _ in range(settings.EVALUATION_MAX_DELIVERIES):
        assert judging.claim_item(at=at) is not None
        at += timedelta(seconds=settings.EVALUATION_LEASE_SECONDS + 1)
        judging.put_back_abandoned(at=at)

    rejudging.refresh_from_db()
    assert (rejudging.state, states_of(rejudging)) == ("ready", ["failed"])


def test_a_learner_waits_for_the_rest_of_one_item_however_many_there_are(alice: UUID, bob: UUID) -> None:
    """A worker that ends an item takes what a learner submitted meanwhile, then goes on with the items."""
    for task in tasks_in_progress(alice, 4):
        tried(task, HALF)
    new_tests()
    begun(at=timezone.now())
    assert judging.work_once()
    mine = submitted(task_in_progress(bob), at=timezone.now())

    assert judging.work_once()

    assert evaluation(mine).verdict == "accepted"
    assert RejudgingItem.objects.filter(state="judged").count() == 1
    judging.work_a_stint()
    assert Rejudging.objects.get().state == "ready"
    assert not judging.work_once()


def test_an_erased_learner_is_skipped_and_counted(alice: UUID, bob: UUID) -> None:
    tried(task_in_progress(alice), HALF)
    tried(task_in_progress(bob), HALF)
    new_tests()
    destroy_data_key(learner_id=bob, at=LATER)

    begun(at=timezone.now())
    while judging.judge_next(at=timezone.now()):
        pass

    [rejudging] = Rejudging.objects.all()
    assert sorted(states_of(rejudging)) == ["erased", "judged"]
    applied(rejudging, at=timezone.now())
    assert left_over(rejudging) == 0


def test_a_learner_erased_after_judging_is_skipped(alice: UUID) -> None:
    tried(task_in_progress(alice), HALF)
    new_tests()
    rejudging = ready()
    destroy_data_key(learner_id=alice, at=LATER)

    applied(rejudging)

    assert states_of(rejudging) == ["erased"]
    assert not TaskEvent.objects.filter(event_type="rejudged").exists()
