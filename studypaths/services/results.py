"""What the verdict of an evaluation does to its task: attempts, score, completion, mastery."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from studypaths.journal import Journal
from studypaths.mastery import MODEL_VERSION, updated_mastery
from studypaths.path_config import is_complete
from studypaths.projection import MASTERY, Row
from studypaths.services.tasks import complete_task
from studypaths.states import TaskStatus


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

    Joins the journal of the evaluation, so that verdict, task and mastery are one transaction. A task that is closed
    already keeps its outcome.
    """
    task = journal.task(task_id)
    before = task["metadata"].get("evaluation", {})
    attempts = task["attempts"] + (1 if result.counts and not result.repeat else 0)
    best = max(before.get("best_score") or 0.0, result.score if result.counts else 0.0)
    passed = result.passed or before.get("passed_once", False)
    journal.record(
        "evaluated",
        learner_id=task["learner_id"],
        task_id=task_id,
        path_id=task["path_id"],
        sealed=result.sealed_report,
        payload={
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
    )
    task = journal.task(task_id)
    config = journal.path(task["path_id"])["config"]
    if (
        task["status"] == TaskStatus.IN_PROGRESS
        and result.counts
        and is_complete(config, passed=passed, attempts=attempts)
    ):
        complete_task(journal, task, score=best, passed=passed, mastery=_mastery(journal, task, best))
    return journal.task(task_id)


def _mastery(journal: Journal, task: Row, score: float) -> dict[str, Any]:
    """The new mastery of the task's topics (R092)."""
    learner_id = task["learner_id"]
    journal.load(MASTERY, [(learner_id, topic) for topic in task["topic_tags"]])
    values: dict[str, Any] = {}
    for topic in task["topic_tags"]:
        row = journal.row(MASTERY, learner_id, topic) or {"value": None, "observations": 0}
        values[topic] = {
            "value": updated_mastery(row["value"], score),
            "observations": row["observations"] + 1,
            "model_version": MODEL_VERSION,
        }
    return values
