"""Who decides what comes next: our planner and the baselines it is compared with. They see outcomes only."""

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import NamedTuple, Protocol

from benchmarks.learning.learner import Attempt
from studypaths.generation import OpenTask, Settings, Situation, Step, plan
from studypaths.generation.candidates import Entry, Offer
from studypaths.generation.success import Known, believed, updated_value
from studypaths.path_config import DEFAULTS

SETTINGS = Settings.of(DEFAULTS)


class Served(NamedTuple):
    """A problem to do; `kind` as in `Step`; `predicted` success where the teacher predicts."""

    entry: Entry
    kind: str
    predicted: float | None = None


class Teacher(Protocol):
    offer: Offer

    def next(self) -> Served: ...

    def saw(self, served: Served, attempt: Attempt) -> None: ...


@dataclass
class InOrder:
    """Every problem once in an order made beforehand, then from the beginning."""

    offer: Offer
    order: list[Entry]
    at: int = 0

    def next(self) -> Served:
        return Served(self.order[self.at % len(self.order)], "problem")

    def saw(self, served: Served, attempt: Attempt) -> None:
        if served.kind != "review":
            self.at += 1


def random_order(offer: Offer, seed: str) -> Teacher:
    order = sorted(offer.by_id.values(), key=lambda entry: entry.problem_id)
    Random(seed).shuffle(order)
    return InOrder(offer, order)


def fixed_order(offer: Offer, seed: str) -> Teacher:
    """The order of the catalogue: module by module, easy before hard."""
    return InOrder(offer, [entry for module in offer.modules for entry in offer.by_module[module]])


@dataclass
class Planned:
    """A planner of the project, called as the services call it."""

    offer: Offer
    seed: str
    version: str
    settings: Settings
    learn: Callable[[Known | None, int, Attempt], float]
    predicts: bool = True
    mastery: dict[str, Known] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)
    done: dict[str, int] = field(default_factory=dict)
    open: list[OpenTask] = field(default_factory=list)

    def situation(self) -> Situation:
        return Situation(
            self.version,
            self.offer,
            self.settings,
            self.mastery,
            self.steps[-24:],
            self.done,
            self.seed,
            len(self.steps),
        )

    def plan(self) -> None:
        for change in plan(self.situation(), self.open):
            found, kind = change.choice.candidate, change.choice.decision.get("kind", "problem")
            task = OpenTask(found.problem_id, found.module, found.primary_topic, found.difficulty, str(kind))
            if change.position is None:
                self.open.append(task)
            else:
                self.open[change.position] = task

    def next(self) -> Served:
        if not self.open:
            self.plan()
        if not self.open:  # planner-1 has no answer to a dry track: what was longest ago comes again
            return Served(self.offer.by_id[min(self.done, key=self.done.__getitem__)], "problem")
        task = self.open[0]
        entry = self.offer.by_id[task.problem_id]
        if not self.predicts:
            return Served(entry, task.kind)
        return Served(entry, task.kind, believed(self.mastery).success(entry.topics, entry.difficulty))

    def saw(self, served: Served, attempt: Attempt) -> None:
        entry = served.entry
        if served.kind != "review" and self.open:
            self.open.pop(0)
        # A review says what is remembered of one problem, little of others: mastery follows from problems (ADR 0011).
        for topic in entry.topics if served.kind != "review" else ():
            known = self.mastery.get(topic)
            value = self.learn(known, entry.difficulty, attempt)
            self.mastery[topic] = Known(value, (known.observations if known else 0) + 1)
        self.done[entry.problem_id] = len(self.steps)
        self.steps.append(
            Step(
                entry.problem_id,
                entry.module,
                entry.topic,
                entry.difficulty,
                attempt.passed,
                attempt.score,
                served.kind,
            )
        )
        self.plan()


def formula(offer: Offer, seed: str) -> Teacher:
    """planner-1 with the moving average of the source, planning one task at a time: its best case."""
    return Planned(offer, seed, "planner-1", Settings(weights=FORMULA_WEIGHTS, open_ahead=1), _by_average)


FORMULA_WEIGHTS = {"weakness": 0.4, "novelty": 0.2, "difficulty_fit": 0.25, "recency": 0.15}


def adaptive(offer: Offer, seed: str, settings: Settings = SETTINGS, predicts: bool = True) -> Teacher:
    """planner-2 as shipped."""
    return Planned(offer, seed, "planner-2", settings, _by_surprise, predicts)


def _by_average(known: Known | None, difficulty: int, attempt: Attempt) -> float:
    """The moving average of R092, as planner-1 had it: 0 for what was never tried."""
    value = known.value if known else 0.0
    return round(value + 0.2 * (100.0 * attempt.score - value), 4)


def _by_surprise(known: Known | None, difficulty: int, attempt: Attempt) -> float:
    return updated_value(known, difficulty=difficulty, passed=attempt.passed)


TEACHERS: dict[str, Callable[[Offer, str], Teacher]] = {
    "adaptive (planner-2)": adaptive,
    "formula (planner-1)": formula,
    "fixed order": fixed_order,
    "random order": random_order,
}
