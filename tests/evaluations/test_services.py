"""What a verdict does to its task: attempts, score, completion, mastery (R089, R092, R114, K-06, K-11, K-28)."""

from uuid import UUID

import pytest

from catalog.languages import LANGUAGES, set_runtime_check
from common.errors import NotFound
from common.ids import uuid7
from evaluations import services
from evaluations.judge import CaseResult, Judgement, Verdict
from evaluations.languages import runtimes_here
from evaluations.services import (
    AttemptsExhausted,
    EvaluatedOftenEnough,
    LanguageUnavailable,
    NothingSubmitted,
    QueueFull,
    TaskNotInProgress,
)
from studypaths.generation.success import Known, updated_value
from studypaths.models import Mastery, TaskEvent
from studypaths.services import tasks
from tests.callers import Caller
from tests.evaluations.scenes import (
    asked_again,
    claimed,
    decided,
    evaluation,
    events_of,
    judged,
    stored,
    submitted,
    task_in_progress,
    tasks_in_progress,
)
from tests.studypaths.builders import MINUTE, NOON, me, new_path, new_tasks

LATER = NOON + 10 * MINUTE


# Completion


def test_a_pass_completes_the_task_at_once(alice: UUID) -> None:
    task = task_in_progress(alice)

    done = decided(task, Verdict.ACCEPTED, at=NOON + 4 * MINUTE)

    after = stored(task)
    assert (after.status, after.passed, after.score, after.attempts) == ("completed", True, 1.0, 1)
    assert after.completed_at == NOON + 4 * MINUTE
    assert after.time_spent_seconds == 180
    assert (done.verdict, done.attempt, done.score, done.error_message) == ("accepted", 1, 1.0, "")


def test_a_failure_leaves_the_task_open_until_the_last_attempt(alice: UUID) -> None:
    """K-06 `pass_or_exhausted`: the third failure completes the task, not passed."""
    task = task_in_progress(alice)

    for _ in range(2):
        decided(task, Verdict.WRONG_ANSWER, passed=1)
        assert (stored(task).status, stored(task).score) == ("in_progress", None)
    decided(task, Verdict.WRONG_ANSWER, passed=1)

    after = stored(task)
    assert (after.status, after.passed, after.attempts) == ("completed", False, 3)


def test_the_first_evaluation_completes_where_the_path_says_so(alice: UUID) -> None:
    """K-06 `first_evaluation`."""
    task = task_in_progress(alice, completion_policy="first_evaluation")

    decided(task, Verdict.WRONG_ANSWER, passed=1)

    after = stored(task)
    assert (after.status, after.passed, after.score, after.attempts) == ("completed", False, 0.25, 1)


def test_the_score_is_the_best_of_all_attempts(alice: UUID) -> None:
    task = task_in_progress(alice)

    for passed in (1, 3, 2):
        decided(task, Verdict.WRONG_ANSWER, passed=passed)

    assert stored(task).score == 0.75
    assert [event.payload["score"] for event in events_of(task, "evaluated")] == [0.25, 0.75, 0.5]


def test_a_compile_error_is_an_attempt_that_scores_0(alice: UUID) -> None:
    task = task_in_progress(alice)

    done = decided(task, Verdict.COMPILE_ERROR)

    assert (done.attempt, done.score, done.error_message) == (1, 0.0, "compile error")
    assert (stored(task).attempts, stored(task).status) == (1, "in_progress")


def test_an_infrastructure_error_is_no_attempt(alice: UUID) -> None:
    """R114: it neither counts nor scores, and the learner keeps all attempts."""
    task = task_in_progress(alice, completion_policy="first_evaluation")
    evaluation_id = submitted(task)
    at = NOON + 3 * MINUTE

    for _ in range(3):
        services.finish(claimed(at), judged(Verdict.INFRASTRUCTURE_ERROR), at=at)
        at += MINUTE

    done = evaluation(evaluation_id)
    assert (done.status, done.verdict, done.attempt, done.score) == (
        "done",
        "infrastructure_error",
        None,
        None,
    )
    assert (done.test_cases_passed, done.test_cases_total) == (None, None)
    assert (stored(task).status, stored(task).attempts) == ("in_progress", 0)
    assert decided(task, Verdict.ACCEPTED, at=at).attempt == 1


def test_the_error_message_names_the_place_without_the_learners_text(alice: UUID) -> None:
    task = task_in_progress(alice)

    visible = decided(task, Verdict.WRONG_ANSWER, passed=1)
    hidden = decided(task, Verdict.TIME_LIMIT, passed=2)

    assert visible.error_message == "wrong answer at test visible-2"
    assert hidden.error_message == "time limit at a hidden test (edge)"


