"""planner-1: the plain weighted formula of the source (R085, R107). Pure: same situation and seed, same choice.

Paths that it planned stay replayable, and the first batch of a path is its choice still.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any

from studypaths.generation.candidates import Candidate, Choice, NothingToChoose
from studypaths.generation.sequence import HIGHEST_DIFFICULTY, Reading, Step, read
from studypaths.generation.situation import Situation

ALGORITHM_VERSION = "planner-1"
RECORDED_CANDIDATES = 10


@dataclass(frozen=True, slots=True)
class FormulaSituation:
    """What is known when a task is chosen. `mastery` is 0-100 per topic; `weights` are those of the path's config."""

    module: str
    target_difficulty: int
    mastery: dict[str, float]
    weights: dict[str, float]
    seed: str
    previous_topic: str | None = None
    recent_topics: tuple[str, ...] = ()
    done_problems: frozenset[str] = frozenset()


def choose(candidates: Sequence[Candidate], situation: FormulaSituation) -> Choice:
    """The best candidate for the situation; `NothingToChoose` when the learner had every one."""
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
    situation = FormulaSituation(module=module, target_difficulty=1, mastery={}, weights=weights, seed=seed)
    choices: list[Choice] = []
    for index in range(min(count, len({c.problem_id for c in candidates}))):
        target = 1 if index < count / 2 else 2
        choice = choose(candidates, replace(situation, target_difficulty=target))
        choices.append(choice)
        situation = _after(situation, choice.candidate)
    return choices


def choose_after(situation: Situation, steps: Sequence[Step], ordinal: int, taken: Collection[str]) -> Choice:
    """The next problem of a path: of the last open module that has one left, near the difficulty that the streak asks.

    `NothingToChoose` when every problem of the open modules was served.
    """
    reading = read(steps, situation.settings)
    for module in reversed(situation.offer.modules[: situation.open_modules()]):
        left = [e.candidate for e in situation.offer.by_module[module] if e.problem_id not in taken]
        try:
            return choose(left, _formula_situation(situation, reading, module, ordinal))
        except NothingToChoose:
            continue
    raise NothingToChoose(situation.seed)


def _formula_situation(situation: Situation, reading: Reading, module: str, ordinal: int) -> FormulaSituation:
    return FormulaSituation(
        module=module,
        target_difficulty=reading.target,
        mastery={topic: known.value for topic, known in situation.mastery.items()},
        weights=dict(situation.settings.weights),
        seed=f"{situation.seed}:{ordinal}",
        previous_topic=reading.recent_topics[-1] if reading.recent_topics else None,
        recent_topics=reading.recent_topics,
        done_problems=frozenset(situation.done),
    )


def replay(decision: Mapping[str, Any]) -> str:
    """The id of the problem that the recorded candidates and their scores lead to."""
    ranked = [
        (-points, _tie_break(decision["seed"], problem), problem)
        for problem, points in decision["candidates"]
    ]
    return str(min(ranked)[-1])


def score(candidate: Candidate, situation: FormulaSituation) -> float:
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


def _after(situation: FormulaSituation, chosen: Candidate) -> FormulaSituation:
    return replace(
        situation,
        previous_topic=chosen.primary_topic,
        recent_topics=(*situation.recent_topics, chosen.primary_topic)[-5:],
        done_problems=situation.done_problems | {chosen.problem_id},
    )


def _decision(rule: str, ranked: list[Candidate], situation: FormulaSituation) -> dict[str, Any]:
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


def _why(rule: str, chosen: Candidate, situation: FormulaSituation) -> str:
    topic = chosen.primary_topic.replace("-", " ")
    if rule == "first_task":
        return f"Your path starts here: an easy problem on {topic} shows where you stand."
    if rule == "only_topic_left":
        return f"This module has only {topic} left, so you stay with it."
    level = "still easy" if chosen.difficulty == 1 else f"difficulty {chosen.difficulty}"
    return f"A change of topic to {topic}, {level}, so that you meet the range of this module early."
