"""Acts of judging: submit code, ask for another evaluation, run the next one, give abandoned ones back."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog
from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from accounts.sealing import KeyDestroyed, seal
from catalog.languages import runtimes
from catalog.problem_bank import ProblemNotFound, problem_bank
from common import messages
from common.errors import Conflict, NotFound, TooManyRequests, Unprocessable
from common.ids import uuid7
from evaluations import queue
from evaluations.judge import Judgement, Verdict
from evaluations.judging import judge_sealed, sealed_report
from evaluations.models import Rejudging, TaskEvaluation
from evaluations.outcomes import NO_ATTEMPT, facts_of, score_of
from evaluations.projection import EVALUATIONS
from evaluations.states import EvaluationCause, RejudgingState
from studypaths.journal import Journal, VersionCheck, any_version, one_transaction, open_journal
from studypaths.models import StudyTask
from studypaths.path_config import attempts_allowed
from studypaths.projection import Row
from studypaths.services.moves import record_on
from studypaths.services.planning import plan_after, prepare_to_plan
from studypaths.services.results import Result, record_result
from studypaths.states import TaskStatus

log = structlog.get_logger(__name__)

WORKER = "system:evaluations"
WAKE_UPS = 10  # messages the sweeper sends at the most; each worker goes on by itself while there is work
SWEEP_SECONDS = 15
MAX_REPEATS = 3  # of one submission; each copies its code into the log


class TaskNotInProgress(Conflict):
    """Code can be submitted while the task is in progress only."""

    code = "task_not_in_progress"
    title = "The task is not in progress"


class AttemptsExhausted(Conflict):
    """Every attempt that the path's completion policy allows was made or is waiting for its verdict."""

    code = "attempts_exhausted"
    title = "No attempt is left"


class NothingSubmitted(Conflict):
    """There is no submission that could be evaluated again."""

    code = "nothing_submitted"
    title = "Nothing was submitted yet"


class EvaluatedOftenEnough(Conflict):
    """The submission was evaluated again as often as that may be asked for."""

    code = "evaluated_often_enough"
    title = "The submission was evaluated often enough"


class LearnerErased(Conflict):
    """The learner's data key was destroyed: nothing of theirs can be kept any more."""

    code = "learner_erased"
    title = "The learner's data was erased"


class QueueFull(TooManyRequests):
    """The learner has too many evaluations waiting (K-13)."""

    code = "evaluation_queue_full"
    title = "Too many evaluations are waiting"


class LanguageUnavailable(Unprocessable):
    """The problem cannot be solved in that language here."""

    code = "language_unavailable"
    title = "The language is not available"


@dataclass(frozen=True, slots=True)
class Submission:
    """Code that may be submitted to a task, sealed already: made by `prepare_submission`, recorded by `submit`."""

    learner_id: UUID
    task_id: UUID
    language: str
    sealed_code: bytes


def prepare_submission(*, learner_id: UUID, task_id: UUID, language: str, code: str) -> Submission:
    """Check what can be checked before any transaction. Raises `NotFound`, `LanguageUnavailable`, `LearnerErased`."""
    _check_language(learner_id, task_id, language)
    try:
        sealed = seal(learner_id, code.encode(), purpose="code")
    except KeyDestroyed:
        raise LearnerErased("Code of this learner cannot be kept any more.") from None
    return Submission(learner_id, task_id, language, sealed)


def submit(*, submission: Submission, by: str, at: datetime, check: VersionCheck = any_version) -> Row:
    """Record a submission and queue its evaluation (R088, R112). Returns the evaluation's row.

    Raises `NotFound`, `TaskNotInProgress`, `AttemptsExhausted`, `QueueFull`.
    """
    with open_journal(learner_ids=[submission.learner_id], by=by, at=at) as journal:
        task = journal.task(submission.task_id)
        check(task["version"])
        _check_attempts(journal, task)
        return _queue(journal, task, "submitted", submission.language, submission.sealed_code, uuid7())


def evaluate_again(
    *, learner_id: UUID, task_id: UUID, by: str, at: datetime, check: VersionCheck = any_version
) -> Row:
    """Queue another evaluation of the latest submission (R078, K-11). It is no new attempt.

    Raises `NotFound`, `TaskNotInProgress`, `NothingSubmitted`, `EvaluatedOftenEnough`, `QueueFull`.
    """
    with open_journal(learner_ids=[learner_id], by=by, at=at) as journal:
        task = journal.task(task_id)
        check(task["version"])
        if task["status"] not in (TaskStatus.IN_PROGRESS, TaskStatus.COMPLETED):
            raise TaskNotInProgress(f"The task is {task['status']}.")
        latest = _latest_submission(task_id)
        if latest is None:
            raise NothingSubmitted("Submit a solution first.")
        _check_repeats(latest)
        _check_queue(task)
        code = bytes(latest.code or b"")
        return _queue(journal, task, "evaluation_requested", latest.language, code, latest.submission_id)


