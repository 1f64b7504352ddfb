"""Beginning a rejudging: who is judged again, and what is refused."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, transaction

from evaluations import services
from evaluations.judge import Verdict
from evaluations.models import Rejudging
from evaluations.rejudging import selection
from evaluations.rejudging.selection import (
    Plan,
    RejudgingRefused,
    left_over,
    plan_rejudging,
    start_rejudging,
)
from tests.evaluations.rejudged import (
    HALF,
    LATER,
    SAM,
    applied,
    begun,
    new_tests,
    ready,
    tried,
)
from tests.evaluations.scenes import (
    claimed,
    judged,
    submitted,
    task_in_progress,
    tasks_in_progress,
)
from tests.studypaths.builders import MINUTE, NOON


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
    with pytest.raises(RejudgingRefused, match="apply or discard it first"):
        start_rejudging(plan=plan, reason="", by=SAM, at=LATER, wake=False)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("languages", [("", "python"), ("python", "")])
def test_of_two_that_begin_at_once_one_is_refused(alice: UUID, languages: tuple[str, str]) -> None:
    """All languages and one of them: whoever is second waits for the first to commit, and then sees it."""
    tried(task_in_progress(alice), HALF)
    new_tests()
    first, second = (plan_rejudging(problem_id="shout", language=each) for each in languages)

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            start_rejudging(plan=first, reason="", by=SAM, at=LATER, wake=False)
            beginning = pool.submit(started_elsewhere, second)
            while not (beginning.done() or somebody_waits_for_a_lock()):
                pass
        with pytest.raises(RejudgingRefused, match="apply or discard it first"):
            beginning.result()

    assert list(Rejudging.objects.values_list("language", flat=True)) == [languages[0]]


def started_elsewhere(plan: Plan) -> Rejudging:
    """Begun by another connection, that of this thread."""
    try:
        return start_rejudging(plan=plan, reason="", by=SAM, at=LATER, wake=False)
    finally:
        connection.close()


def somebody_waits_for_a_lock() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_locks WHERE NOT granted AND locktype = 'advisory'")
        return cursor.fetchone() is not None
