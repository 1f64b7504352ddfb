"""How likely a learner passes a problem, and how mastery follows from outcomes. Pure.

Mastery of a topic (0-100) is the predicted success, in percent, on a problem of middle difficulty: the learner's
ability on a logistic scale, where a step of difficulty is worth `STEP` logits (the Rasch model with the difficulty
grade as item difficulty). An outcome moves the ability by how surprising it was, less with every observation: an
online Rasch estimate, known as Elo rating in education (Pelánek 2016; Klinkenberg, Straatemeier & van der Maas 2011).
The constants were chosen by log loss in simulation (docs/adr/0011).
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from math import exp, log
from typing import NamedTuple

from studypaths.generation.candidates import Entry

MODEL_VERSION = "elo-1"
MIDDLE_DIFFICULTY = 3
STEP = 0.6
PRIOR_ABILITY = 0.0
# The size of a move is GAIN / (1 + DAMPING x observations), and never below SMALLEST_GAIN: learners change.
GAIN = 2.0
DAMPING = 1.0
SMALLEST_GAIN = 0.15
# An ability seen n times weighs n / (n + POOLING) against the learner's average over the topics practised.
POOLING = 3.0
HIGHEST_ABILITY = 6.0


class Known(NamedTuple):
    """Mastery of one topic: its value (0-100) and how many outcomes it rests on."""

    value: float
    observations: int


def updated_value(known: Known | None, *, difficulty: int, passed: bool) -> float:
    """Mastery (0-100) of a topic after a problem of `difficulty` was `passed` or not."""
    ability = PRIOR_ABILITY if known is None else ability_of(known.value)
    observations = 0 if known is None else known.observations
    surprise = (1.0 if passed else 0.0) - _passes(ability, difficulty)
    ability += max(SMALLEST_GAIN, GAIN / (1 + DAMPING * observations)) * surprise
    ability = min(HIGHEST_ABILITY, max(-HIGHEST_ABILITY, ability))
    return round(100.0 / (1.0 + exp(-ability)), 4)


@lru_cache(maxsize=16384)
def ability_of(value: float) -> float:
    """The ability (logits) that a mastery of `value` stands for."""
    share = min(0.9975, max(0.0025, value / 100.0))
    return log(share / (1 - share))


class Believed:
    """What a learner is believed able to do: ability (logits) by topic, and the average for any other topic."""

    def __init__(self, abilities: Mapping[str, float], average: float) -> None:
        self.abilities = abilities
        self.average = average
        self._chances: dict[str, float] = {}

    def ability(self, topic: str) -> float:
        return self.abilities.get(topic, self.average)

    def middle_success(self, topic: str) -> float:
        """Probability (0-1) of passing a problem of middle difficulty: mastery, with what other topics say of it."""
        return 1.0 / (1.0 + exp(-self.ability(topic)))

    def success(self, topics: Sequence[str], difficulty: int) -> float:
        """Probability (0-1) of passing a problem of these topics, which count alike, and this difficulty."""
        total = 0.0
        for topic in topics:
            total += self.abilities.get(topic, self.average)
        return _passes(total / len(topics), difficulty)

    def chance(self, entry: Entry) -> float:
        """`success` on a problem of an offer; a plan asks for the same ones many times."""
        found = self._chances.get(entry.problem_id)
        if found is None:
            found = self._chances[entry.problem_id] = self.success(entry.topics, entry.difficulty)
        return found


def believed(mastery: Mapping[str, Known]) -> Believed:
    """Each practised topic drawn towards the learner's average, the less the more often it was observed."""
    own = {}
    observed, total = POOLING, POOLING * PRIOR_ABILITY
    for topic, (value, n) in mastery.items():
        own[topic] = (n * ability_of(value), n + POOLING)
        total += own[topic][0]
        observed += n
    average = total / observed
    drawn = POOLING * average
    return Believed({topic: (weighed + drawn) / n for topic, (weighed, n) in own.items()}, average)


def _passes(ability: float, difficulty: int) -> float:
    return 1.0 / (1.0 + exp(STEP * (difficulty - MIDDLE_DIFFICULTY) - ability))
