"""What the tasks served so far say about the next one: streaks, recovery, target difficulty, topics. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

HIGHEST_DIFFICULTY = 5
FIRST_DIFFICULTY = 1
# How far back a plan looks; callers need to pass no more steps than these.
WINDOW = 24
DIVERSITY_WINDOW = 5

PROBLEM, RECOVERY, REVIEW = "problem", "recovery", "review"


class Step(NamedTuple):
    """A task in the order of serving. `passed` and `score` are None where there was no outcome: open, skipped, expired.

    `kind` is `problem` or `recovery` for what a planner chose (a repetition is one of these), else `review`. What was
    `skipped` shows nothing of what the learner can do, so it does not make way for anything harder.
    """

    problem_id: str
    module: str
    topic: str
    difficulty: int
    passed: bool | None
    score: float | None
    kind: str
    skipped: bool = False


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of a path that planning reads; each may be set per path (requirements 6.2-6.7, K-29, K-30)."""

    weights: Mapping[str, float]  # of weakness, novelty, difficulty_fit, recency
    module_weights: Mapping[str, float] = field(default_factory=dict)  # factors of the score, else 1
    open_ahead: int = 5  # tasks kept open
    promotion_streak: int = 2  # passes in a row that raise the target difficulty
    demote_below: float = 0.5  # a score below lowers it
    recovery_after: int = 2  # failures in a row
    recovery_success: float = 0.85  # predicted success wanted of a recovery item
    success_target: float = 0.675  # predicted success wanted of any other: the middle of the 60-75 % band
    least_success: float = 0.5  # a problem predicted below waits while a likelier one can be had
    target_share: float = 0.25  # of difficulty fit, by the target difficulty; the rest by predicted success
    replan_margin: float = 0.05  # a planned task within this of the best score stays
    unlock_completion: float = 0.7  # of a module, opens the next
    unlock_mastery: float = 70.0  # mean of a module's topics, opens the next

    @classmethod
    def of(cls, config: Mapping[str, Any]) -> "Settings":
        """The settings in the config of a path; what an older config does not name has its default."""
        return cls(**{name: config[name] for name in cls.__slots__ if name in config})


class Reading(NamedTuple):
    """What the steps say. `failures` and `passes` count the last ones in a row, `passed_topics` are the topics of
    those passes.

    `highest` is the guard rail: no generated problem may be harder. `recovery_limit` is None unless recovery is due.
    `recent_topics` are the primary topics of the last generated tasks, newest last.
    """

    previous: Step | None
    target: int
    highest: int
    failures: int
    passes: int
    recovery_limit: int | None
    recent_topics: tuple[str, ...]
    passed_topics: frozenset[str]


def read(steps: Sequence[Step], settings: Settings) -> Reading:
    """The last `WINDOW` steps as a planner sees them.

    A failed or passed review counts for recovery: what that guards is the learner's run of failures. It does not
    count for difficulty: a review is of any difficulty, and passing again says little about harder problems.
    """
    window = steps[-WINDOW:]
    generated = [step for step in window if step.kind != REVIEW]
    previous = generated[-1] if generated else None
    failed = _failed_in_a_row(window)
    passed = _passed_in_a_row(generated)
    limit = None
    if len(failed) >= settings.recovery_after:
        limit = max(FIRST_DIFFICULTY, min(failed) - 1)
    return Reading(
        previous=previous,
        target=_target(previous, len(passed), settings),
        highest=_highest(generated),
        failures=len(failed),
        passes=len(passed),
        recovery_limit=limit,
        recent_topics=tuple(step.topic for step in generated[-DIVERSITY_WINDOW:]),
        passed_topics=frozenset(passed),
    )


def _highest(generated: Sequence[Step]) -> int:
    """One step above the last task and above the last one that was not skipped; 2 where there is none."""
    bases = [step.difficulty for step in generated[-1:]]
    bases += [step.difficulty for step in generated if not step.skipped][-1:]
    if generated and len(bases) == 1:  # nothing but skipped tasks
        bases.append(FIRST_DIFFICULTY)
    return min(HIGHEST_DIFFICULTY, min(bases, default=FIRST_DIFFICULTY) + 1)


def _failed_in_a_row(steps: Sequence[Step]) -> list[int]:
    """Difficulties of the failures since the last success."""
    found: list[int] = []
    for step in reversed(steps):
        if step.passed:
            break
        if step.passed is False:
            found.append(step.difficulty)
    return found


def _passed_in_a_row(generated: Sequence[Step]) -> list[str]:
    """Topics of the passes since the last failure, newest first; a recovery item, easy by design, ends the row."""
    found: list[str] = []
    for step in reversed(generated):
        if step.passed is False or (step.passed and step.kind == RECOVERY):
            break
        if step.passed:
            found.append(step.topic)
    return found


def _target(previous: Step | None, passes: int, settings: Settings) -> int:
    """Requirement 6.4: `promotion_streak` passes raise it by one, a score below `demote_below` lowers it by one."""
    if previous is None:
        return FIRST_DIFFICULTY
    change = 0
    if previous.passed and passes and passes % settings.promotion_streak == 0:
        change = 1
    elif previous.score is not None and previous.score < settings.demote_below:
        change = -1
    return min(HIGHEST_DIFFICULTY, max(FIRST_DIFFICULTY, previous.difficulty + change))
