"""What is assumed about learners and problems: every number that a simulated world depends on.

Nothing here knows a planner. Sources are named where a number or a form comes from the literature; the others are
plain guesses of size, which is why `benchmarks.learning.sensitivity` varies them.
"""

from dataclasses import dataclass, field
from enum import StrEnum


class Law(StrEnum):
    """How much a task teaches, as a function of the chance (p) of passing it."""

    CHALLENGE = "challenge"  # p(1-p), half as much after a failure (PFA: Pavlik, Cen & Koedinger 2009)
    EIGHTY_FIVE = "eighty-five"  # most at p = 0.84 (Wilson, Shenhav, Straccia & Cohen 2019)
    CONSTANT = "constant"  # every task the same, whatever its difficulty (BKT: Corbett & Anderson 1995)
    SUCCESS = "success"  # only a pass teaches


class Forgetting(StrEnum):
    """How what was learned fades with the time since the last practice."""

    HALF_LIFE = "half-life"  # 2^(-t/h) (Ebbinghaus 1885; half-life regression: Settles & Meeder 2016)
    POWER = "power"  # (1 + t/h)^-1 (Wickelgren 1974; Wixted & Ebbesen 1991)
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Profile:
    """A kind of learner. Abilities are logits; `half_life_days` is of what was learned just now."""

    name: str
    ability: float = -0.8
    learning_rate: float = 0.30
    half_life_days: float = 14.0
    hints: float = 0.4  # how often a hint is taken when stuck
    pace: float = 1.0
    guess: float = 0.02
    effort: float = 1.0
    gives_up: float = 0.0  # how often a hard task is abandoned early


PROFILES = (
    Profile("average"),
    Profile("gifted", ability=1.0, learning_rate=0.45, half_life_days=25, hints=0.15, pace=0.75),
    Profile("struggling", ability=-2.0, learning_rate=0.20, half_life_days=10, hints=0.6, pace=1.3),
    Profile("forgetful", half_life_days=4),
    Profile("random clicker", ability=-3.0, learning_rate=0.05, pace=0.3, guess=0.2, effort=0.1),
    Profile("gives up", ability=-1.2, hints=0.1, gives_up=0.6),
)


@dataclass(frozen=True, slots=True)
class World:
    """A world: the form of learning and forgetting, and the spread of problems and people."""

    law: Law = Law.CHALLENGE
    forgetting: Forgetting = Forgetting.HALF_LIFE
    half_life_factor: float = 1.0
    # Items (3PL: Birnbaum 1968; 2PL where `guess` is 0). A label of difficulty is only roughly right.
    grade_step: float = 1.0
    label_error: float = 0.4
    discrimination_spread: float = 0.2
    # People.
    person_spread: float = 0.4
    topic_spread: float = 0.6
    later_modules_harder: float = 0.0  # logits a module
    # Learning.
    spill: float = 0.15  # share of a gain that other topics of the module get (transfer)
    secondary: float = 0.4  # share that the secondary topics of a problem get
    kept: float = 0.3  # share of what was learned that never fades (permastore: Bahrick 1984)
    savings: float = 0.5  # share of what faded that one practice brings back (Ebbinghaus 1885)
    spacing: float = 2.0  # growth of the half-life by a practice after everything faded (Cepeda et al. 2006)
    # A plan of study.
    days: int = 24
    minutes_a_day: float = 60.0
    review_cap: int = 3
    reviews: bool = True
    retention_after_days: int = 30
    profiles: tuple[Profile, ...] = field(default=PROFILES)
