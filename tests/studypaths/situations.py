"""Situations for tests of the planner: a made-up track, steps on it, and what is planned then."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from studypaths.generation import Candidate, Change, Known, Offer, OpenTask, Settings, Situation, Step, plan
from studypaths.path_config import DEFAULTS

MODULES = ("loops", "arrays", "trees", "graphs")
TOPICS = {module: [f"{module}-{letter}" for letter in "abc"] for module in MODULES}
SETTINGS = Settings.of(DEFAULTS)


def problem(module: str, letter: str, difficulty: int, copy: int = 0) -> Candidate:
    return Candidate(f"{module}-{letter}-{difficulty}-{copy}", 1, module, (f"{module}-{letter}",), difficulty)


EVERYTHING = [problem(m, t, d, c) for m in MODULES for t in "abc" for d in (1, 2, 3, 4, 5) for c in (0, 1)]
OFFER = Offer(EVERYTHING, MODULES)


def step(found: Candidate, passed: bool | None = True, kind: str = "problem") -> Step:
    score = None if passed is None else (1.0 if passed else 0.2)
    return Step(found.problem_id, found.module, found.primary_topic, found.difficulty, passed, score, kind)


def situation(*steps: Step, mastery: dict[str, Known] | None = None, **changes: Any) -> Situation:
    practised = {s.topic: Known(50.0, 2) for s in steps} if mastery is None else mastery
    done = {s.problem_id: place for place, s in enumerate(steps)}
    plain = Situation("planner-2", OFFER, SETTINGS, practised, steps, done, "a path", len(steps))
    return replace(plain, **changes)


def open_task(found: Candidate, kind: str = "problem", started: bool = False) -> OpenTask:
    return OpenTask(found.problem_id, found.module, found.primary_topic, found.difficulty, kind, started)


def next_decision(*steps: Step, **changes: Any) -> dict[str, Any]:
    return plan(situation(*steps, **changes), [])[0].choice.decision


def next_problem(*steps: Step, **changes: Any) -> Candidate:
    return plan(situation(*steps, **changes), [])[0].choice.candidate


def ids(changes: Sequence[Change]) -> list[str]:
    return [change.choice.candidate.problem_id for change in changes]