def _latest_submission(task_id: UUID) -> TaskEvaluation | None:
    """An evaluation of what was submitted last; not a rejudged one, which may be of anything submitted before."""
    evaluations = TaskEvaluation.objects.filter(task_id=task_id).exclude(cause=EvaluationCause.REJUDGE)
    return evaluations.order_by("created_at", "id").last()


def _check_repeats(latest: TaskEvaluation) -> None:
    repeats = TaskEvaluation.objects.filter(
        task_id=latest.task_id, submission_id=latest.submission_id, cause=EvaluationCause.REPEAT
    ).count()
    if repeats >= MAX_REPEATS:
        raise EvaluatedOftenEnough(f"A submission is evaluated again at most {MAX_REPEATS} times.")


def _queue(
    journal: Journal, task: Row, event_type: str, language: str, sealed: bytes, submission_id: UUID
) -> Row:
    evaluation_id = uuid7()
    record_on(
        journal,
        task,
        event_type,
        {
            "evaluation_id": evaluation_id,
            "submission_id": submission_id,
            "language": language,
            "problem_id": task["problem_id"],
            "problem_version": _version_to_judge_by(task, language),
        },
        sealed=sealed,
    )
    transaction.on_commit(wake_a_worker, robust=True)
    return journal.recorded(EVALUATIONS, evaluation_id)


def _version_to_judge_by(task: Row, language: str) -> int | None:
    """The version of the tests that code submitted now is judged by.

    The one that the task was planned with, unless a rejudging put another in its place since. One that began before
    newer tests came in says nothing about tasks that were planned with those.
    """
    concerned = Q(created_at__gt=task["created_at"]) | Q(to_version__gte=task["problem_version"] or 0)
    rejudgings = Rejudging.objects.filter(
        concerned,
        problem_id=task["problem_id"],
        closed_at__gt=task["created_at"],
        state__in=(RejudgingState.APPLYING, RejudgingState.APPLIED),
        language__in=("", language),
    )
    version: int | None = rejudgings.order_by("-closed_at").values_list("to_version", flat=True).first()
    return task["problem_version"] if version is None else version


def wake_a_worker(*, for_seconds: float | None = None) -> None:
    """Tell the workers that there is something to do. If the broker is away the sweeper does it later.

    With `for_seconds` the message means nothing any more when no worker took it in that time.
    """
    from evaluations.tasks import evaluate_next

    send(evaluate_next, for_seconds=for_seconds)


def send(task: Any, *arguments: str, for_seconds: float | None = None) -> None:
    """Send a message whose loss the sweeper makes up for."""
    messages.send(task.name, *arguments, for_seconds=for_seconds)


def _check_language(learner_id: UUID, task_id: UUID, language: str) -> None:
    task = (
        StudyTask.objects.filter(id=task_id, learner_id=learner_id)
        .values("problem_id", "problem_version")
        .first()
    )
    if task is None:
        raise NotFound("There is no such task.")
    try:
        problem = problem_bank().problem(task["problem_id"], task["problem_version"])
    except ProblemNotFound as error:
        raise LanguageUnavailable("This task has no problem that code could be submitted for.") from error
    running = runtimes()
    available = [each for each in problem.languages if running.get(each, False)]
    if language not in available:
        raise LanguageUnavailable(
            f"{problem.title} cannot be solved in {language} here; available: {', '.join(available) or 'none'}."
        )


# A submission becomes an attempt by its first verdict; evaluating it again is none.
OPEN_EVALUATIONS = """
    SELECT count(DISTINCT submission_id) FILTER (WHERE task_id = %s AND NOT EXISTS (
               SELECT 1 FROM task_evaluations judged WHERE judged.task_id = waiting.task_id
                  AND judged.submission_id = waiting.submission_id AND judged.attempt IS NOT NULL)),
           count(*) FILTER (WHERE status = 'queued')
    FROM task_evaluations waiting WHERE learner_id = %s AND NOT (status = 'done')
"""


def _check_attempts(journal: Journal, task: Row) -> None:
    if task["status"] != TaskStatus.IN_PROGRESS:
        raise TaskNotInProgress(f"The task is {task['status']}.")
    allowed = attempts_allowed(journal.path(task["path_id"])["config"])
    if task["attempts"] + _check_queue(task) >= allowed:
        raise AttemptsExhausted(f"The task allows {allowed} attempts.")


def _check_queue(task: Row) -> int:
    """How many submissions of the task have no verdict yet; `QueueFull` when the learner has too many waiting."""
    with connection.cursor() as cursor:
        cursor.execute(OPEN_EVALUATIONS, [task["id"], task["learner_id"]])
        undecided, waiting = cursor.fetchone()
    if waiting >= settings.MAX_WAITING_EVALUATIONS:
        raise QueueFull(f"{waiting} evaluations are waiting already.", retry_after=5)
    return int(undecided)


# Running


