"""Beginning a rejudging: which submissions of a problem are judged, by which version of its tests."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from datetime import datetime
from itertools import groupby, islice
from operator import attrgetter
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import QuerySet

from catalog.problem_bank import ProblemBankRefused, ProblemBankUnreachable, ProblemNotFound, problem_bank
from evaluations.models import Rejudging, RejudgingItem, TaskEvaluation
from evaluations.rejudging.judging import wake_workers
from evaluations.standing import Judged, standing_results
from evaluations.states import EvaluationStatus, ItemState, RejudgingState

ITEMS_PER_STATEMENT = 1_000
BEGINNING_LOCK = 7412  # the seed that keeps it apart from other locks by name
REASON_CHARACTERS = 500
JUDGED_COLUMNS = tuple(field.name for field in fields(Judged))
OPEN_STATES = (RejudgingState.JUDGING, RejudgingState.READY, RejudgingState.APPLYING)


class RejudgingRefused(Exception):
    """What was asked of a rejudging cannot be done; the message says why. Nothing was changed."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A rejudging before it begins: what it is limited to."""

    problem_id: str
    to_version: int
    language: str
    since: datetime | None
    same_version: bool

    def standing(self) -> Iterator[Judged]:
        """The results that stand of the submissions that it would judge, read as they are asked for."""
        standing = _standing_of_problem(self.problem_id, self.language, self.since)
        return (
            standing if self.same_version else _by_other_versions(self.problem_id, self.to_version, standing)
        )


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
    if not _counting(TaskEvaluation.objects.filter(task__problem_id=problem_id)).exists():
        raise RejudgingRefused(f"Nothing was submitted to {problem_id} yet.")
    plan = Plan(problem_id, to_version, language, since, same_version)
    if next(plan.standing(), None) is None:
        raise RejudgingRefused(_nothing_left(plan))
    return plan


def _nothing_left(plan: Plan) -> str:
    limits = f" in {plan.language}" if plan.language else ""
    limits += f" since {plan.since.isoformat()}" if plan.since else ""
    by_others = "" if plan.same_version else f" that version {plan.to_version} did not judge"
    return f"There is no submission to {plan.problem_id}{limits}{by_others}."


def _version(problem_id: str, version: int | None) -> int:
    try:
        return problem_bank().hidden_bundle(problem_id, version).version
    except (ProblemNotFound, ProblemBankRefused, ProblemBankUnreachable) as error:
        raise RejudgingRefused(str(error)) from None


def newer_tests(rejudging: Rejudging) -> str:
    """What somebody has to know who decides: that the problem has newer tests by now; otherwise ''."""
    if rejudging.state not in (RejudgingState.JUDGING, RejudgingState.READY):
        return ""
    try:
        current = _version(rejudging.problem_id, None)
    except RejudgingRefused as refused:
        return f"Whether there are newer tests is not known: {refused}"
    if current <= rejudging.to_version:
        return ""
    return (
        f"Version {current} of the tests is newer than version {rejudging.to_version}, by which this rejudging judges."
        f" To judge by it, discard this one and begin another."
    )


def _check_none_open(problem_id: str, language: str) -> None:
    others = Rejudging.objects.filter(problem_id=problem_id, state__in=OPEN_STATES)
    if language:
        others = others.filter(language__in=("", language))
    if other := others.first():
        raise RejudgingRefused(
            f"Rejudging {other.id} of {problem_id} is {other.state}: apply or discard it first."
        )


def judged_of(evaluations: QuerySet[TaskEvaluation]) -> list[Judged]:
    """Those of the evaluations that count, in the order in which they were finished."""
    return [Judged(*each) for each in _in_order(evaluations, "finished_at", "id")]


def _counting(evaluations: QuerySet[TaskEvaluation]) -> QuerySet[TaskEvaluation]:
    return evaluations.filter(status=EvaluationStatus.DONE, attempt__isnull=False)


def _in_order(
    evaluations: QuerySet[TaskEvaluation], *order: str
) -> QuerySet[TaskEvaluation, tuple[Any, ...]]:
    return _counting(evaluations).order_by(*order).values_list(*JUDGED_COLUMNS)


