"""What a rejudging does to a task: its standing result, the outcome of a completed task, mastery of its topics."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from studypaths.journal import Journal
from studypaths.mastery import folded_mastery
from studypaths.projection import Row
from studypaths.services.completion import complete_if_due
from studypaths.services.moves import record_on
from studypaths.states import TaskKind, TaskStatus


@dataclass(frozen=True, slots=True)
class Rejudged:
    """The new result of one submission of a task.

    `best_score` (0-1) and `passed_once` are taken over the results that stand now of all the task's submissions.
    `worked_until`: when the submission got its first verdict; a task that is completed by this was done then.
    """

    evaluation_id: UUID
    score: float
    best_score: float
    passed_once: bool
    worked_until: datetime
    facts: dict[str, Any]
    sealed_report: bytes | None


# By the unique index of (learner, sequence) of each partition.
COMPLETIONS = """
    SELECT e.learner_id, e.task_id, t.difficulty, t.passed, ARRAY(SELECT jsonb_object_keys(e.payload->'mastery'))
    FROM task_events e JOIN study_tasks t ON t.id = e.task_id
    WHERE e.learner_id = ANY(%s) AND e.event_type = 'status_changed' AND e.payload->>'to' = 'completed'
    ORDER BY e.learner_id, e.sequence
"""
# A service may complete a task with a score of its own; no rejudging touches that.
DECIDED_BY_EVALUATIONS = """
    SELECT c.task_id FROM task_events c CROSS JOIN LATERAL (
        SELECT e.payload->'summary' AS summary FROM task_events e
        WHERE e.task_id = c.task_id AND e.event_type IN ('evaluated', 'rejudged') AND e.sequence < c.sequence
        ORDER BY e.sequence DESC LIMIT 1
    ) judged
    WHERE c.task_id = ANY(%s) AND c.event_type = 'status_changed' AND c.payload->>'to' = 'completed'
      AND c.payload->'score' = judged.summary->'best_score' AND c.payload->'passed' = judged.summary->'passed_once'
"""


class Completions:
    """The completed tasks of learners in the order of their logs, with the outcomes that count now.

    Read once for a journal, and kept up to date with what that journal records.
    """

    def __init__(self, *, learner_ids: Collection[UUID], task_ids: Collection[UUID]) -> None:
        self._of_learner: dict[UUID, list[tuple[UUID, frozenset[str]]]] = {}
        self._outcomes: dict[UUID, tuple[int, bool]] = {}
        with connection.cursor() as cursor:
            cursor.execute(COMPLETIONS, [list(learner_ids)])
            for learner_id, task_id, difficulty, passed, topics in cursor.fetchall():
                self._add(learner_id, task_id, (difficulty, passed), topics)
            cursor.execute(DECIDED_BY_EVALUATIONS, [list(task_ids)])
            self._decided = {task_id for (task_id,) in cursor.fetchall()}

    def _add(self, learner_id: UUID, task_id: UUID, outcome: tuple[int, bool], topics: Iterable[str]) -> None:
        self._of_learner.setdefault(learner_id, []).append((task_id, frozenset(topics)))
        self._outcomes[task_id] = outcome

    def add(self, task: Row) -> None:
        """A task that was completed by its evaluations just now."""
        outcome = (task["difficulty"], task["passed"])
        topics = () if task["kind"] == TaskKind.REVIEW else task["topic_tags"]
        self._add(task["learner_id"], task["id"], outcome, topics)
        self._decided.add(task["id"])

    def decided_by_evaluations(self, task: Row) -> bool:
        """Whether the task is completed with the outcome of its evaluations."""
        return task["status"] == TaskStatus.COMPLETED and task["id"] in self._decided

    def corrected(self, task: Row, passed: bool) -> dict[str, Any]:
        """Mastery of the task's topics as if it had been completed so: all their completions folded anew."""
        outcome = (task["difficulty"], passed)
        if outcome == self._outcomes[task["id"]]:
            return {}
        self._outcomes[task["id"]] = outcome
        completed = self._of_learner[task["learner_id"]]
        topics = next(topics for task_id, topics in completed if task_id == task["id"])
        return {topic: self._mastery(completed, topic) for topic in sorted(topics)}

    def _mastery(self, completed: list[tuple[UUID, frozenset[str]]], topic: str) -> dict[str, Any]:
        return folded_mastery(self._outcomes[task_id] for task_id, topics in completed if topic in topics)


def record_rejudged(journal: Journal, *, task_id: UUID, rejudged: Rejudged, completions: Completions) -> Row:
    """Record `rejudged`; complete a task in progress that now has to be; return the task.

    Attempts stay as they are, and a completed task stays completed: its score and `passed` are corrected, and the
    mastery of its topics, unless a service had completed it with a score of its own. Joins the journal of the
    rejudging.
    """
    task = journal.task(task_id)
    outcome: dict[str, Any] | None = None
    mastery: dict[str, Any] = {}
    if completions.decided_by_evaluations(task):
        outcome = {"score": rejudged.best_score, "passed": rejudged.passed_once}
        mastery = completions.corrected(task, rejudged.passed_once)
    summary = {
        "evaluation_id": rejudged.evaluation_id,
        "verdict": rejudged.facts["verdict"],
        "score": rejudged.score,
        "best_score": rejudged.best_score,
        "passed_once": rejudged.passed_once,
    }
    facts = {"evaluation_id": rejudged.evaluation_id, **rejudged.facts, "summary": summary}
    payload = {**facts, "outcome": outcome, "mastery": mastery}
    record_on(journal, task, "rejudged", payload, sealed=rejudged.sealed_report)
    complete_if_due(journal, journal.task(task_id), worked_until=rejudged.worked_until)
    after = journal.task(task_id)
    if after["status"] == TaskStatus.COMPLETED != task["status"]:
        completions.add(after)
    return after
