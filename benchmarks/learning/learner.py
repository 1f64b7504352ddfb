"""A simulated learner: hidden abilities by topic that tasks raise and time lowers. Knows nothing of planners."""

from collections.abc import Sequence
from math import exp, log
from random import Random
from typing import NamedTuple

from benchmarks.learning.world import Forgetting, Law, Profile, World
from studypaths.generation.candidates import Candidate

HINT_WORTH = 0.8  # logits
SLOWEST, FASTEST = 2.5, 0.4
TIME_BY_DIFFICULTY = 0.25  # log minutes per logit (van der Linden 2007: log-normal response times)
TIME_SPREAD = 0.3
HIGHEST_USEFUL = 3.0


class Item(NamedTuple):
    """The truth about a problem."""

    candidate: Candidate
    difficulty: float
    discrimination: float


class Attempt(NamedTuple):
    """What happened, and `chance`: how likely a pass was."""

    passed: bool
    score: float
    minutes: float
    hints: int
    tries: int
    chance: float


class Skill:
    """Ability in one topic: a base that stays, and what was learned, which fades."""

    __slots__ = ("base", "half_life", "learned", "practised_at")

    def __init__(self, base: float, half_life: float) -> None:
        self.base = base
        self.half_life = half_life
        self.learned = 0.0
        self.practised_at = 0.0


