"""One learner with one teacher through the days of a plan of study, and what is measured on the way."""

from collections.abc import Callable
from dataclasses import dataclass, field
from math import log
from random import Random

from benchmarks.learning.catalogues import Catalogue
from benchmarks.learning.learner import Attempt, Item, Learner
from benchmarks.learning.reviewing import Reviews
from benchmarks.learning.teachers import Served, Teacher
from benchmarks.learning.world import Profile, World
from studypaths.generation.candidates import Offer

BAND = (0.60, 0.75)


@dataclass(slots=True)
class Journey:
    """What happened. `tasks` in the order of serving; exam shares are 0-1."""

    profile: str
    tasks: list[tuple[Served, Attempt]] = field(default_factory=list)
    exam_before: float = 0.0
    exam_after: float = 0.0
    exam_later: float = 0.0

    def hours(self) -> float:
        return sum(attempt.minutes for _, attempt in self.tasks) / 60


def items_of(catalogue: Catalogue, world: World, seed: str) -> dict[str, Item]:
    """The truth about the problems of a catalogue in a world."""
    random = Random(f"items {seed}")
    return {
        problem: Item(
            entry.candidate,
            (entry.difficulty - 3) * world.grade_step + random.gauss(0.0, world.label_error),
            random.lognormvariate(0.0, world.discrimination_spread),
        )
        for problem, entry in catalogue.offer.by_id.items()
    }


def journey(
    catalogue: Catalogue,
    world: World,
    profile: Profile,
    teach: Callable[[Offer, str], Teacher],
    seed: str,
) -> Journey:
    """The same seed is the same person and the same problems for every teacher."""
    items = items_of(catalogue, world, seed)
    learner = Learner(world, profile, catalogue.topics, Random(f"learner {seed}"))
    teacher = teach(catalogue.offer, seed)
    reviews = Reviews(world.review_cap if world.reviews else 0)
    found = Journey(profile.name, exam_before=learner.exam(0.0))
    for day in range(world.days):
        spent = 0.0
        while spent < world.minutes_a_day:
            attempt = _one_task(found, items, learner, teacher, reviews, day)
            spent += attempt.minutes
    found.exam_after = learner.exam(world.days)
    found.exam_later = learner.exam(world.days + world.retention_after_days)
    return found


def _one_task(
    found: Journey, items: dict[str, Item], learner: Learner, teacher: Teacher, reviews: Reviews, day: int
) -> Attempt:
    """A review that is due, else what the teacher says (design, flow of data: reviews come first)."""
    due = reviews.next(day)
    served = teacher.next() if due is None else Served(teacher.offer.by_id[due], "review")
    item = items[served.entry.problem_id]
    attempt = learner.attempt(item, float(day))
    if due is not None:
        reviews.served(day)
    reviews.rate(item, attempt, day)
    teacher.saw(served, attempt)
    found.tasks.append((served, attempt))
    return attempt


def log_loss(pairs: list[tuple[float, bool]]) -> float:
    """Mean negative log likelihood of outcomes under the predicted chances; `nan` when there are none."""
    if not pairs:
        return float("nan")
    clipped = ((min(1 - 1e-6, max(1e-6, chance)), passed) for chance, passed in pairs)
    return -sum(log(chance if passed else 1 - chance) for chance, passed in clipped) / len(pairs)
