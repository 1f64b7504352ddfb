"""The guard rails over 10,000 simulated learners x 60 tasks, by a checker that shares no code with the planner.

K-29, K-30, R108 to R110, requirements 6.4 to 6.7. A shard is 500 learners, of all profiles in turn, on one catalogue.
Reviews are due by FSRS and served first, as many a day as the rule of the reviews app allows for a cap of one.
"""

from functools import cache
from random import Random

import pytest

from benchmarks.learning.catalogues import Catalogue, made_up, shipped
from benchmarks.learning.journey import items_of
from benchmarks.learning.learner import Item, Learner
from benchmarks.learning.reviewing import Reviews
from benchmarks.learning.teachers import Served, adaptive
from benchmarks.learning.world import PROFILES, World
from tests.studypaths.rail_checker import Problem, Task, violations

LEARNERS, TASKS, SHARDS = 10_000, 60, 20
TASKS_A_DAY, REVIEW_CAP = 3, 1
WORLD = World()


@cache
def catalogue(shard: int) -> Catalogue:
    """Half the shards on the shipped problems, the others on smaller and larger catalogues."""
    return shipped() if shard % 2 else made_up((3, 8, 11, 15)[shard // 2 % 4])


@cache
def problems(shard: int) -> dict[str, Problem]:
    offer = catalogue(shard).offer
    return {
        entry.problem_id: Problem(
            entry.problem_id,
            offer.modules.index(entry.module),
            entry.candidate.topics[0],
            entry.difficulty,
            entry.candidate.topics[1:],
        )
        for entry in offer.by_id.values()
    }


def served_tasks(shard: int, number: int, items: dict[str, Item]) -> list[Task]:
    """60 tasks of one learner: reviews when they are due, else what the planner says."""
    found, offer = catalogue(shard), catalogue(shard).offer
    profile = PROFILES[number % len(PROFILES)]
    learner = Learner(WORLD, profile, found.topics, Random(f"{shard}:{number}"))
    teacher = adaptive(offer, f"{shard}:{number}", predicts=False)
    reviews = Reviews(cap=REVIEW_CAP)
    known, tasks = problems(shard), []
    for place in range(TASKS):
        day = place // TASKS_A_DAY
        due = reviews.next(day)
        served = teacher.next() if due is None else Served(offer.by_id[due], "review")
        if due is not None:
            reviews.served(day)
        attempt = learner.attempt(items[served.entry.problem_id], float(day))
        reviews.rate(items[served.entry.problem_id], attempt, day)
        teacher.saw(served, attempt)
        tasks.append(Task(known[served.entry.problem_id], attempt.passed, served.kind, day))
    return tasks


@pytest.mark.parametrize("shard", range(SHARDS))
def test_the_guard_rails_hold_for_every_simulated_learner(shard: int) -> None:
    items = items_of(catalogue(shard), WORLD, str(shard))
    everything = list(problems(shard).values())
    first_module = catalogue(shard).offer.start

    for number in range(LEARNERS // SHARDS):
        tasks = served_tasks(shard, number, items)
        broken = violations(tasks, everything, first_module=first_module, review_cap=REVIEW_CAP)
        assert not broken, (number, broken)