# Mastery


def test_completion_moves_the_mastery_of_every_topic(alice: UUID) -> None:
    """R092: by the model of `success`, written in the transaction of the verdict."""
    first, second = tasks_in_progress(alice, 2)

    decided(first, Verdict.ACCEPTED)
    once = Mastery.objects.get(learner_id=alice, topic="string-scan")
    decided(second, Verdict.ACCEPTED)
    twice = Mastery.objects.get(learner_id=alice, topic="string-scan")

    assert (once.value, once.observations) == (updated_value(None, difficulty=1, passed=True), 1)
    known = Known(once.value, 1)
    assert (twice.value, twice.observations) == (updated_value(known, difficulty=1, passed=True), 2)
    assert twice.value > once.value


def test_an_attempt_that_does_not_complete_moves_no_mastery(alice: UUID) -> None:
    task = task_in_progress(alice)

    decided(task, Verdict.WRONG_ANSWER, passed=3)

    assert not Mastery.objects.filter(learner_id=alice).exists()


# What may be submitted


def test_undecided_submissions_count_as_attempts(alice: UUID) -> None:
    """A learner cannot get a fourth attempt by being quick."""
    task = task_in_progress(alice)
    decided(task, Verdict.WRONG_ANSWER)
    submitted(task)
    submitted(task)

    with pytest.raises(AttemptsExhausted, match="3 attempts"):
        submitted(task)

    assert len(events_of(task, "submitted")) == 3


def test_code_is_taken_while_the_task_is_in_progress_only(alice: UUID) -> None:
    scheduled = new_tasks(alice, new_path(alice)["id"], problem_id="shout")[0]
    completed = task_in_progress(alice)
    decided(completed, Verdict.ACCEPTED)

    for task, status in ((scheduled, "scheduled"), (completed, "completed")):
        with pytest.raises(TaskNotInProgress, match=status):
            submitted(task)


def test_a_language_that_the_problem_has_no_entry_point_for_is_refused(alice: UUID) -> None:
    task = task_in_progress(alice)

    with pytest.raises(LanguageUnavailable, match="python, javascript"):
        submitted(task, language="cobol")


def test_a_language_without_a_runtime_here_is_refused(alice: UUID) -> None:
    task = task_in_progress(alice)
    set_runtime_check(lambda: {language: language == "python" for language in LANGUAGES})
    try:
        with pytest.raises(LanguageUnavailable, match="available: python"):
            submitted(task, language="javascript")
    finally:
        set_runtime_check(runtimes_here)

    assert events_of(task, "submitted") == []


def test_a_task_without_a_problem_of_the_catalogue_takes_no_code(alice: UUID) -> None:
    task = new_tasks(alice, new_path(alice)["id"], problem_id="a-lesson")[0]
    tasks.start_task(learner_id=alice, task_id=task["id"], by=me(alice), at=NOON + MINUTE)

    with pytest.raises(LanguageUnavailable, match="no problem"):
        submitted(task)


def test_a_task_of_another_learner_does_not_exist(alice: UUID, stranger: Caller) -> None:
    task = task_in_progress(alice)
    assert stranger.learner_id is not None

    with pytest.raises(NotFound):
        submitted({**task, "learner_id": stranger.learner_id})
    with pytest.raises(NotFound):
        asked_again({**task, "learner_id": stranger.learner_id})


def test_no_more_than_ten_evaluations_of_a_learner_wait(alice: UUID, bob: UUID) -> None:
    """K-13: 429 beyond the cap, for this learner only."""
    for task in tasks_in_progress(alice, 10):
        submitted(task)
    eleventh = task_in_progress(alice, at=NOON)

    with pytest.raises(QueueFull) as refusal:
        submitted(eleventh)

    assert refusal.value.headers["Retry-After"] == "5"
    submitted(task_in_progress(bob))


def test_a_running_evaluation_does_not_count_as_waiting(alice: UUID) -> None:
    first, *others = tasks_in_progress(alice, 11)
    submitted(first)
    claimed()
    for task in others:
        submitted(task)

    with pytest.raises(QueueFull):
        submitted(others[0])


# Evaluating again


def test_evaluating_again_changes_neither_attempts_nor_outcome(alice: UUID) -> None:
    """R078, K-11."""
    task = task_in_progress(alice)
    first = decided(task, Verdict.ACCEPTED)
    before = stored(task)
    mastery = Mastery.objects.get(learner_id=alice).value

    again = asked_again(task)
    services.finish(claimed(NOON + 6 * MINUTE), judged(Verdict.WRONG_ANSWER, passed=1), at=NOON + 6 * MINUTE)

    after, repeated = stored(task), evaluation(again)
    assert (after.status, after.score, after.passed, after.attempts, after.completed_at) == (
        "completed", 1.0, True, 1, before.completed_at,
    )  # fmt: skip
    assert (repeated.cause, repeated.submission_id) == ("repeat", first.submission_id)
    assert (repeated.verdict, repeated.attempt) == ("wrong_answer", 1)
    assert Mastery.objects.get(learner_id=alice).value == mastery