class Learner:
    """One person of a world. Times are days since the path began."""

    def __init__(
        self, world: World, profile: Profile, topics: Sequence[tuple[str, Sequence[str]]], random: Random
    ) -> None:
        self.world, self.profile, self.random = world, profile, random
        general = random.gauss(profile.ability, world.person_spread)
        half_life = profile.half_life_days * world.half_life_factor
        self.skills: dict[str, Skill] = {}
        self.siblings: dict[str, Sequence[str]] = {}
        for place, (_, of_module) in enumerate(topics):
            for topic in of_module:
                base = random.gauss(general - place * world.later_modules_harder, world.topic_spread)
                self.skills[topic] = Skill(base, half_life)
                self.siblings[topic] = of_module
        # When a problem was met last and how long its solution is remembered (days).
        self.met: dict[str, tuple[float, float]] = {}

    def ability(self, topic: str, day: float) -> float:
        skill = self.skills[topic]
        return skill.base + self._left(skill, day)

    def chance(self, item: Item, day: float) -> float:
        """The chance of passing a problem, hints included."""
        alone, helped = self._chances(item, day)
        return alone + (1 - alone) * self.profile.hints * helped

    def attempt(self, item: Item, day: float) -> Attempt:
        """Work on a problem: it passes or not, takes its time, and teaches."""
        alone, helped = self._chances(item, day)
        profile, random = self.profile, self.random
        chance = alone + (1 - alone) * profile.hints * helped
        hints, tries, passed = 0, 1, random.random() < alone
        if not passed and random.random() < profile.hints:
            hints, tries, passed = 1 + (random.random() < 0.4), 2, random.random() < helped
        gave_up = not passed and random.random() < profile.gives_up
        minutes = self._minutes(item, day, gave_up)
        score = 1.0 if passed else min(0.95, random.random() * (0.3 + 0.9 * chance))
        self._learn(item, day, chance, passed, 0.3 if gave_up else 1.0)
        return Attempt(passed, score, minutes, hints, tries, chance)

    def exam(self, day: float, topics: Sequence[str] | None = None) -> float:
        """The share of an exam over the topics (all of the track) and all difficulties that would be right."""
        step = self.world.grade_step
        wanted = topics or list(self.skills)
        right = 0.0
        for topic in wanted:
            ability = self.ability(topic, day)
            right += sum(1 / (1 + exp(step * grade - ability)) for grade in (-2, -1, 0, 1, 2))
        return right / (5 * len(wanted))

    def _chances(self, item: Item, day: float) -> tuple[float, float]:
        """Passing without and, once stuck, with a hint. A remembered solution passes."""
        gap = item.discrimination * (self._ability_for(item.candidate, day) - item.difficulty)
        guess = self.profile.guess
        alone = guess + (1 - guess) / (1 + exp(-gap))
        remembered = self._remembers(item.candidate.problem_id, day)
        alone = remembered + (1 - remembered) * alone
        return alone, 1 / (1 + exp(-gap - HINT_WORTH))

    def _ability_for(self, candidate: Candidate, day: float) -> float:
        primary = self.ability(candidate.topics[0], day)
        rest = candidate.topics[1:]
        if not rest:
            return primary
        return 0.7 * primary + 0.3 * sum(self.ability(topic, day) for topic in rest) / len(rest)

    def _remembers(self, problem_id: str, day: float) -> float:
        if problem_id not in self.met:
            return 0.0
        at, half_life = self.met[problem_id]
        return float(2 ** (-(day - at) / half_life))

    def _left(self, skill: Skill, day: float) -> float:
        kept = self.world.kept
        return skill.learned * (kept + (1 - kept) * self._retention(skill, day))

    def _retention(self, skill: Skill, day: float) -> float:
        since = max(0.0, day - skill.practised_at)
        if self.world.forgetting == Forgetting.HALF_LIFE:
            return float(2 ** (-since / skill.half_life))
        return 1 / (1 + since / skill.half_life) if self.world.forgetting == Forgetting.POWER else 1.0

    def _minutes(self, item: Item, day: float, gave_up: bool) -> float:
        gap = item.difficulty - self._ability_for(item.candidate, day)
        factor = exp(TIME_BY_DIFFICULTY * gap + self.random.gauss(0.0, TIME_SPREAD))
        remembered = self._remembers(item.candidate.problem_id, day)
        factor = min(SLOWEST, max(FASTEST, factor)) * (1 - 0.5 * remembered) * (0.4 if gave_up else 1.0)
        return item.candidate.minutes_target * self.profile.pace * factor

    def _learn(self, item: Item, day: float, chance: float, passed: bool, share: float) -> None:
        candidate, world = item.candidate, self.world
        amount = (
            candidate.minutes_target / 20
        )  # longer problems hold more to learn (Carroll 1963: time on task)
        gain = (
            self.profile.learning_rate
            * self.profile.effort
            * share
            * amount
            * taught(world.law, chance, passed)
        )
        for topic in self.siblings[candidate.topics[0]]:
            if topic not in candidate.topics:
                self.skills[topic].learned += world.spill * gain * self._room(topic, day)
        for place, topic in enumerate(candidate.topics):
            self._practise(topic, day, gain * (world.secondary if place else 1.0), passed)
        _, memory = self.met.get(candidate.problem_id, (0.0, 0.0))
        self.met[candidate.problem_id] = (day, max(1.5, 2 * memory) if not passed else max(4.0, 2 * memory))

    def _practise(self, topic: str, day: float, gain: float, passed: bool) -> None:
        skill, world = self.skills[topic], self.world
        retention, left = self._retention(skill, day), self._left(skill, day)
        gain *= self._room(topic, day)
        skill.learned = left + world.savings * (skill.learned - left) + gain
        if passed:
            skill.half_life *= 1 + world.spacing * (1 - retention)
        skill.practised_at = day

    def _room(self, topic: str, day: float) -> float:
        """Nobody learns without end: gains fall off towards an ability that the hardest problems cannot raise."""
        return 1 / (1 + exp(2 * (self.ability(topic, day) - HIGHEST_USEFUL)))


def taught(law: Law, chance: float, passed: bool) -> float:
    """How much a task teaches, at most 1."""
    if law == Law.CONSTANT:
        return 0.6
    if law == Law.SUCCESS:
        return 0.9 if passed else 0.1
    if law == Law.EIGHTY_FIVE:
        z = max(
            0.0, log(max(chance, 1e-6) / max(1 - chance, 1e-6)) / 1.7
        )  # a logistic for the normal quantile
        return z * exp((1 - z * z) / 2)
    return 4 * chance * (1 - chance) * (1.0 if passed else 0.5)