def run_next(*, at: datetime) -> bool:
    """Claim, judge and record the next evaluation; False if none may run. Judging is outside any transaction."""
    claimed = queue.claim_next(at=at)
    if claimed is None:
        return False
    with queue.renewed_lease(claimed) as lost:
        judgement = _judgement(claimed, lost)
        prepare_to_plan(task_id=claimed.task_id)
    finish(claimed, judgement, at=timezone.now())
    return True


def _judgement(claimed: queue.Claimed, lost: Callable[[], bool]) -> Judgement:
    """What judging comes to. A defect of ours is not the learner's: the evaluation goes back to the queue at once."""
    try:
        return _judge(claimed, lost)
    except Exception:
        log.exception("judging_failed", evaluation=str(claimed.id), problem=claimed.problem_id)
        return Judgement(Verdict.INFRASTRUCTURE_ERROR, message="The evaluator failed.")


def _judge(claimed: queue.Claimed, lost: Callable[[], bool]) -> Judgement:
    task = StudyTask.objects.values("status").get(id=claimed.task_id)
    if task["status"] == TaskStatus.SKIPPED:
        return Judgement(Verdict.CANCELLED, message="The task was skipped before its code was run.")
    try:
        return judge_sealed(
            claimed.code,
            learner_id=claimed.learner_id,
            problem_id=claimed.problem_id,
            version=claimed.problem_version,
            language=claimed.language,
            should_stop=lost,
        )
    except KeyDestroyed:
        return Judgement(Verdict.CANCELLED, message="The code was erased before it was run.")


def finish(claimed: queue.Claimed, judgement: Judgement, *, at: datetime) -> None:
    """Record the judgement, once: a worker that lost its claim records nothing.

    What follows of it is the same transaction: the task's completion, mastery, its review, what comes next. An
    infrastructure error puts the evaluation back until its deliveries are used up.
    """
    report = sealed_report(claimed.learner_id, judgement)
    with one_transaction():
        completed = _record(claimed, judgement, report, at=at)
        if completed:
            plan_after(learner_id=claimed.learner_id, path_id=completed["path_id"], at=at)


def _record(
    claimed: queue.Claimed, judgement: Judgement, report: bytes | None, *, at: datetime
) -> Row | None:
    """Record the judgement or put the evaluation back; the task if that completed it."""
    with open_journal(learner_ids=[claimed.learner_id], by=WORKER, at=at) as journal:
        if not queue.holds(claimed):
            log.warning("claim_lost", evaluation=str(claimed.id))
            return None
        failed = judgement.verdict == Verdict.INFRASTRUCTURE_ERROR
        if failed and claimed.deliveries < settings.EVALUATION_MAX_DELIVERIES:
            queue.put_back(claimed, at=at)
            return None
        before = journal.task(claimed.task_id)
        result = _result(claimed, judgement, report, journal)
        after = record_result(journal, task_id=claimed.task_id, result=result)
        return after if before["status"] != after["status"] else None


def _result(claimed: queue.Claimed, judgement: Judgement, report: bytes | None, journal: Journal) -> Result:
    counts = judgement.verdict not in NO_ATTEMPT
    attempt = _attempt_of(claimed)
    attempts = journal.task(claimed.task_id)["attempts"]
    return Result(
        evaluation_id=claimed.id,
        counts=counts,
        repeat=attempt is not None,
        passed=judgement.verdict == Verdict.ACCEPTED,
        score=score_of(judgement),
        sealed_report=report,
        facts={**facts_of(judgement), "attempt": (attempt or attempts + 1) if counts else None},
    )


def _attempt_of(claimed: queue.Claimed) -> int | None:
    """Which attempt the submission is already, by an earlier verdict; None when this one makes it an attempt."""
    judged = TaskEvaluation.objects.filter(
        task_id=claimed.task_id, submission_id=claimed.submission_id, attempt__isnull=False
    )
    return judged.values_list("attempt", flat=True).first()


# Sweeping


def requeue_abandoned(*, at: datetime) -> int:
    """Give evaluations of dead workers back to the queue and wake workers for all that wait; how many were abandoned.

    Whether messages were lost or merely wait behind busy workers cannot be seen from here. So wake-ups are sent each
    time, and vanish unless a worker is free before the next sweep. An evaluation that used up its deliveries ends as
    an infrastructure error, after the wake-ups: one that cannot be ended holds up nobody.
    """
    abandoned = queue.put_back_abandoned(at=at)
    for _ in range(queue.ready_count(at=at, enough=WAKE_UPS)):
        wake_a_worker(for_seconds=SWEEP_SECONDS)
    for claimed in queue.claim_exhausted(at=at):
        _give_up(claimed, at=at)
    return abandoned


def _give_up(claimed: queue.Claimed, *, at: datetime) -> None:
    """End an evaluation that used up its deliveries. One that cannot be ended stays for the next sweep."""
    try:
        finish(claimed, Judgement(Verdict.INFRASTRUCTURE_ERROR, message="The evaluator kept failing."), at=at)
    except Exception:
        log.exception("evaluation_not_ended", evaluation=str(claimed.id))
