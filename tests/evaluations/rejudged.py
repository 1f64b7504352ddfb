"""What the tests of rejudging share: `shout` with other tests, and rejudgings with hand-made or real results."""

from datetime import datetime
from typing import Any
from uuid import UUID

from evaluations import services
from evaluations.judge import Verdict
from evaluations.models import Rejudging, RejudgingItem
from evaluations.rejudging import judging
from evaluations.rejudging.applying import apply_batches, begin_applying
from evaluations.rejudging.selection import plan_rejudging, start_rejudging
from studypaths.mastery import folded_mastery
from studypaths.models import Mastery
from studypaths.projection import Row
from tests.catalog.samples import imported
from tests.evaluations.scenes import HIDDEN_EXPECTED, HIDDEN_INPUT, RIGHT, claimed, judged, submitted
from tests.studypaths.builders import MINUTE, NOON

LATER = NOON + 60 * MINUTE
SAM = "person:sam"
ACCEPTED = (Verdict.ACCEPTED, 4)
HALF = (Verdict.WRONG_ANSWER, 2)
NOTHING = (Verdict.WRONG_ANSWER, 0)


def new_tests(**changes: Any) -> None:
    """Another version of `shout`: as it is in scenes.py, but for what `changes` says."""
    visible = [{"input": {"text": "ab"}, "expected": "AB"}, {"input": {"text": "abc"}, "expected": "ABC"}]
    hidden = [{"input": {"text": HIDDEN_INPUT}, "expected": HIDDEN_EXPECTED, "category": "edge"}]
    imported(
        {
            "id": "shout",
            "title": "Shout",
            "statement": "Return the text in upper case.",
            "params": ["text"],
            "entry_points": {"python": "shout", "javascript": "shout"},
            "starter": ...,
            "visible_tests": visible,
            "hidden_tests": hidden,
            "solutions": {"python": RIGHT, "javascript": "const shout = (text) => text.toUpperCase();\n"},
            **changes,
        }
    )


def tried(task: Row, *results: tuple[Verdict, int], at: datetime = NOON + 2 * MINUTE) -> list[UUID]:
    """Submissions of the task with these results, one after the other; the ids of their evaluations."""
    ids = []
    for minutes, (verdict, passed) in enumerate(results):
        when = at + minutes * MINUTE
        ids.append(submitted(task, at=when))
        services.finish(claimed(when), judged(verdict, passed), at=when)
    return ids


def begun(*, at: datetime = LATER, **limits: Any) -> Rejudging:
    """A rejudging of `shout`; nobody is told to judge it."""
    plan = plan_rejudging(problem_id="shout", **limits)
    return start_rejudging(plan=plan, reason="A test was wrong.", by=SAM, at=at, wake=False)


def ready(
    results: dict[UUID, tuple[Verdict, int]] | None = None,
    *,
    otherwise: tuple[Verdict, int] = (Verdict.ACCEPTED, 4),
    at: datetime = LATER,
    **limits: Any,
) -> Rejudging:
    """A rejudging that is judged: by evaluation that stood, the new verdict and how many tests passed."""
    rejudging = begun(at=at, **limits)
    while (item := judging.claim_item(at=at)) is not None:
        evaluation_id = RejudgingItem.objects.get(id=item.id).evaluation_id
        judging.keep(item, judged(*(results or {}).get(evaluation_id, otherwise)), at=at)
    rejudging.refresh_from_db()
    return rejudging


def applied(rejudging: Rejudging, *, at: datetime = LATER) -> Rejudging:
    """The rejudging once it is applied."""
    begin_applying(rejudging_id=rejudging.id, by=SAM, at=at)
    apply_batches(rejudging_id=rejudging.id, at=at)
    rejudging.refresh_from_db()
    return rejudging


def states_of(rejudging: Rejudging) -> list[str]:
    """The states of the items, those of the oldest evaluations first."""
    items = RejudgingItem.objects.filter(rejudging=rejudging).order_by("evaluation_id")
    return list(items.values_list("state", flat=True))


def mastery_of(learner_id: UUID) -> tuple[float, int]:
    """The value and the observations of the learner's only topic."""
    return Mastery.objects.values_list("value", "observations").get(learner_id=learner_id)


def folded(*passed: bool) -> tuple[float, int]:
    """Mastery after tasks of difficulty 1 with these outcomes."""
    after = folded_mastery((1, each) for each in passed)
    return after["value"], after["observations"]
