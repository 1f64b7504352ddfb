"""planner-2: the adaptive choice of the next problem (006, R107-R110, K-29, K-30). Pure.

Guard rails first cut down what may be chosen (`pools`); among what is left a weighted score decides: weakness of the
topic, novelty, difficulty fit and recency, each 0-1. Fit is how near the problem is to the target difficulty and how
near its predicted success is to the aim: practice teaches most at intermediate success (desirable difficulties, Bjork
1994; challenge point, Guadagnoli & Lee 2004; the 85 % rule, Wilson, Shenhav, Straccia & Cohen 2019).
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple
from zlib import crc32

from studypaths.generation.candidates import Choice, Entry
from studypaths.generation.pools import Pool, pool_for
from studypaths.generation.reasons import sentence
from studypaths.generation.sequence import HIGHEST_DIFFICULTY, PROBLEM, RECOVERY, Reading, Step, read
from studypaths.generation.situation import Situation
from studypaths.generation.success import Believed

ALGORITHM_VERSION = "planner-2"
RECORDED_CANDIDATES = 8


class Scored(NamedTuple):
    """Ordered: the best is the greatest. `tie_break` is drawn from the seed."""

    score: float
    tie_break: int
    problem_id: str
    entry: Entry


class Ranking(NamedTuple):
    """What may come next, best first, and what it was ranked by."""

    pool: Pool
    reading: Reading
    criteria: "Criteria"
    scored: list[Scored]
    steps: Sequence[Step]

    @property
    def kind(self) -> str:
        return RECOVERY if self.pool.rule.startswith(RECOVERY) else PROBLEM


class Criteria:
    """Everything a score depends on besides the problem. Made from a situation, or again from a decision's inputs."""

    def __init__(self, inputs: Mapping[str, Any], believed: Believed) -> None:
        self.inputs = inputs
        self.believed = believed
        self._weights = inputs["weights"]
        self._recent = inputs["recent_topics"]
        self._by_topic: dict[str, float] = {}

    def score(self, topic: str, module: str, difficulty: int, chance: float) -> float:
        """The score of a problem by its primary topic and its predicted success; higher is better."""
        if self.inputs["recovery"]:
            return round(_recovery_score(chance, self.inputs["aim"]), 6)
        if topic not in self._by_topic:
            self._by_topic[topic] = self._topic_score(topic)
        fit = self._weights.get("difficulty_fit", 0.0) * self._fit(chance, difficulty)
        weight: float = self.inputs["module_weights"].get(module, 1.0)
        return round((self._by_topic[topic] + float(fit)) * weight, 6)

    def _topic_score(self, topic: str) -> float:
        weights, recent = self._weights, self._recent
        weakness = 1.0 - self.believed.middle_success(topic)
        novelty, recency = 1.0, 1.0
        if topic in recent:
            novelty, recency = 0.0, recent[::-1].index(topic) / len(recent)
        return float(
            weights.get("weakness", 0.0) * weakness
            + weights.get("novelty", 0.0) * novelty
            + weights.get("recency", 0.0) * recency
        )

    def _fit(self, chance: float, difficulty: int) -> float:
        aim, share = self.inputs["aim"], self.inputs["target_share"]
        by_target = 1.0 - abs(difficulty - self.inputs["target_difficulty"]) / (HIGHEST_DIFFICULTY - 1)
        by_chance = 1.0 - abs(chance - aim) / max(aim, 1.0 - aim)
        return float(share * by_target + (1.0 - share) * by_chance)


def _recovery_score(chance: float, wanted: float) -> float:
    """The likeliest success, but no easier than it must be: 0.85 is better than 0.97, and 0.84 worse than both."""
    return 2.0 - chance if chance >= wanted else chance


