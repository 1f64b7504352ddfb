"""Which result of a submission stands, when it was evaluated more than once. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from evaluations.judge import Verdict
from evaluations.states import EvaluationCause


@dataclass(frozen=True, slots=True)
class Judged:
    """An evaluation that is, or is of, an attempt: never an infrastructure error."""

    id: UUID
    learner_id: UUID
    task_id: UUID
    submission_id: UUID
    cause: str
    verdict: str
    score: float
    attempt: int
    language: str
    problem_version: int | None
    created_at: datetime
    finished_at: datetime

    @property
    def rank(self) -> tuple[bool, float]:
        """Results in their order: whether everything passed, then the score (0-1)."""
        return self.verdict == Verdict.ACCEPTED, self.score


def standing_results(judged: Iterable[Judged]) -> dict[UUID, Judged]:
    """The evaluation that stands of each submission; `judged` in the order in which they were finished.

    Evaluating again can only improve a result. A rejudging replaces it, for better or worse: its tests are right, those
    before were not.
    """
    standing: dict[UUID, Judged] = {}
    for each in judged:
        before = standing.get(each.submission_id)
        if before is None or each.cause == EvaluationCause.REJUDGE or each.rank > before.rank:
            standing[each.submission_id] = each
    return standing


def best_of(standing: Iterable[Judged]) -> tuple[float, bool]:
    """The best score (0-1) of a task's submissions, and whether one of them passed."""
    ranks = [each.rank for each in standing]
    return max((score for _, score in ranks), default=0.0), any(passed for passed, _ in ranks)
