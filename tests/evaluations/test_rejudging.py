"""Rejudging: who is judged again, what applying does to a record, and that it does it once."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from accounts.services import destroy_data_key
from evaluations import services
from evaluations.judge import Verdict
from evaluations.models import Rejudging, RejudgingItem, TaskEvaluation
from evaluations.rejudging import judging, selection
from evaluations.rejudging.applying import (
    apply_batch,
    apply_batches,
    begin_applying,
    discard_rejudging,
    preview,
)
from evaluations.rejudging.selection import (
    RejudgingRefused,
    left_over,
    plan_rejudging,
    start_rejudging,
)
from evaluations.rejudging.views import changed_items, counts_of, matrix_of
from studypaths.mastery import folded_mastery, mastery_after
from studypaths.models import Mastery, StudyTask, TaskEvent
from studypaths.services import tasks
from studypaths.states import TaskStatus
from tests.conftest import new_learner
from tests.evaluations.rejudged import (
    LATER,
    SAM,
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
    asked_again,
    at_once,
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

ACCEPTED = (Verdict.ACCEPTED, 4)
HALF = (Verdict.WRONG_ANSWER, 2)
NOTHING = (Verdict.WRONG_ANSWER, 0)


def mastery_of(learner_id: UUID) -> tuple[float, int]:
    return Mastery.objects.values_list("value", "observations").get(learner_id=learner_id)


def folded(*passed: bool) -> tuple[float, int]:
    """Mastery after tasks of difficulty 1 with these outcomes."""
    after = folded_mastery((1, each) for each in passed)
    return after["value"], after["observations"]


# What applying does


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


# Who is judged


def test_a_rejudging_can_be_limited_to_a_language_and_a_time(alice: UUID) -> None:
    first, second = tasks_in_progress(alice, 2)
    tried(first, HALF)
    submitted(second, "const shout = 1", language="javascript", at=LATER)
    services.finish(claimed(LATER), judged(*HALF), at=LATER)
    new_tests()

    languages = [
        list(plan_rejudging(problem_id="shout", language=each).standing())
        for each in ("python", "javascript")
    ]
    since = plan_rejudging(problem_id="shout", since=NOON + 10 * MINUTE).standing()

    assert [each.language for (each,) in languages] == ["python", "javascript"]
    assert [each.language for each in since] == ["javascript"]


def test_submissions_are_read_and_written_a_few_at_a_time(
    alice: UUID, bob: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More than are read at once, each once, and none that was confirmed before."""
    monkeypatch.setattr(selection, "ITEMS_PER_STATEMENT", 2)
    tried(task_in_progress(alice), HALF, HALF, HALF)
    new_tests()
    confirmed = applied(ready(otherwise=HALF))
    tried(task_in_progress(bob, at=LATER + MINUTE), HALF, HALF, HALF, at=LATER + 3 * MINUTE)

    newer = begun(at=LATER + 9 * MINUTE)

    assert list(confirmed.items.values_list("state", flat=True)) == ["confirmed"] * 3
    assert sorted(newer.items.values_list("learner_id", "old_version")) == [(bob, 1)] * 3


def test_what_is_left_is_counted_within_the_limits_of_the_rejudging(alice: UUID) -> None:
    early, late, later = tasks_in_progress(alice, 3)
    tried(early, HALF)
    tried(late, HALF, at=LATER)
    new_tests()
    rejudging = ready(since=NOON + 10 * MINUTE, at=LATER + MINUTE)
    tried(later, HALF, at=LATER + 2 * MINUTE)

    applied(rejudging, at=LATER + 3 * MINUTE)

    assert left_over(rejudging) == 1


def test_what_the_old_tests_are_still_judging_is_left_over_too(alice: UUID) -> None:
    early, late = tasks_in_progress(alice, 2)
    tried(early, HALF)
    new_tests()
    rejudging = ready()
    submitted(late)

    applied(rejudging)

    assert left_over(rejudging) == 1


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        ({"problem_id": "nonsense"}, "There is no problem nonsense"),
        ({"problem_id": "shout", "version": 9}, "in version 9"),
        ({"problem_id": "shout"}, "Nothing was submitted to shout"),
    ],
)
def test_what_cannot_be_rejudged_is_said(alice: UUID, limits: dict[str, Any], said: str) -> None:
    with pytest.raises(RejudgingRefused, match=said):
        plan_rejudging(**limits)


def test_what_the_version_judged_already_is_left_out_unless_asked_for(alice: UUID) -> None:
    tried(task_in_progress(alice), HALF)

    with pytest.raises(RejudgingRefused, match="version 1 did not judge"):
        plan_rejudging(problem_id="shout")

    assert len(list(plan_rejudging(problem_id="shout", same_version=True).standing())) == 1


def test_an_infrastructure_error_is_no_result_that_could_change(alice: UUID) -> None:
    submitted(task_in_progress(alice))
    for minutes in (3, 4, 5):
        at = NOON + minutes * MINUTE
        services.finish(claimed(at), judged(Verdict.INFRASTRUCTURE_ERROR), at=at)
    new_tests()

    with pytest.raises(RejudgingRefused, match="Nothing was submitted"):
        plan_rejudging(problem_id="shout")


def test_one_rejudging_of_a_problem_is_open_at_a_time(alice: UUID) -> None:
    tried(task_in_progress(alice), HALF)
    new_tests()
    plan = plan_rejudging(problem_id="shout")
    begun()

    with pytest.raises(RejudgingRefused, match="apply or discard it first"):
        plan_rejudging(problem_id="shout", language="python")
    with pytest.raises(RejudgingRefused, match="has just begun"):
        start_rejudging(plan=plan, reason="", by=SAM, at=LATER, wake=False)


# Judging


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


# Closing


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


# Showing


def test_the_preview_is_what_applying_then_does(alice: UUID, bob: UUID) -> None:
    """Changes nothing, and says it exactly: one definition of what applying does."""
    first, second = tasks_in_progress(alice, 2)
    [wrong] = tried(first, ACCEPTED)
    tried(second, HALF)
    tried(task_in_progress(bob), HALF, NOTHING)
    new_tests()
    rejudging = ready({wrong: NOTHING})

    effects = preview(rejudging, list(changed_items(rejudging)), at=LATER)
    assert not TaskEvent.objects.filter(event_type="rejudged").exists()
    applied(rejudging)

    last = {effect.after["id"]: effect.after for effect in effects if effect.after}
    for task_id, told in last.items():
        row = StudyTask.objects.get(id=task_id)
        assert (row.status, row.score, row.passed) == (told["status"], told["score"], told["passed"])
    told_mastery = {
        effect.after["learner_id"]: effect.mastery for effect in effects if effect.after and effect.mastery
    }
    assert {learner_id: each["string-scan"][1] for learner_id, each in told_mastery.items() if each} == {
        alice: mastery_of(alice)[0],
        bob: mastery_of(bob)[0],
    }


def test_the_matrix_counts_verdicts_old_and_new(alice: UUID) -> None:
    for task in tasks_in_progress(alice, 3):
        tried(task, HALF)
    new_tests()
    rejudging = begun()
    for result in (ACCEPTED, ACCEPTED, (Verdict.TIME_LIMIT, 1)):
        item = judging.claim_item(at=LATER)
        assert item is not None
        judging.keep(item, judged(*result), at=LATER)

    matrix = matrix_of(rejudging)

    assert (matrix.columns, matrix.rows) == (("time_limit", "accepted"), (("wrong_answer", (1, 2)),))
    counts = counts_of([rejudging.id])[rejudging.id]
    assert (counts.total, counts.judged, counts.changed) == (3, 3, 3)
