"""Acts of judging: submit code, ask for another evaluation, run the next one, give abandoned ones back."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
import structlog
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from kombu.exceptions import OperationalError as BrokerAway

from accounts.sealing import KeyDestroyed, seal, unseal
from catalog.languages import runtimes
from catalog.problem_bank import ProblemBankRefused, ProblemBankUnreachable, ProblemNotFound, problem_bank
from common.circuit import CircuitBreaker, CircuitOpen
from common.errors import Conflict, NotFound, TooManyRequests, Unprocessable
from common.ids import uuid7
from evaluations import queue
from evaluations.bundles import LanguageNotOffered, bundle_for
from evaluations.judge import Judgement, Verdict
from evaluations.models import TaskEvaluation
from evaluations.projection import EVALUATIONS
from evaluations.runner import judge
from studypaths.journal import Journal, open_journal
from studypaths.models import StudyTask
from studypaths.path_config import attempts_allowed
from studypaths.projection import Row
from studypaths.services.results import Result, record_result
from studypaths.states import TaskStatus

log = structlog.get_logger(__name__)

WORKER = "system:evaluations"
WAKE_UPS = 10  # messages the sweeper sends at the most; each worker goes on by itself while there is work
_broker = CircuitBreaker("the broker", failure_threshold=1, reset_after_seconds=10)
NO_ATTEMPT = frozenset({Verdict.INFRASTRUCTURE_ERROR, Verdict.CANCELLED})
NO_SINGLE_TEST = NO_ATTEMPT | {Verdict.COMPILE_ERROR}  # verdicts about the submission as a whole


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
    """Check what can be checked before any transaction. Raises `NotFound`, `LanguageUnavailable`."""
    _check_language(learner_id, task_id, language)
    return Submission(learner_id, task_id, language, seal(learner_id, code.encode(), purpose="code"))


def submit(*, submission: Submission, by: str, at: datetime) -> Row:
    """Record a submission and queue its evaluation (R088, R112). Returns the evaluation's row.

    Raises `NotFound`, `TaskNotInProgress`, `AttemptsExhausted`, `QueueFull`.
    """
    with open_journal(learner_ids=[submission.learner_id], by=by, at=at) as journal:
        task = journal.task(submission.task_id)
        _check_attempts(journal, task)
        return _queue(journal, task, "submitted", submission.language, submission.sealed_code, uuid7())


def evaluate_again(*, learner_id: UUID, task_id: UUID, by: str, at: datetime) -> Row:
    """Queue another evaluation of the latest submission (R078, K-11). It is no new attempt."""
    with open_journal(learner_ids=[learner_id], by=by, at=at) as journal:
        task = journal.task(task_id)
        if task["status"] not in (TaskStatus.IN_PROGRESS, TaskStatus.COMPLETED):
            raise TaskNotInProgress(f"The task is {task['status']}.")
        latest = TaskEvaluation.objects.filter(task_id=task_id).order_by("created_at", "id").last()
        if latest is None:
            raise NothingSubmitted("Submit a solution first.")
        _check_queue(task)
        return _queue(
            journal, task, "evaluation_requested", latest.language, bytes(latest.code), latest.submission_id
        )


def _queue(
    journal: Journal, task: Row, event_type: str, language: str, sealed: bytes, submission_id: UUID
) -> Row:
    evaluation_id = uuid7()
    journal.record(
        event_type,
        learner_id=task["learner_id"],
        task_id=task["id"],
        path_id=task["path_id"],
        sealed=sealed,
        payload={
            "evaluation_id": evaluation_id,
            "submission_id": submission_id,
            "language": language,
            "problem_id": task["problem_id"],
            "problem_version": task["problem_version"],
        },
    )
    transaction.on_commit(wake_a_worker, robust=True)
    return journal.recorded(EVALUATIONS, evaluation_id)


def wake_a_worker() -> None:
    """Tell the workers that there is something to do. If the broker is away the sweeper does it later.

    A broker that hangs costs the one who notices a few seconds; the others do not wait for it.
    """
    from evaluations.tasks import evaluate_next

    try:
        with _broker.guard(BrokerAway):
            evaluate_next.delay()
    except (BrokerAway, CircuitOpen) as reason:
        log.warning("worker_not_woken", reason=str(reason))


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
        judgement = _judge(claimed, lost)
    finish(claimed, judgement, at=timezone.now())
    return True


def _judge(claimed: queue.Claimed, lost: Any) -> Judgement:
    task = StudyTask.objects.values("status").get(id=claimed.task_id)
    if task["status"] == TaskStatus.SKIPPED:
        return Judgement(Verdict.CANCELLED, message="The task was skipped before its code was run.")
    try:
        code = unseal(claimed.learner_id, claimed.code, purpose="code").decode()
    except KeyDestroyed:
        return Judgement(Verdict.CANCELLED, message="The code was erased before it was run.")
    try:
        bundle = bundle_for(claimed.problem_id, claimed.problem_version, claimed.language)
    except (LanguageNotOffered, ProblemBankRefused, ProblemBankUnreachable, ProblemNotFound) as error:
        log.warning(
            "tests_unavailable", evaluation=str(claimed.id), problem=claimed.problem_id, error=str(error)
        )
        return Judgement(Verdict.INFRASTRUCTURE_ERROR, message="The tests could not be fetched.")
    return judge(bundle, claimed.language, code, should_stop=lost)


def finish(claimed: queue.Claimed, judgement: Judgement, *, at: datetime) -> None:
    """Record the judgement, once: a worker that lost its claim records nothing.

    An infrastructure error puts the evaluation back until its deliveries are used up.
    """
    report = _sealed_report(claimed.learner_id, judgement)
    with open_journal(learner_ids=[claimed.learner_id], by=WORKER, at=at) as journal:
        if not queue.holds(claimed):
            log.warning("claim_lost", evaluation=str(claimed.id))
            return
        failed = judgement.verdict == Verdict.INFRASTRUCTURE_ERROR
        if failed and claimed.deliveries < settings.EVALUATION_MAX_DELIVERIES:
            queue.put_back(claimed, at=at)
            return
        record_result(journal, task_id=claimed.task_id, result=_result(claimed, judgement, report, journal))


def _result(claimed: queue.Claimed, judgement: Judgement, report: bytes | None, journal: Journal) -> Result:
    counts = judgement.verdict not in NO_ATTEMPT
    attempt = _attempt_of(claimed)
    score = judgement.passed / judgement.total if counts and judgement.total else 0.0
    attempts = journal.task(claimed.task_id)["attempts"]
    return Result(
        evaluation_id=claimed.id,
        counts=counts,
        repeat=attempt is not None,
        passed=judgement.verdict == Verdict.ACCEPTED,
        score=score,
        sealed_report=report,
        facts={
            "verdict": judgement.verdict,
            "attempt": (attempt or attempts + 1) if counts else None,
            "score": score if counts else None,
            "test_cases_passed": judgement.passed if counts else None,
            "test_cases_total": judgement.total if counts else None,
            "runtime_ms": judgement.runtime_ms,
            "memory_mb": judgement.memory_mb,
            "error_message": _error_message(judgement),
            "cases": [_case(case) for case in judgement.cases],
        },
    )


def _attempt_of(claimed: queue.Claimed) -> int | None:
    """Which attempt the submission is already, by an earlier verdict; None when this one makes it an attempt."""
    judged = TaskEvaluation.objects.filter(
        task_id=claimed.task_id, submission_id=claimed.submission_id, attempt__isnull=False
    )
    return judged.values_list("attempt", flat=True).first()


def _case(case: Any) -> dict[str, Any]:
    """A test's outcome without anything of the learner's or of a hidden test."""
    return {
        "id": case.id,
        "visible": case.visible,
        "category": case.category,
        "verdict": case.verdict,
        "runtime_ms": case.runtime_ms,
        "memory_kb": case.memory_kb,
    }


def _sealed_report(learner_id: UUID, judgement: Judgement) -> bytes | None:
    """What the learner's own code printed, returned and raised; None once the learner's key was destroyed."""
    report = {
        "message": judgement.message,
        "cases": {case.id: case.details for case in judgement.cases if case.details},
    }
    try:
        return seal(learner_id, orjson.dumps(report), purpose="report")
    except KeyDestroyed:
        return None


def _error_message(judgement: Judgement) -> str:
    """One line without the learner's text: what went wrong, where something did."""
    if judgement.verdict == Verdict.ACCEPTED:
        return ""
    what = str(judgement.verdict).replace("_", " ")
    failed = next((case for case in judgement.cases if case.verdict == judgement.verdict), None)
    if failed is None or judgement.verdict in NO_SINGLE_TEST:
        return what
    place = f"test {failed.id}" if failed.visible else f"a hidden test ({failed.category})"
    return f"{what} at {place}"


# Sweeping


def requeue_abandoned(*, at: datetime) -> int:
    """Give evaluations of dead workers back to the queue and wake workers for all that wait; how many were abandoned.

    An evaluation that used up its deliveries ends as an infrastructure error.
    """
    abandoned = queue.put_back_abandoned(at=at)
    for claimed in queue.claim_exhausted(at=at):
        finish(claimed, Judgement(Verdict.INFRASTRUCTURE_ERROR, message="The evaluator kept failing."), at=at)
    for _ in range(min(queue.ready_count(at=at), WAKE_UPS)):
        wake_a_worker()
    return abandoned