def _standing_of_problem(problem_id: str, language: str, since: datetime | None) -> Iterator[Judged]:
    """The standing results of a problem's submissions in that language, since that time, the oldest first.

    By a cursor of the database: a problem may have more evaluations than there is memory for.
    """
    evaluations = TaskEvaluation.objects.filter(task__problem_id=problem_id)
    if language:
        evaluations = evaluations.filter(language=language)
    in_order = _in_order(evaluations, "submission_id", "finished_at", "id")
    judged = (Judged(*each) for each in in_order.iterator(chunk_size=ITEMS_PER_STATEMENT))
    for _, of_submission in groupby(judged, key=attrgetter("submission_id")):
        results = list(of_submission)
        if since is None or results[0].created_at >= since:
            yield from standing_results(results).values()


def _by_other_versions(problem_id: str, version: int, standing: Iterator[Judged]) -> Iterator[Judged]:
    """Without those that this version judged, or that an applied rejudging by it found to be right."""
    confirmed = RejudgingItem.objects.filter(
        rejudging__problem_id=problem_id, rejudging__to_version=version, state=ItemState.CONFIRMED
    )
    others = (each for each in standing if each.problem_version != version)
    while some := list(islice(others, ITEMS_PER_STATEMENT)):
        found = confirmed.filter(evaluation_id__in=[each.id for each in some])
        right = set(found.values_list("evaluation_id", flat=True))
        yield from (each for each in some if each.id not in right)


def left_over(rejudging: Rejudging) -> int:
    """Submissions that the version of an applied rejudging has not judged: newer ones, stale ones, failed ones.

    Of those that the rejudging was limited to; what another version is judging just now is one of them. An erased
    learner's are out of reach.
    """
    plan = Plan(rejudging.problem_id, rejudging.to_version, rejudging.language, rejudging.since, False)
    erased = RejudgingItem.objects.filter(rejudging=rejudging, state=ItemState.ERASED)
    out_of_reach = set(erased.values_list("submission_id", flat=True))
    in_hand = _in_hand(plan)
    apart = out_of_reach | in_hand
    judged = sum(each.submission_id not in apart for each in plan.standing())
    return judged + len(in_hand)


def _in_hand(plan: Plan) -> set[UUID]:
    """The submissions that wait for the tests of another version, or are being judged by them."""
    evaluations = TaskEvaluation.objects.filter(task__problem_id=plan.problem_id)
    if plan.language:
        evaluations = evaluations.filter(language=plan.language)
    if plan.since:
        evaluations = evaluations.filter(created_at__gte=plan.since)
    others = evaluations.exclude(status=EvaluationStatus.DONE).exclude(problem_version=plan.to_version)
    return set(others.values_list("submission_id", flat=True))


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

    Raises `RejudgingRefused` when somebody else was faster, and for a reason of more than 500 characters.
    """
    if len(reason) > REASON_CHARACTERS:
        raise RejudgingRefused(f"The reason has more than {REASON_CHARACTERS} characters.")
    with transaction.atomic():
        _wait_for_others(plan.problem_id)
        _check_none_open(plan.problem_id, plan.language)
        rejudging = Rejudging.objects.create(
            problem_id=plan.problem_id,
            to_version=plan.to_version,
            language=plan.language,
            since=plan.since,
            reason=reason,
            created_by=by,
            created_at=at,
        )
        if not _make_items(rejudging, plan.standing()):
            raise RejudgingRefused(_nothing_left(plan))
        if wake:
            transaction.on_commit(wake_workers, robust=True)
    return rejudging


def _wait_for_others(problem_id: str) -> None:
    """Until nobody else is beginning a rejudging of the problem, in any language; for this transaction.

    No constraint says that a rejudging of all languages excludes one of a single language.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, %s))", [problem_id, BEGINNING_LOCK])


def _make_items(rejudging: Rejudging, standing: Iterator[Judged]) -> int:
    """How many items were made, so many at a time that they fit into memory."""
    made = 0
    while items := [_item(rejudging, each) for each in islice(standing, ITEMS_PER_STATEMENT)]:
        made += len(RejudgingItem.objects.bulk_create(items))
    return made


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
