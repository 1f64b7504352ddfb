"""Questions about rejudgings: progress, the matrix of verdicts, who changes and what follows."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any
from uuid import UUID

from django.db.models import Count, QuerySet

from accounts.models import Learner
from evaluations.judge import WORST_FIRST
from evaluations.models import Rejudging, RejudgingItem
from evaluations.rejudging.applying import Effect, preview
from evaluations.states import ItemState, RejudgingState
from studypaths.states import TaskStatus

UNJUDGED = (ItemState.WAITING, ItemState.RUNNING)
PREVIEWED_AT_ONCE = 200
EARLIER_AT_MOST = 500
TOO_MANY_BEFORE = (f"not worked out: more than {EARLIER_AT_MOST} changes of the learner come before",)


@dataclass(frozen=True, slots=True)
class Counts:
    """How many items of a rejudging are in which state; `changed` of those that were judged."""

    states: dict[str, int]
    changed: int

    @property
    def total(self) -> int:
        return sum(self.states.values())

    @property
    def judged(self) -> int:
        """Those that need no judging any more, whatever came of it."""
        return self.total - sum(self.states.get(state, 0) for state in UNJUDGED)

    def of(self, state: ItemState) -> int:
        return self.states.get(state, 0)


def counts_of(rejudging_ids: Iterable[UUID]) -> dict[UUID, Counts]:
    """The counts of each rejudging; one statement."""
    ids = list(rejudging_ids)
    states: dict[UUID, dict[str, int]] = {each: {} for each in ids}
    changed = dict.fromkeys(ids, 0)
    items = RejudgingItem.objects.filter(rejudging_id__in=ids).order_by()
    grouped = items.values_list("rejudging_id", "state", "changed").annotate(items=Count("id"))
    for rejudging_id, state, differs, count in grouped:
        states[rejudging_id][state] = states[rejudging_id].get(state, 0) + count
        changed[rejudging_id] += count if differs else 0
    return {each: Counts(states[each], changed[each]) for each in ids}


@dataclass(frozen=True, slots=True)
class Matrix:
    """How many submissions went from which verdict (row) to which (column), the worst verdicts first."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[int, ...]], ...]

    def marked(self) -> list[tuple[str, list[tuple[int, bool]]]]:
        """The rows, each count with whether it is of an unchanged verdict."""
        return [
            (old, [(count, old == new) for new, count in zip(self.columns, row, strict=True)])
            for old, row in self.rows
        ]


def matrix_of(rejudging: Rejudging) -> Matrix:
    """The matrix of what was judged; one statement."""
    items = RejudgingItem.objects.filter(rejudging=rejudging).exclude(new_verdict="").order_by()
    grouped = items.values_list("old_verdict", "new_verdict").annotate(items=Count("id"))
    cells = {(old, new): count for old, new, count in grouped}
    olds = [verdict.value for verdict in WORST_FIRST if any(old == verdict for old, _ in cells)]
    news = tuple(verdict.value for verdict in WORST_FIRST if any(new == verdict for _, new in cells))
    return Matrix(news, tuple((old, tuple(cells.get((old, new), 0) for new in news)) for old in olds))


def changed_items(rejudging: Rejudging) -> QuerySet[RejudgingItem]:
    """The items whose result is another, those of a learner together."""
    items = RejudgingItem.objects.filter(rejudging=rejudging, changed=True)
    return items.order_by("learner_id", "evaluation_id")


@dataclass(frozen=True, slots=True)
class Change:
    """One submission with what applying the rejudging would do, or did, for people to read."""

    item: RejudgingItem
    user_id: str
    follows: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        item = self.item
        return {
            "user_id": self.user_id,
            "task_id": item.task_id,
            "submission_id": item.submission_id,
            "language": item.language,
            "state": item.state,
            "old": {"version": item.old_version, "verdict": item.old_verdict, "score": item.old_score},
            "new": {"verdict": item.new_verdict or None, "score": item.new_score},
            "follows": list(self.follows),
            "message": item.message,
        }


def changes_of(rejudging: Rejudging, items: Sequence[RejudgingItem], *, at: datetime) -> list[Change]:
    """The items with the names of their learners, and what would follow while that is still to be decided.

    `items` are in the order of `changed_items`, from any place on. A fixed number of statements for any number of them.
    """
    names = dict(
        Learner.objects.filter(id__in={item.learner_id for item in items}).values_list("id", "user_id")
    )
    to_decide = rejudging.state in (RejudgingState.READY, RejudgingState.JUDGING)
    judged = [item for item in items if item.state == ItemState.JUDGED and item.changed and to_decide]
    follows = _follows(rejudging, judged, at=at) if judged else {}
    return [Change(item, names[item.learner_id], follows.get(item.id, ())) for item in items]


def _follows(
    rejudging: Rejudging, items: Sequence[RejudgingItem], *, at: datetime
) -> dict[UUID, tuple[str, ...]]:
    """What would follow of each item, in words: after what changes before it for the same learner, on earlier pages."""
    first, told = items[0], {}
    earlier = _earlier(rejudging, first)
    if len(earlier) > EARLIER_AT_MOST:
        told = {item.id: TOO_MANY_BEFORE for item in items if item.learner_id == first.learner_id}
        earlier, items = [], [item for item in items if item.learner_id != first.learner_id]
    together = [*earlier, *items]
    effects = preview(rejudging, together, at=at) if together else []
    return told | {item.id: what_follows(effect) for item, effect in zip(together, effects, strict=True)}


def _earlier(rejudging: Rejudging, first: RejudgingItem) -> list[RejudgingItem]:
    """What changes before the item for its learner; one more than are worked out when there are too many."""
    of_learner = changed_items(rejudging).filter(learner_id=first.learner_id, state=ItemState.JUDGED)
    return list(of_learner.filter(evaluation_id__lt=first.evaluation_id)[: EARLIER_AT_MOST + 1])


def all_changes(rejudging: Rejudging, *, at: datetime) -> Iterator[Change]:
    """Every change of a rejudging, read as they are asked for."""
    items = changed_items(rejudging).iterator(chunk_size=PREVIEWED_AT_ONCE)
    while some := list(islice(items, PREVIEWED_AT_ONCE)):
        yield from changes_of(rejudging, some, at=at)


def what_follows(effect: Effect) -> tuple[str, ...]:
    """The consequences of applying an item, in words."""
    if effect.state == ItemState.STALE:
        return ("skipped: it was judged anew or is being judged since",)
    if effect.before is None or effect.after is None:
        return ("skipped: the learner's data was erased",)
    before, after = effect.before, effect.after
    words = []
    if before["status"] != after["status"]:
        words.append(f"the task is completed, {'passed' if after['passed'] else 'not passed'}")
    elif before["passed"] != after["passed"]:
        words.append("the task is passed now" if after["passed"] else "the task is not passed any more")
    if before["score"] != after["score"] and after["status"] == TaskStatus.COMPLETED:
        words.append(f"score of the task {_number(before['score'])} -> {_number(after['score'])}")
    mastery = effect.mastery or {}
    words += [f"mastery of {topic} {old:g} -> {new:g}" for topic, (old, new) in sorted(mastery.items())]
    return tuple(words)


def _number(score: float | None) -> str:
    return "none" if score is None else f"{score:.4g}"
