"""The catalogues that are simulated: the shipped problems, and made-up ones of other sizes over the same track."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from catalog.problem_files import read_problems
from catalog.track_files import read_tracks
from studypaths.generation.candidates import Candidate, Offer

PROBLEM_SET = Path(__file__).resolve().parents[2] / "catalog" / "problem_set"
TRACK = "coding-interview-meta"
START_MODULE = "arrays-strings"
MINUTES = {1: 10, 2: 20, 3: 25, 4: 35, 5: 45}  # as in the shipped set
HIGHEST = 5


@dataclass(frozen=True)
class Catalogue:
    """A named offer, with the topics of its modules in order."""

    name: str
    offer: Offer
    topics: tuple[tuple[str, tuple[str, ...]], ...]


@cache
def shipped() -> Catalogue:
    """The problems that the project ships: 76, five to eleven a module."""
    found = [_candidate(r.fields) for r in read_problems(PROBLEM_SET).records]
    return _catalogue("shipped", found)


@cache
def made_up(per_module: int) -> Catalogue:
    """`per_module` problems in each of the 14 modules, difficulties and topics spread evenly, a third with two."""
    random = Random(f"catalogue {per_module}")
    found = []
    for module, topics in _modules():
        for number in range(per_module):
            difficulty = number % HIGHEST + 1
            first = topics[(number + number // HIGHEST) % len(topics)]
            others = [topic for topic in topics if topic != first]
            second = random.sample(others, 1) if random.random() < 1 / 3 else []
            name = f"{module}-{number}"
            found.append(Candidate(name, 1, module, (first, *second), difficulty, MINUTES[difficulty]))
    return _catalogue(f"{per_module} a module", found)


def _candidate(fields: Mapping[str, Any]) -> Candidate:
    topics = tuple(fields["topics"])
    return Candidate(
        fields["id"], 1, fields["module"], topics, fields["difficulty"], fields["minutes_target"]
    )


def _catalogue(name: str, candidates: list[Candidate]) -> Catalogue:
    modules = _modules()
    return Catalogue(name, Offer(candidates, [module for module, _ in modules], START_MODULE), modules)


@cache
def _modules() -> tuple[tuple[str, tuple[str, ...]], ...]:
    (track,) = [track for track in read_tracks() if track.slug == TRACK]
    return tuple((module.slug, tuple(topic.slug for topic in module.topics)) for module in track.modules)
