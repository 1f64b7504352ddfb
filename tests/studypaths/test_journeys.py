"""Whole journeys through the services, on the shipped problems: 60 tasks of each profile of simulated learner.

Reviews come as beat makes them. Every recorded decision is replayed, the guard rails are checked by the checker that
shares no code with the planner, and the log is verified and replayed (R108-R110, R160, K-29, K-30).
"""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings
from django.utils import timezone

from benchmarks.learning.catalogues import Catalogue, shipped
from benchmarks.learning.journey import items_of
from benchmarks.learning.learner import Item, Learner
from benchmarks.learning.world import PROFILES, Profile, World
from catalog.problem_files import read_problems
from catalog.services import import_problems, sync_tracks
from reviews.scheduling import ALGORITHM
from reviews.services import make_due_tasks
from studypaths import generation
from studypaths.models import StudyTask, TaskEvent
from studypaths.projection import Row
from studypaths.rebuild import check_learners
from studypaths.services import paths, planning, tasks
from studypaths.services.tasks import NothingScheduled
from studypaths.states import TaskStatus
from studypaths.verification import verify_learners
from tests.conftest import new_learner
from tests.studypaths.builders import CO, NOON, me
from tests.studypaths.rail_checker import Problem, Task, violations

TASKS, A_DAY, DAILY_CAP = 60, 6, 10
TRACK = "coding-interview-meta"
WORLD = World()


@dataclass
class Journey:
    """One learner at work. Time goes on by a sixth of a day a task."""

    learner_id: UUID
    learner: Learner
    items: dict[str, Item]

    def go(self) -> list[Row]:
        """The completed tasks, in the order in which they were served."""
        served = []
        for place in range(TASKS):
            if place % A_DAY == 0:
                at = NOON + timedelta(days=place // A_DAY)
                tasks.expire_overdue_tasks(by="system:beat", at=at)
                make_due_tasks(by="system:beat", at=at)
            served.append(self._next(place))
        return served

    def _next(self, place: int) -> Row:
        at = NOON + timedelta(days=place // A_DAY, hours=1 + place % A_DAY)
        whose: dict[str, Any] = {"learner_id": self.learner_id, "track_id": None, "at": at}
        try:
            task = tasks.start_next_task(**whose, by=me(self.learner_id))
        except NothingScheduled:
            planning.plan_next(**whose)
            task = tasks.start_next_task(**whose, by=me(self.learner_id))
        attempt = self.learner.attempt(self.items[task["problem_id"]], place / A_DAY)
        return tasks.report_progress(
            learner_id=self.learner_id,
            task_id=task["id"],
            status=TaskStatus.COMPLETED,
            score=1.0 if attempt.passed else min(attempt.score, 0.99),
            measured={"hints_used": attempt.hints, "time_spent_seconds": int(attempt.minutes * 60)},
            by=CO,
            at=at + timedelta(minutes=30),
        )


@pytest.fixture
def problem_set(db: None) -> Catalogue:
    """The shipped problems in the catalogue of the test."""
    sync_tracks()
    import_problems(
        read_problems(Path(settings.BASE_DIR) / "catalog" / "problem_set").records, at=timezone.now()
    )
    return shipped()


def travelled(learner_id: UUID, catalogue: Catalogue, profile: Profile) -> list[Row]:
    seed = f"services {profile.name}"
    person = Learner(WORLD, profile, catalogue.topics, Random(seed))
    plan = paths.plan_path(track_id=TRACK, config={})
    paths.create_path(learner_id=learner_id, plan=plan, by=me(learner_id), at=NOON)
    return Journey(learner_id, person, items_of(catalogue, WORLD, seed)).go()


def as_checked(served: list[Row], problems: dict[str, Problem]) -> list[Task]:
    return [
        Task(
            problems[row["problem_id"]],
            row["passed"],
            "review" if row["kind"] == "review" else row["decision"].get("kind", "problem"),
            (row["completed_at"] - NOON).days,
        )
        for row in served
    ]


def problems_of(catalogue: Catalogue) -> dict[str, Problem]:
    offer = catalogue.offer
    return {
        entry.problem_id: Problem(
            entry.problem_id,
            offer.modules.index(entry.module),
            entry.topics[0],
            entry.difficulty,
            entry.topics[1:],
        )
        for entry in offer.by_id.values()
    }


@pytest.mark.parametrize("profiles", [PROFILES[0::2], PROFILES[1::2]], ids=["some", "others"])
def test_journeys_keep_the_rails_and_every_decision_replays(
    problem_set: Catalogue, profiles: tuple[Profile, ...]
) -> None:
    problems = problems_of(problem_set)

    for profile in profiles:
        learner_id = new_learner(profile.name)
        served = travelled(learner_id, problem_set, profile)

        broken = violations(
            as_checked(served, problems),
            list(problems.values()),
            first_module=problem_set.offer.start,
            review_cap=DAILY_CAP,
        )
        assert broken == [], profile.name
        assert not_replayed(learner_id) == [], profile.name
        assert {row["kind"] for row in served} == {"problem", "review"}, profile.name
        assert verify_learners([learner_id]).breaks == []
        assert check_learners([learner_id]).differences == []


def not_replayed(learner_id: UUID) -> list[str]:
    """Decisions that do not lead to the problem recorded with them: of tasks as planned, and as planned anew."""
    planned = TaskEvent.objects.filter(learner_id=learner_id, event_type__in=("created", "task_replanned"))
    wrong = []
    replayed = 0
    for payload in planned.values_list("payload", flat=True):
        decision = payload["decision"]
        if decision["algorithm_version"] == ALGORITHM:
            continue
        replayed += 1
        if generation.replay(decision) != payload["problem_id"]:
            wrong.append(payload["problem_id"])
    assert replayed >= StudyTask.objects.filter(learner_id=learner_id, kind="problem").count()
    return wrong
