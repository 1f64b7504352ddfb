"""Learners with paths and tasks for the benchmarks, made through the services."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from django.conf import settings
from django.test import Client
from django.utils import timezone

from accounts import issuer
from accounts.services import ensure_learner
from common.ids import uuid7
from studypaths.path_config import complete_config
from studypaths.services import paths, tasks

NEVER = datetime(2090, 1, 1, tzinfo=UTC)
PRESET = {"completion_policy": "pass_or_exhausted", "max_attempts": 3}
SERVICE = "curriculum-orchestrator"


@dataclass(frozen=True, slots=True)
class Person:
    """A learner with an active path, or the service (without either)."""

    token: str
    learner_id: UUID
    path_id: UUID

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}", "Accept": "*/*"}

    def client(self) -> Client:
        """Calls the API in this process."""
        return _client_of(self.token)


@cache
def _client_of(token: str) -> Client:
    """Kept, because each client sets up the whole middleware for itself."""
    return Client(SERVER_NAME="127.0.0.1", headers={"authorization": f"Bearer {token}"})


def token_of(subject: str, role: str = "learner") -> str:
    return issuer.issue_token(subject=subject, role=role, at=timezone.now(), lifetime=timedelta(hours=2))


def new_person(name: str) -> Person:
    """A learner with an empty active path."""
    at = timezone.now()
    learner_id = ensure_learner(user_id=name, issuer=settings.JWT_ISSUER, at=at)
    plan = paths.PathPlan(uuid7(), "coding-interview-meta", complete_config(PRESET, {}), [])
    path = paths.create_path(learner_id=learner_id, plan=plan, by=f"service:{SERVICE}", at=at).path
    return Person(token_of(name), learner_id, path["id"])


def new_task_ids(person: Person, count: int, **columns: Any) -> list[UUID]:
    """Scheduled tasks that beat will never find overdue."""
    at = timezone.now()
    task = {
        "problem_id": "calm-spells",
        "problem_version": 1,
        "module": "arrays-strings",
        "topic_tags": ["string-scan"],
        "difficulty": 1,
        "kind": "problem",
        "scheduled_at": at,
        "expires_at": NEVER,
        "metadata": {},
        "decision": {"rule": "planned_by_service", "why": "Planned for you by the Curriculum Orchestrator."},
        **columns,
    }
    created = tasks.create_tasks_batch(
        learner_id=person.learner_id,
        path_id=person.path_id,
        tasks=[task] * count,
        by=f"service:{SERVICE}",
        at=at,
    )
    return [row["id"] for row in created]


def start(person: Person, task_id: UUID) -> None:
    """Put a task in progress."""
    tasks.start_task(
        learner_id=person.learner_id, task_id=task_id, by=f"learner:{person.learner_id}", at=timezone.now()
    )
