"""What the verdict of an evaluation does to its task: attempts, score, completion, mastery."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from studypaths.journal import Journal
from studypaths.projection import Row
from studypaths.services.completion import complete_if_due
from studypaths.services.followers import follow_ends
from studypaths.services.moves import record_on


@dataclass(frozen=True, slots=True)
class Result:
    """A judged evaluation as the task sees it. `counts`: whether it is an attempt (an infrastructure error is none)."""

    evaluation_id: UUID
    counts: bool
    repeat: bool
    passed: bool
    score: float
    facts: dict[str, Any]
    sealed_report: bytes | None


def record_result(journal: Journal, *, task_id: UUID, result: Result) -> Row:
    """Record `evaluated` and, where the completion policy says so, the completion of the task (R089, R114, K-06).

    Joins the journal of the evaluation, so that verdict, task, mastery and review are one transaction. A task that is
    closed already keeps its outcome.
    """
    task = journal.task(task_id)
    before = task["metadata"].get("evaluation", {})
    attempts = task["attempts"] + (1 if result.counts and not result.repeat else 0)
    best = max(before.get("best_score") or 0.0, result.score if result.counts else 0.0)
    passed = result.passed or before.get("passed_once", False)
    record_on(
        journal,
        task,
        "evaluated",
        {
            "evaluation_id": result.evaluation_id,
            "attempts": attempts,
            **result.facts,
            "summary": {
                "evaluation_id": result.evaluation_id,
                "verdict": result.facts["verdict"],
                "score": result.score,
                "best_score": best,
                "passed_once": passed,
            },
        },
        sealed=result.sealed_report,
    )
    if result.counts and (completed := complete_if_due(journal, journal.task(task_id))):
        follow_ends(journal, [completed])
    return journal.task(task_id)
