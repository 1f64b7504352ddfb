"""Every teacher with the same simulated people: cohorts by seed, and what of it is a real difference."""

from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from statistics import fmean

from benchmarks.learning.catalogues import Catalogue, made_up, shipped
from benchmarks.learning.journey import Journey, journey
from benchmarks.learning.measures import MEASURES, interval
from benchmarks.learning.teachers import TEACHERS
from benchmarks.learning.world import Forgetting, Law, World

# Models, weights and thresholds were chosen on seeds from 100; what is reported comes from these, never used for that.
REPORTED_SEEDS = 5_000
OURS = "adaptive (planner-2)"

Figures = dict[str, dict[str, list[float]]]  # teacher -> measure -> one mean over the profiles a seed


@dataclass(frozen=True)
class Variant:
    """A world and a catalogue (problems a module; None: the shipped ones)."""

    name: str
    world: World = field(default_factory=World)
    per_module: int | None = None

    def catalogue(self) -> Catalogue:
        return shipped() if self.per_module is None else made_up(self.per_module)


def variants() -> list[Variant]:
    """The assumptions that are changed, one at a time, from the plain world on the shipped problems."""
    plain = World()
    changes: dict[str, World] = {
        "learning: most at 84 % success": replace(plain, law=Law.EIGHTY_FIVE),
        "learning: every task alike": replace(plain, law=Law.CONSTANT),
        "learning: from success only": replace(plain, law=Law.SUCCESS),
        "forgetting: none": replace(plain, forgetting=Forgetting.NONE),
        "forgetting: a power law": replace(plain, forgetting=Forgetting.POWER),
        "forgetting: twice as fast": replace(plain, half_life_factor=0.5),
        "forgetting: half as fast": replace(plain, half_life_factor=2.0),
        "difficulty labels twice as wrong": replace(plain, label_error=0.8),
        "difficulty steps narrower": replace(plain, grade_step=0.6),
        "difficulty steps wider": replace(plain, grade_step=1.4),
        "people uneven over topics": replace(plain, topic_spread=1.0),
        "later modules harder": replace(plain, later_modules_harder=0.1),
        "no transfer between topics": replace(plain, spill=0.0),
        "no reviews": replace(plain, reviews=False),
        "twice as many reviews": replace(plain, review_cap=6),
        "twice as many days": replace(plain, days=48),
    }
    return [Variant(name, world) for name, world in changes.items()] + [
        Variant(f"{size} problems a module", plain, size) for size in (3, 5, 11, 20)
    ]


def journeys(variant: Variant, teacher: str, seed: int) -> list[Journey]:
    """A cohort: one learner of each profile."""
    teach, found = TEACHERS[teacher], variant.catalogue()
    world = variant.world
    return [journey(found, world, p, teach, f"{seed} {p.name}") for p in world.profiles]


def cohort(job: tuple[Variant, int]) -> dict[str, list[dict[str, float]]]:
    """By teacher the measures of each learner of a cohort, in the order of the profiles."""
    variant, seed = job
    return {teacher: [_measured(found) for found in journeys(variant, teacher, seed)] for teacher in TEACHERS}


def _measured(found: Journey) -> dict[str, float]:
    return {name: measure(found) for name, measure in MEASURES.items()}


Cohorts = list[dict[str, list[dict[str, float]]]]


def run(chosen: Sequence[Variant], seeds: int, workers: int) -> list[Cohorts]:
    """The cohorts of each variant, in order; the same figures for any number of workers."""
    jobs = [(variant, REPORTED_SEEDS + seed) for variant in chosen for seed in range(seeds)]
    with ProcessPoolExecutor(workers) as pool:
        done = list(pool.map(cohort, jobs, chunksize=4))
    return [done[at : at + seeds] for at in range(0, len(done), seeds)]


def figures(cohorts: Cohorts, profile: int | None = None) -> Figures:
    """Means by seed over all profiles, or of one."""
    return {
        teacher: {name: [_mean(c[teacher], name, profile) for c in cohorts] for name in MEASURES}
        for teacher in TEACHERS
    }


def _mean(people: Sequence[dict[str, float]], name: str, profile: int | None) -> float:
    chosen = people if profile is None else [people[profile]]
    numbers = [person[name] for person in chosen if person[name] == person[name]]
    return fmean(numbers) if numbers else float("nan")


def advantage(found: Figures, measure: str, over: str) -> tuple[float, float]:
    """Our mean minus a baseline's, paired by seed, with half the 95 % interval."""
    ours, theirs = found[OURS][measure], found[over][measure]
    return interval([a - b for a, b in zip(ours, theirs, strict=True)])


def baselines() -> list[str]:
    return [teacher for teacher in TEACHERS if teacher != OURS]


def best_baseline(found: Figures, measure: str) -> str:
    """The baseline with the highest mean."""
    return max(baselines(), key=lambda teacher: fmean(found[teacher][measure]))


def verdict(difference: tuple[float, float]) -> str:
    """In a word whether a difference is one: its interval may hold zero."""
    mean, half = difference
    if mean - half > 0:
        return "better"
    return "worse" if mean + half < 0 else "level"


def worst_verdict(found: Figures, measure: str) -> str:
    """The least favourable verdict over all baselines."""
    words: Iterable[str] = [verdict(advantage(found, measure, over)) for over in baselines()]
    return min(words, key=("worse", "level", "better").index)
