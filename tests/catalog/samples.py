"""Small problems that tests write, import and break."""

import json
from pathlib import Path
from typing import Any

from django.utils import timezone

from catalog.problem_files import read_problems
from catalog.records import COMPLETE, ProblemRecord, checked
from catalog.services import ImportReport, import_problems

PYTHON_SOLUTION = "def longest_climb(heights):\n    return len(heights)\n"
JAVASCRIPT_SOLUTION = "function longestClimb(heights) { return heights.length; }\n"


def a_problem(**changes: Any) -> dict[str, Any]:
    """A valid problem as a line of a problem file holds it; a change to `...` leaves the field out."""
    problem = {
        "id": "longest-climb",
        "title": "Longest climb",
        "subject": "coding",
        "module": "arrays-strings",
        "topics": ["string-scan"],
        "difficulty": 2,
        "minutes_target": 15,
        "statement": "Return the number of heights.",
        "constraints": "- at most 100 heights",
        "objectives": ["Count"],
        "kind": "function",
        "params": ["heights"],
        "entry_points": {"python": "longest_climb", "javascript": "longestClimb"},
        "starter": {"python": "def longest_climb(heights):\n    ...\n"},
        "comparison": "exact",
        "time_limit_ms": 2000,
        "memory_limit_mb": 256,
        "visible_tests": [{"input": {"heights": [1, 2]}, "expected": 2}],
        "hidden_tests": [{"input": {"heights": []}, "expected": 0, "category": "edge"}],
        "hints": {"L1": "Look.", "L2": "Think.", "L3": "Count."},
        "solutions": {"python": PYTHON_SOLUTION, "javascript": JAVASCRIPT_SOLUTION},
    }
    return {name: value for name, value in (problem | changes).items() if value is not ...}


def a_stdio_problem(**changes: Any) -> dict[str, Any]:
    call = {"kind": "stdio", "params": ..., "entry_points": ..., "starter": ...}
    tests = {"visible_tests": [{"input": "1\n", "expected": "1\n"}], "hidden_tests": []}
    return a_problem(id="echo", module="introduction", topics=["input-output"], **(call | tests | changes))


def a_record(**changes: Any) -> ProblemRecord:
    """A checked record of `a_problem`."""
    faults: list[tuple[str, str]] = []
    fields = checked(a_problem(**changes), COMPLETE, faults, refuse_unknown=True)
    assert not faults
    return ProblemRecord(fields=fields, place="a test")


def imported(*problems: dict[str, Any]) -> ImportReport:
    """Import raw problems into the catalogue of the test."""
    return import_problems([a_record(**problem) for problem in problems], at=timezone.now())


def write_lines(path: Path, *lines: Any) -> Path:
    """A problem file; a line is a value to be written as JSON, or raw bytes."""
    path.write_bytes(
        b"".join((line if isinstance(line, bytes) else json.dumps(line).encode()) + b"\n" for line in lines)
    )
    return path


TOML = """\
id = "{id}"
title = "Longest climb"
difficulty = 2
minutes_target = 15
topics = ["string-scan"]
kind = "function"
params = ["heights"]
comparison = "exact"
time_limit_ms = 2000
memory_limit_mb = 256
statement = "Return the number of heights."
{more}
[entry_points]
python = "longest_climb"
javascript = "longestClimb"
"""
TESTS = (
    {"visible": True, "input": {"heights": [1, 2]}, "expected": 2},
    {"category": "edge", "input": {"heights": []}, "expected": 0},
)


def write_package(
    root: Path, *, name: str = "longest-climb", id: str | None = None, more: str = "", tests: Any = TESTS
) -> Path:
    """A problem package `root/arrays-strings/<name>`; `more` are further lines of its problem.toml."""
    folder = root / "arrays-strings" / name
    folder.mkdir(parents=True)
    (folder / "problem.toml").write_text(TOML.format(id=id or name, more=more))
    write_lines(folder / "tests.jsonl", *tests)
    (folder / "solution.py").write_text(PYTHON_SOLUTION)
    (folder / "solution.js").write_text(JAVASCRIPT_SOLUTION)
    return folder


def faults_of(path: Path) -> list[str]:
    """What reading finds wrong, with the paths as they are said below `path`'s folder."""
    base = f"{path.parent}/"
    return [str(fault).replace(base, "") for fault in read_problems(path).faults]
