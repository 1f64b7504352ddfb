"""What a track offers to a planner: its problems by module, in the order in which the modules open. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple


class NothingToChoose(Exception):
    """No candidate is left that may be planned."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A problem that could be planned. `topics[0]` is its primary topic."""

    problem_id: str
    problem_version: int
    module: str
    topics: tuple[str, ...]
    difficulty: int
    minutes_target: int = 20

    @property
    def primary_topic(self) -> str:
        return self.topics[0] if self.topics else self.module


@dataclass(frozen=True, slots=True)
class Choice:
    """The problem to do and the record of why."""

    candidate: Candidate
    decision: dict[str, Any]


class Entry(NamedTuple):
    """A candidate with what planners look at most, ready to read: there is a plan in every transaction of a result."""

    candidate: Candidate
    problem_id: str
    module: str
    topic: str
    topics: tuple[str, ...]
    difficulty: int
    key: bytes


class Offer:
    """The problems of a track. Built once per catalogue version and shared by every plan.

    `modules` come in the order of the track; modules up to `start_module` are open from the beginning. Problems of
    modules that the order does not name open last.
    """

    def __init__(
        self, candidates: Iterable[Candidate], modules: Sequence[str], start_module: str | None = None
    ) -> None:
        entries = [_entry(c) for c in sorted(candidates, key=lambda c: (c.difficulty, c.problem_id))]
        unnamed = sorted({e.module for e in entries} - set(modules))
        self.by_module = {
            module: tuple(e for e in entries if e.module == module) for module in (*modules, *unnamed)
        }
        self.by_id = {e.problem_id: e for e in entries}
        # A module without problems would never be completed and would keep every later one closed.
        self.modules = tuple(module for module, found in self.by_module.items() if found)
        self.problems = {m: frozenset(e.problem_id for e in self.by_module[m]) for m in self.modules}
        self.topics = {m: tuple(sorted({e.topic for e in self.by_module[m]})) for m in self.modules}
        self.start = self.modules.index(start_module) if start_module in self.modules else 0

    def easiest(self, modules: int) -> int:
        """The lowest difficulty in the first `modules` modules."""
        return min((self.by_module[m][0].difficulty for m in self.modules[:modules]), default=1)


def _entry(candidate: Candidate) -> Entry:
    topic = candidate.primary_topic
    return Entry(
        candidate,
        candidate.problem_id,
        candidate.module,
        topic,
        candidate.topics or (topic,),
        candidate.difficulty,
        candidate.problem_id.encode(),
    )
