"""What a rejudging shows before somebody decides."""

from uuid import UUID

import pytest

from evaluations.judge import Verdict
from evaluations.models import Rejudging
from evaluations.rejudging import judging, views
from evaluations.rejudging.applying import (
    preview,
)
from evaluations.rejudging.views import changed_items, changes_of, counts_of, matrix_of
from studypaths.models import StudyTask, TaskEvent
from tests.evaluations.rejudged import (
    ACCEPTED,
    HALF,
    LATER,
    NOTHING,
    applied,
    begun,
    mastery_of,
    new_tests,
    ready,
    tried,
)
from tests.evaluations.scenes import (
    judged,
    task_in_progress,
    tasks_in_progress,
)


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


def told_of(rejudging: Rejudging, size: int) -> list[tuple[str, ...]]:
    """What follows of each change, looked at so many at a time."""
    items = list(changed_items(rejudging))
    pages = [items[start : start + size] for start in range(0, len(items), size)]
    return [change.follows for page in pages for change in changes_of(rejudging, page, at=LATER)]


def test_what_follows_is_the_same_however_the_changes_are_paged(alice: UUID, bob: UUID) -> None:
    """The mastery of a learner sets out from what the learner's changes on earlier pages made of it."""
    for learner_id in (alice, bob):
        for task in tasks_in_progress(learner_id, 3):
            tried(task, ACCEPTED)
    new_tests()
    rejudging = ready(otherwise=HALF)

    whole = told_of(rejudging, 6)

    assert len(set(whole)) == 3
    assert [told_of(rejudging, size) for size in (1, 2, 4, 5)] == [whole] * 4


def test_after_too_many_changes_of_a_learner_it_is_said_that_nothing_was_worked_out(
    alice: UUID, bob: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "EARLIER_AT_MOST", 1)
    for learner_id, count in zip(sorted((alice, bob)), (3, 1), strict=True):
        for task in tasks_in_progress(learner_id, count):
            tried(task, ACCEPTED)
    new_tests()
    rejudging = ready(otherwise=HALF)

    *before, too_late, of_the_other = told_of(rejudging, 2)

    assert too_late == views.TOO_MANY_BEFORE
    assert all("the task is not passed any more" in each for each in (*before, of_the_other))