def rank(
    situation: Situation,
    beliefs: Believed,
    modules: int,
    steps: Sequence[Step],
    ordinal: int,
    taken: Collection[str],
) -> Ranking:
    """What may follow `steps` as task number `ordinal`, best first; `NothingToChoose` when there is nothing.

    `modules` is how many are open; `taken` are the problems of other open tasks.
    """
    settings = situation.settings
    reading = read(steps, settings)
    pool = pool_for(situation, beliefs, modules, reading, steps, taken)
    recovery = pool.rule.startswith(RECOVERY)
    criteria = Criteria(
        {
            "target_difficulty": reading.target,
            "highest_difficulty": reading.highest,
            "recovery": recovery,
            "aim": settings.recovery_success if recovery else settings.success_target,
            "target_share": settings.target_share,
            "weights": settings.weights,
            "module_weights": settings.module_weights,
            "recent_topics": reading.recent_topics,
        },
        beliefs,
    )
    seed = crc32(f"{situation.seed}:{ordinal}".encode())
    score, chance = criteria.score, beliefs.chance
    scored = [
        Scored(score(e.topic, e.module, e.difficulty, chance(e)), crc32(e.key, seed), e.problem_id, e)
        for e in pool.entries
    ]
    scored.sort(reverse=True)
    return Ranking(pool, reading, criteria, scored, steps)


def choice(situation: Situation, ranking: Ranking, ordinal: int) -> Choice:
    """The best of a ranking, with the record of why."""
    best = ranking.scored[0].entry
    inputs, reading = ranking.criteria.inputs, ranking.reading
    recorded = [scored.entry for scored in ranking.scored[:RECORDED_CANDIDATES]]
    rule = _rule(situation, ranking, best)
    decision = {
        "algorithm_version": ALGORITHM_VERSION,
        "seed": f"{situation.seed}:{ordinal}",
        "rule": rule,
        "kind": ranking.kind,
        "why": sentence(rule, _facts(ranking, best)),
        "predicted_success": round(ranking.criteria.believed.chance(best), 4),
        "inputs": {
            **inputs,
            "weights": dict(inputs["weights"]),
            "module_weights": dict(inputs["module_weights"]),
            "recent_topics": list(inputs["recent_topics"]),
            "passes_in_a_row": reading.passes,
            "failures_in_a_row": reading.failures,
            "open_modules": ranking.pool.modules,
            "considered": len(ranking.scored),
            "abilities": {t: ranking.criteria.believed.ability(t) for e in recorded for t in e.topics},
        },
        "candidates": [
            {
                "problem_id": scored.problem_id,
                "module": scored.entry.module,
                "topics": list(scored.entry.topics),
                "difficulty": scored.entry.difficulty,
                "score": scored.score,
            }
            for scored in ranking.scored[:RECORDED_CANDIDATES]
        ],
        "chosen": best.problem_id,
    }
    return Choice(best.candidate, decision)


def replay(decision: Mapping[str, Any]) -> str:
    """The id of the problem that the recorded inputs and candidates lead to: every score is computed again."""
    inputs = decision["inputs"]
    beliefs = Believed(inputs["abilities"], 0.0)
    criteria = Criteria(inputs, beliefs)
    seed = crc32(decision["seed"].encode())
    ranked = []
    for problem in decision["candidates"]:
        chance = beliefs.success(problem["topics"], problem["difficulty"])
        score = criteria.score(problem["topics"][0], problem["module"], problem["difficulty"], chance)
        ranked.append((score, crc32(problem["problem_id"].encode(), seed), problem["problem_id"]))
    return str(max(ranked)[-1])


def _rule(situation: Situation, ranking: Ranking, best: Entry) -> str:
    """What the choice is due to, in the order of what a learner would ask about."""
    reading, previous = ranking.reading, ranking.reading.previous
    if ranking.pool.rule != "fresh":
        return ranking.pool.rule
    if previous is None:
        return "first_task"
    if _begins_module(situation, ranking.steps, best.module):
        return "new_module"
    if best.difficulty > previous.difficulty and reading.target > previous.difficulty:
        return "step_up"
    if best.difficulty < previous.difficulty and reading.target < previous.difficulty:
        return "step_down"
    return "steady"


def _begins_module(situation: Situation, steps: Sequence[Step], module: str) -> bool:
    """Whether a module was closed when the path began, and nothing of it was served or is planned."""
    closed_first = module in situation.offer.modules[situation.offer.start + 1 :]
    return closed_first and situation.is_new(module) and all(step.module != module for step in steps)


def _facts(ranking: Ranking, best: Entry) -> dict[str, Any]:
    reading = ranking.reading
    return {
        "topic": best.topic,
        "module": best.module,
        "difficulty": best.difficulty,
        "passes": reading.passes,
        "failures": reading.failures,
        "passed_topics": reading.passed_topics,
        "chance": ranking.criteria.believed.chance(best),
    }