def test_a_pass_found_by_evaluating_again_completes_an_open_task(alice: UUID) -> None:
    """A test that was too strict was corrected: the learner need not submit the same code again."""
    task = task_in_progress(alice)
    decided(task, Verdict.WRONG_ANSWER, passed=3)

    asked_again(task)
    services.finish(claimed(LATER), judged(Verdict.ACCEPTED), at=LATER)

    after = stored(task)
    assert (after.status, after.passed, after.score, after.attempts) == ("completed", True, 1.0, 1)


def test_what_was_never_submitted_cannot_be_evaluated_again(alice: UUID) -> None:
    with pytest.raises(NothingSubmitted):
        asked_again(task_in_progress(alice))


def test_a_skipped_task_is_not_evaluated_again(alice: UUID) -> None:
    task = task_in_progress(alice)
    decided(task, Verdict.WRONG_ANSWER)
    tasks.skip_task(learner_id=alice, task_id=task["id"], reason="", by=me(alice), at=LATER)

    with pytest.raises(TaskNotInProgress, match="skipped"):
        asked_again(task, at=LATER)


def test_evaluating_again_cannot_dodge_the_queue_cap(alice: UUID) -> None:
    first, *others = tasks_in_progress(alice, 11)
    decided(first, Verdict.WRONG_ANSWER)
    for task in others:
        submitted(task)

    with pytest.raises(QueueFull):
        asked_again(first)


def test_a_submission_is_evaluated_again_three_times_at_most(alice: UUID) -> None:
    """Each time copies up to 64 KiB of code into the log. A new submission may be evaluated again three times too."""
    task = task_in_progress(alice)
    decided(task, Verdict.WRONG_ANSWER)
    for _ in range(3):
        asked_again(task)

    with pytest.raises(EvaluatedOftenEnough):
        asked_again(task)

    assert len(events_of(task, "evaluation_requested")) == 3
    submitted(task, at=LATER)
    assert evaluation(asked_again(task, at=LATER)).cause == "repeat"


# What may be known of hidden tests


def test_figures_of_hidden_tests_are_rounded_up(alice: UUID) -> None:
    """Exact ones would let code tell a hidden input by the time and the memory that it spends on it."""
    task = task_in_progress(alice)
    evaluation_id = submitted(task)
    figures = {"visible-1": (3, 9001), "visible-2": (120, 9002), "hidden-1": (51, 8193), "hidden-2": (0, 0)}
    cases = tuple(
        CaseResult(name, name.startswith("visible"), "edge", Verdict.ACCEPTED, *figure)
        for name, figure in figures.items()
    )

    services.finish(claimed(), Judgement(Verdict.ACCEPTED, cases, 4, 4, 120, 9), at=LATER)

    done = evaluation(evaluation_id)
    assert {case["id"]: (case["runtime_ms"], case["memory_kb"]) for case in done.cases} == {
        "visible-1": (3, 9001),
        "visible-2": (120, 9002),
        "hidden-1": (100, 12288),
        "hidden-2": (0, 0),
    }
    assert (done.runtime_ms, done.memory_mb) == (150, 12)
    [event] = events_of(task, "evaluated")
    assert event.payload["cases"] == done.cases


def test_the_first_verdict_of_a_submission_is_an_attempt_even_when_it_was_asked_for_again(
    alice: UUID,
) -> None:
    """Otherwise a breakdown of the evaluator would give attempts for nothing."""
    task = task_in_progress(alice, completion_policy="first_evaluation")
    submitted(task)
    at = NOON + 3 * MINUTE
    for _ in range(3):
        services.finish(claimed(at), judged(Verdict.INFRASTRUCTURE_ERROR), at=at)
        at += MINUTE

    again = asked_again(task, at=at)
    services.finish(claimed(at), judged(Verdict.WRONG_ANSWER, passed=2), at=at)

    assert evaluation(again).attempt == 1
    after = stored(task)
    assert (after.status, after.attempts, after.score) == ("completed", 1, 0.5)


def test_an_unknown_task_cannot_be_submitted_to(alice: UUID) -> None:
    with pytest.raises(NotFound):
        submitted({"id": uuid7(), "learner_id": alice})

    assert not TaskEvent.objects.filter(event_type="submitted").exists()
