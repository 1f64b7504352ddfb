"""Evaluations as JSON. Hidden inputs and expected values are in no column, so they can be in no answer."""

from typing import Any

import orjson
import structlog

from accounts.sealing import KeyDestroyed, SealBroken, unseal
from evaluations.models import TaskEvaluation
from studypaths.projection import Row

log = structlog.get_logger(__name__)

# The columns of an evaluation as a list shows it, in this order.
LISTED_COLUMNS = (
    "id", "task_id", "submission_id", "cause", "status", "verdict", "language", "problem_id", "problem_version",
    "attempt", "score", "test_cases_passed", "test_cases_total", "runtime_ms", "memory_mb", "error_message",
    "created_at", "finished_at",
)  # fmt: skip


def listed(evaluation: TaskEvaluation) -> dict[str, Any]:
    """An evaluation without its code and cases."""
    return {column: getattr(evaluation, column) for column in LISTED_COLUMNS}


def queued(row: Row) -> dict[str, Any]:
    """The same of an evaluation that was just recorded, before it is read again."""
    return {column: row[column] for column in LISTED_COLUMNS}


def evaluation(found: TaskEvaluation) -> dict[str, Any]:
    """An evaluation with the learner's code, every test's outcome, and for visible tests what went in and came out."""
    report = _opened_report(found)
    details = report.get("cases", {})
    return {
        **listed(found),
        "message": report.get("message", ""),
        "cases": [{**case, "details": details.get(case["id"])} for case in found.cases],
        "code": _opened(found, _code_of(found), "code"),
    }


def _code_of(found: TaskEvaluation) -> bytes | memoryview:
    """The sealed code; of a rejudged evaluation, that of its submission."""
    if found.code is not None:
        return found.code
    submitted = TaskEvaluation.objects.filter(
        task_id=found.task_id, submission_id=found.submission_id, code__isnull=False
    )
    return submitted.values_list("code", flat=True)[0] or b""


def _opened_report(found: TaskEvaluation) -> dict[str, Any]:
    text = _opened(found, found.report, "report") if found.report else None
    report: dict[str, Any] = orjson.loads(text) if text else {}
    return report


def _opened(found: TaskEvaluation, sealed: bytes | memoryview, purpose: str) -> str | None:
    """A sealed body as text; None once the learner's key was destroyed, or when no key opens it."""
    try:
        return unseal(found.learner_id, bytes(sealed), purpose=purpose).decode()
    except KeyDestroyed:
        return None
    except SealBroken:
        log.exception("sealed_body_cannot_be_read", evaluation=str(found.id), purpose=purpose)
        return None
