"""Beginning a rejudging: which submissions of a problem are judged, by which version of its tests."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet

from catalog.problem_bank import ProblemBankRefused, ProblemBankUnreachable, ProblemNotFound, problem_bank
from evaluations.models import Rejudging, RejudgingItem, TaskEvaluation
from evaluations.rejudging.judging import wake_workers
from evaluations.standing import Judged, standing_results
from evaluations.states import EvaluationStatus, ItemState, RejudgingState

ITEMS_PER_STATEMENT = 1_000
JUDGED_COLUMNS = tuple(field.name for field in fields(Judged))
OPEN_STATES = (RejudgingState.JUDGING, RejudgingState.READY, RejudgingState.APPLYING)


class RejudgingRefused(Exception):
    """What was asked of a rejudging cannot be done; the message says why. Nothing was changed."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A rejudging before it begins: what it is limited to, and the results that stand of its submissions."""

    problem_id: str
    to_version: int
    language: str
    since: datetime | None
    standing: tuple[Judged, ...]


def plan_rejudging(
    *,
    problem_id: str,
    version: int | None = None,
    language: str = "",
    since: datetime | None = None,
    same_version: bool = False,
) -> Plan:
    """What a rejudging by `version` (the current one when None) would judge. Changes nothing.

    Submissions whose result that version gave or confirmed already are left out unless `same_version`. Raises
    `RejudgingRefused` when there is no such problem or version, nothing to judge, or a rejudging under way.
    """
    to_version = _version(problem_id, version)
    _check_none_open(problem_id, language)
    judged = judged_of_problem(problem_id)
    if not judged:
        raise RejudgingRefused(f"Nothing was submitted to {problem_id} yet.")
    chosen = _chosen(judged, language, since)
    if not same_version:
        chosen = by_other_versions(problem_id, to_version, chosen)
    if not chosen:
        raise RejudgingRefused(
            f"There is no submission to {problem_id} that version {to_version} did not judge."
        )
    return Plan(problem_id, to_version, language, since, tuple(chosen))


def _version(problem_id: str, version: int | None) -> int:
    try:
        return problem_bank().hidden_bundle(problem_id, version).version
    except (ProblemNotFound, ProblemBankRefused, ProblemBankUnreachable) as error:
        raise RejudgingRefused(str(error)) from None


def _check_none_open(problem_id: str, language: str) -> None:
    others = Rejudging.objects.filter(problem_id=problem_id, state__in=OPEN_STATES)
    if language:
        others = others.filter(language__in=("", language))
    if other := others.first():
        raise RejudgingRefused(
            f"Rejudging {other.id} of {problem_id} is {other.state}: apply or discard it first."
        )


def judged_of_problem(problem_id: str) -> list[Judged]:
    """The evaluations of a problem's submissions that count, in the order in which they were finished."""
    return judged_of(TaskEvaluation.objects.filter(task__problem_id=problem_id))


def judged_of(evaluations: QuerySet[TaskEvaluation]) -> list[Judged]:
    """Those of the evaluations that count, in the order in which they were finished."""
    done = evaluations.filter(status=EvaluationStatus.DONE, attempt__isnull=False)
    return [Judged(*each) for each in done.order_by("finished_at", "id").values_list(*JUDGED_COLUMNS)]


def _chosen(judged: Iterable[Judged], language: str, since: datetime | None) -> list[Judged]:
    """The standing results of the submissions in that language, since that time."""
    judged = list(judged)
    submitted: dict[UUID, datetime] = {}
    for each in judged:
        submitted.setdefault(each.submission_id, each.created_at)
    return [
        each
        for each in standing_results(judged).values()
        if (not language or each.language == language)
        and (since is None or submitted[each.submission_id] >= since)
    ]


def by_other_versions(problem_id: str, version: int, standing: Iterable[Judged]) -> list[Judged]:
    """Without those that this version judged, or that an applied rejudging by it found to be right."""
    confirmed = set(
        RejudgingItem.objects.filter(
            rejudging__problem_id=problem_id, rejudging__to_version=version, state=ItemState.CONFIRMED
        ).values_list("evaluation_id", flat=True)
    )
    return [each for each in standing if each.problem_version != version and each.id not in confirmed]


OUTDATED = """
    SELECT t.problem_id, count(DISTINCT e.submission_id)
    FROM study_tasks t JOIN problems p ON p.id = t.problem_id JOIN task_evaluations e ON e.task_id = t.id
    WHERE t.problem_id = ANY(%s) AND e.attempt IS NOT NULL AND e.problem_version IS DISTINCT FROM p.current_version
    GROUP BY t.problem_id ORDER BY t.problem_id
"""


def outdated_submissions(problem_ids: Iterable[str]) -> dict[str, int]:
    """How many submissions of each problem were judged by another version than the current one; none: left out."""
    with connection.cursor() as cursor:
        cursor.execute(OUTDATED, [list(problem_ids)])
        return dict(cursor.fetchall())


def start_rejudging(*, plan: Plan, reason: str, by: str, at: datetime, wake: bool = True) -> Rejudging:
    """Make the rejudging and its items; with `wake` the evaluation workers begin to judge them.

    Raises `RejudgingRefused` when somebody else was faster.
    """
    try:
        with transaction.atomic():
            rejudging = Rejudging.objects.create(
                problem_id=plan.problem_id,
                to_version=plan.to_version,
                language=plan.language,
                since=plan.since,
                reason=reason,
                created_by=by,
                created_at=at,
            )
            items = [_item(rejudging, each) for each in plan.standing]
            RejudgingItem.objects.bulk_create(items, batch_size=ITEMS_PER_STATEMENT)
            if wake:
                transaction.on_commit(wake_workers, robust=True)
    except IntegrityError:
        raise RejudgingRefused(f"Another rejudging of {plan.problem_id} has just begun.") from None
    return rejudging


def _item(rejudging: Rejudging, standing: Judged) -> RejudgingItem:
    return RejudgingItem(
        rejudging=rejudging,
        learner_id=standing.learner_id,
        task_id=standing.task_id,
        submission_id=standing.submission_id,
        evaluation_id=standing.id,
        language=standing.language,
        old_version=standing.problem_version,
        old_verdict=standing.verdict,
        old_score=standing.score,
    )
