"""Which problems come next, and why. Pure: the same situation and seed give the same choice.

Every choice carries its decision: what was known, which candidates there were with their scores, the rule that fired,
and one sentence for the learner. `choose` on the recorded inputs and the same candidates picks the same problem again.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any

ALGORITHM_VERSION = "planner-1"
RECORDED_CANDIDATES = 10
HIGHEST_DIFFICULTY = 5


@dataclass(frozen=True, slots=True)
class Candidate:
    """A problem that could be planned. `topics[0]` is its primary topic."""

    problem_id: str
    problem_version: int
    module: str
    topics: tuple[str, ...]
    difficulty: int

    @property
    def primary_topic(self) -> str:
        return self.topics[0] if self.topics else self.module


@dataclass(frozen=True, slots=True)
class Situation:
    """What is known when a task is chosen. `mastery` is 0-100 per topic; `weights` are those of the path's config."""

    module: str
    target_difficulty: int
    mastery: dict[str, float]
    weights: dict[str, float]
    seed: str
    previous_topic: str | None = None
    recent_topics: tuple[str, ...] = ()
    done_problems: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Choice:
    """The problem to do and the record of why."""

    candidate: Candidate
    decision: dict[str, Any]


class NothingToChoose(Exception):
    """No candidate is left that the learner has not had yet."""


def choose(candidates: Sequence[Candidate], situation: Situation) -> Choice:
    """The best candidate for the situation; `NothingToChoose` when there is none."""
    fresh = [c for c in candidates if c.problem_id not in situation.done_problems]
    if not fresh:
        raise NothingToChoose(situation.module)
    rule, pool = _rotate_topics(fresh, situation.previous_topic)
    ranked = sorted(pool, key=lambda c: (-score(c, situation), _tie_break(situation.seed, c.problem_id)))
    return Choice(ranked[0], _decision(rule, ranked, situation))


def choose_first_batch(
    candidates: Sequence[Candidate], *, module: str, count: int, weights: dict[str, float], seed: str
) -> list[Choice]:
    """The first tasks of a path (R085): `count` problems of one module, the easier half before the harder."""
    situation = Situation(module=module, target_difficulty=1, mastery={}, weights=weights, seed=seed)
    choices: list[Choice] = []
    for index in range(min(count, len({c.problem_id for c in candidates}))):
        target = 1 if index < count / 2 else 2
        choice = choose(candidates, replace(situation, target_difficulty=target))
        choices.append(choice)
        situation = _after(situation, choice.candidate)
    return choices


def score(candidate: Candidate, situation: Situation) -> float:
    """Weighted sum of weakness, novelty, difficulty fit and recency, each 0-1 (design section 5)."""
    topic = candidate.primary_topic
    parts = {
        "weakness": 1 - situation.mastery.get(topic, 0.0) / 100,
        "novelty": 0.0 if topic in situation.recent_topics else 1.0,
        "difficulty_fit": 1
        - abs(candidate.difficulty - situation.target_difficulty) / (HIGHEST_DIFFICULTY - 1),
        "recency": _recency(topic, situation.recent_topics),
    }
    return round(sum(situation.weights.get(name, 0.0) * value for name, value in parts.items()), 6)


def _recency(topic: str, recent: tuple[str, ...]) -> float:
    """1 for a topic not met lately, falling to 0 for the topic of the last task."""
    if topic not in recent:
        return 1.0
    return recent[::-1].index(topic) / len(recent)


def _rotate_topics(candidates: list[Candidate], previous_topic: str | None) -> tuple[str, list[Candidate]]:
    """R110: no task shares the primary topic of the one before it while there is another."""
    others = [c for c in candidates if c.primary_topic != previous_topic]
    if previous_topic is None:
        return "first_task", candidates
    return ("topic_rotation", others) if others else ("only_topic_left", candidates)


def _tie_break(seed: str, problem_id: str) -> str:
    return sha256(f"{seed}:{problem_id}".encode()).hexdigest()


def _after(situation: Situation, chosen: Candidate) -> Situation:
    return replace(
        situation,
        previous_topic=chosen.primary_topic,
        recent_topics=(*situation.recent_topics, chosen.primary_topic)[-5:],
        done_problems=situation.done_problems | {chosen.problem_id},
    )


def _decision(rule: str, ranked: list[Candidate], situation: Situation) -> dict[str, Any]:
    return {
        "algorithm_version": ALGORITHM_VERSION,
        "seed": situation.seed,
        "rule": rule,
        "why": _why(rule, ranked[0], situation),
        "inputs": {
            "module": situation.module,
            "target_difficulty": situation.target_difficulty,
            "mastery": situation.mastery,
            "weights": situation.weights,
            "previous_topic": situation.previous_topic,
            "recent_topics": list(situation.recent_topics),
            "done_problems": sorted(situation.done_problems),
        },
        "candidates": [[c.problem_id, score(c, situation)] for c in ranked[:RECORDED_CANDIDATES]],
    }


def _why(rule: str, chosen: Candidate, situation: Situation) -> str:
    topic = chosen.primary_topic.replace("-", " ")
    if rule == "first_task":
        return f"Your path starts here: an easy problem on {topic} shows where you stand."
    if rule == "only_topic_left":
        return f"This module has only {topic} left, so you stay with it."
    level = "still easy" if chosen.difficulty == 1 else "a step harder"
    return f"A change of topic to {topic}, {level}, so that you meet the range of this module early."
