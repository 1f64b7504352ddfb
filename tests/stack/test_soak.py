"""Two hundred submissions on four evaluators, a tenth of them hostile: every verdict is right and nothing stays.

What a worker holds is compared after 50 submissions and after all 200, while it is idle: a leak of a submission
would be there 150 times. Each process of its pool keeps launchers ready, at most one for each language, and nothing
else: those are other processes every time, so they are counted and looked at, and left out of what is compared.
"""

import ctypes
import json
import os
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from evaluations.sandbox.runtimes import LANGUAGES
from tests.catalog.samples import a_problem, write_lines
from tests.evaluations.programs import FACTOR, HOSTILE, MEMORY_LIMIT_MB, Program, read_program
from tests.evaluations.shipped import PROBLEMS
from tests.evaluations.test_wrong_solutions import WRONG, read_wrong_solution
from tests.stack.harness import RunningStack, until
from tests.stack.load import COMMAND

pytestmark = pytest.mark.stack

CONCURRENCY, LEARNERS, FIRST, SUBMISSIONS = 4, 20, 50, 200
LEAK_KB = 10
"""What each submission may leave in the memory of the worker, in kB: an allocator does not give everything back."""
RIGHT = ("bells-together", "digit-spread", "drum-and-bell", "savings-jar", "scooter-hire", "trail-log")
WRONG_FILES = (
    "introduction/digit-spread__first-instead-of-smallest.py",
    "introduction/digit-spread__removes-while-it-walks.py",
    "introduction/savings-jar__more-than-the-goal.py",
    "introduction/scooter-hire__free-time-one-minute-short.py",
    "introduction/trail-log__last-step-left-out.js",
    "introduction/trail-log__regex-remembers-its-place.js",
    "math-geometry/bells-together__strictly-after.py",
    "math-geometry/surveyors-pegs__moves-the-origin-while-it-reads-it.js",
)
HOSTILE_FILES = (
    "output_stdout.py",
    "stdio_flood.py",
    "memory_at_once.py",
    "files_left_behind.py",
    "process_daemon.py",
    "output_console.js",
    "memory_heap.js",
    "time_loop.py",
    "time_loop.js",
    "process_fork_bomb.py",
    "process_fork_swallowed.py",
    "files_write.py",
    "stdio_write_files.js",
    "network.py",
    "signals_to_others.py",
    "forge_exit_zero.py",
    "forge_two_answers.py",
    "survive_thread.py",
    "survive_timer.js",
    "escape_processes.js",
)
GIVE_BACK = {"MALLOC_TRIM_THRESHOLD_": "0", "MALLOC_MMAP_THRESHOLD_": "8192"}
"""What is freed goes back to the kernel at once (mallopt(3)); otherwise a leak would fill free memory first, unseen."""
LEFT = "left-by-a-submission"
PR_SET_CHILD_SUBREAPER = 36
PIPES_OF_A_LAUNCHER = 2
LONGEST_LAUNCHER = 4
"""Processes of one: outside of the namespaces, their init (bubblewrap has its own), the supervisor, and node."""


@dataclass(frozen=True, slots=True)
class Submission:
    """Code for a problem, and the verdicts that it may get."""

    name: str
    problem_id: str
    language: str
    code: str
    expected: frozenset[str]


def right_solutions() -> list[Submission]:
    return [
        Submission(f"{problem_id} in {language}", problem_id, language, code, frozenset({"accepted"}))
        for problem_id in RIGHT
        for language, code in PROBLEMS[problem_id]["solutions"].items()
    ]


def wrong_solutions() -> list[Submission]:
    found = [(name, read_wrong_solution(WRONG / name)) for name in WRONG_FILES]
    return [
        Submission(name, each.problem_id, each.language, each.code, frozenset({str(each.expected)}))
        for name, each in found
    ]


def square_problem(program: Program) -> dict[str, Any]:
    """The problem that a hostile program is written for, with its number of tests and its time limit."""
    function = program.kind == "function"
    numbers = [FACTOR * (index + 1) for index in range(program.tests)]
    tests = [
        {"input": {"n": n}, "expected": n * n} if function else {"input": f"{n}\n", "expected": f"{n * n}\n"}
        for n in numbers
    ]
    return a_problem(
        id=f"square-{program.kind}-{program.tests}-{program.time_limit_ms}",
        kind=program.kind,
        params=["n"] if function else ...,
        entry_points={"python": "square", "javascript": "square"} if function else ...,
        starter=...,
        visible_tests=tests,
        hidden_tests=[],
        time_limit_ms=program.time_limit_ms,
        memory_limit_mb=MEMORY_LIMIT_MB,
    )


def hostile_programs() -> tuple[list[Submission], list[dict[str, Any]]]:
    """The hostile submissions, and the problems that they are for."""
    programs = [read_program(HOSTILE / name) for name in HOSTILE_FILES]
    problems = {(problem := square_problem(program))["id"]: problem for program in programs}
    submissions = [
        Submission(each.name, square_problem(each)["id"], each.language, each.code, each.expected)
        for each in programs
    ]
    return submissions, list(problems.values())


def mixed(right: list[Submission], wrong: list[Submission], hostile: list[Submission]) -> list[Submission]:
    """Of each ten the last is hostile and three are wrong."""
    rounds = range(SUBMISSIONS // 10)
    kinds: list[Submission] = []
    for number in rounds:
        ten = [right[(number * 6 + i) % len(right)] for i in range(6)]
        ten += [wrong[(number * 3 + i) % len(wrong)] for i in range(3)]
        kinds += [*ten, hostile[number]]
    return kinds


@dataclass(frozen=True, slots=True)
class Process:
    """One line of the process table."""

    parent: int
    state: str
    command: str


def process_table() -> dict[int, Process]:
    table = {}
    for place in Path("/proc").glob("[0-9]*"):
        try:
            stat = (place / "stat").read_text()
        except (FileNotFoundError, ProcessLookupError):
            continue  # it ended meanwhile
        command, fields = stat[stat.index("(") + 1 : stat.rindex(")")], stat[stat.rindex(")") + 2 :].split()
        table[int(place.name)] = Process(int(fields[1]), fields[0], command)
    return table


def descendants(ancestor: int) -> dict[int, Process]:
    """Everything that comes from a process, zombies included."""
    table = process_table()
    found = {ancestor}
    while more := {pid for pid, each in table.items() if each.parent in found} - found:
        found |= more
    return {pid: table[pid] for pid in found - {ancestor} if pid in table}


def children(parent: int) -> dict[int, Process]:
    """What a process started itself and did not collect."""
    return {pid: each for pid, each in process_table().items() if each.parent == parent}


def idle_launchers(owner: int) -> int:
    """How many launchers wait in a process of the pool; that nothing else comes from it, and nothing from them."""
    waiting = children(owner)
    for pid, each in waiting.items():
        chain = [each, *descendants(pid).values()]
        assert b"inside.launcher" in Path(f"/proc/{pid}/cmdline").read_bytes(), chain
        assert len(chain) <= LONGEST_LAUNCHER, chain
        assert len({process.parent for process in chain}) == len(chain), "each starts one other at most"
    assert sum(has_node(pid) for pid in waiting) <= 1, waiting
    assert len(waiting) <= len(LANGUAGES), waiting
    return len(waiting)


def has_node(launcher: int) -> bool:
    return any(each.command == "node" for each in descendants(launcher).values())


def is_settled(worker: int) -> bool:
    """Whether no launcher is being made ready or ended."""
    before = descendants(worker).keys()
    time.sleep(0.5)
    return descendants(worker).keys() == before


def anonymous_kb(pid: int) -> int:
    """Memory of a process that is no file's. Unlike private memory it does not grow when shared pages are copied."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Anonymous:"):
            return int(line.split()[1])
    raise AssertionError("the kernel does not tell")


@dataclass(frozen=True, slots=True)
class Holdings:
    """What an idle worker holds.

    `pool`: its processes that judge; `launchers`: how many wait; `strays` came from it and lost their parent;
    `descriptors` and `memory_kb` are those of worker and pool, without the pipes to launchers.
    """

    pool: frozenset[int]
    launchers: int
    strays: frozenset[int]
    descriptors: dict[int, int]
    memory_kb: int
    mounts: str
    files: frozenset[Path]


def adopted() -> frozenset[int]:
    """Living children of this process, its own and those that it got as their next of kin."""
    us = os.getpid()
    return frozenset(
        pid for pid, each in process_table().items() if each.parent == us and each.state not in "ZX"
    )


def holdings(stack: RunningStack, worker: int, temporary: Path) -> Holdings:
    until(lambda: is_settled(worker), "the launchers to be ready")
    assert [each for each in descendants(worker).values() if each.state == "Z"] == [], "zombies"
    pool = sorted(children(worker))
    waiting = {pid: idle_launchers(pid) for pid in pool}
    return Holdings(
        pool=frozenset(pool),
        launchers=sum(waiting.values()),
        strays=adopted(),
        descriptors={
            pid: len(list(Path(f"/proc/{pid}/fd").iterdir())) - PIPES_OF_A_LAUNCHER * waiting.get(pid, 0)
            for pid in [worker, *pool]
        },
        memory_kb=sum(map(anonymous_kb, [worker, *pool])),
        mounts=Path(f"/proc/{worker}/mountinfo").read_text(),
        files=frozenset([*temporary.rglob("*"), *stack.stack.data_dir.iterdir()]),
    )


def left_behind() -> list[Path]:
    """Files of the submission that writes wherever it can, in the places where it looks."""
    return [path for depth in ("", "*/", "*/*/") for path in Path("/").glob(f"{depth}{LEFT}")]


@pytest.fixture
def orphans_come_to_us() -> Iterator[None]:
    """What outlives its parent becomes a child of this process: a daemon cannot hide from the census."""
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    assert prctl(PR_SET_CHILD_SUBREAPER, 1) == 0
    yield
    assert prctl(PR_SET_CHILD_SUBREAPER, 0) == 0


@pytest.fixture
def four_evaluators(stack: RunningStack, tmp_path: Path, orphans_come_to_us: None) -> Iterator[int]:
    """The evaluation worker with four children and a folder of its own for temporary files; its process id.

    Celery keeps a folder `pymp-…`.
    """
    (tmp_path / "own").mkdir()
    stack.stop("evaluator")
    stack.start(
        "evaluator",
        EVALUATION_WORKERS=str(CONCURRENCY),
        TMPDIR=str(tmp_path / "own"),
        **GIVE_BACK,
    )
    yield stack.processes["evaluator"].pid
    stack.stop("evaluator")
    stack.start("evaluator")


def submit(stack: RunningStack, batch: list[Submission]) -> list[str]:
    """The ids of the evaluations of new submissions, dealt out to the learners in turn."""
    plan = [
        {
            "learner": f"soak-{number % LEARNERS}",
            "problem_id": each.problem_id,
            "language": each.language,
            "code": each.code,
        }
        for number, each in enumerate(batch)
    ]
    path = stack.stack.data_dir / "soak.json"
    path.write_text(json.dumps(plan))
    said = stack.stack.manage("shell", "--no-imports", "-c", COMMAND.format(path=str(path)))
    ids: list[str] = json.loads(said)
    return ids


def verdicts(stack: RunningStack, ids: list[str]) -> list[str]:
    """The verdicts of these evaluations, once nothing waits or runs any more and the workers are idle."""
    pending = "SELECT 1 FROM task_evaluations WHERE status <> 'done' LIMIT 1"
    until(lambda: stack.rows(pending) == [], "the verdicts", seconds=240)
    until(lambda: stack.messages("evaluations") == 0, "the last wake-ups to be read")
    found = dict(stack.rows("SELECT id::text, verdict FROM task_evaluations WHERE id::text = ANY(%s)", ids))
    return [found[each] for each in ids]


def test_two_hundred_submissions_leave_nothing_but_their_verdicts(
    stack: RunningStack, four_evaluators: int, tmp_path: Path
) -> None:
    hostile, problems = hostile_programs()
    stack.stack.manage("import_problems", str(write_lines(tmp_path / "problems.jsonl", *problems)))
    submissions = mixed(right_solutions(), wrong_solutions(), hostile)
    first, rest = submissions[:FIRST], submissions[FIRST:]

    got = verdicts(stack, submit(stack, first))
    before = holdings(stack, four_evaluators, tmp_path / "own")
    got += verdicts(stack, submit(stack, rest))
    after = holdings(stack, four_evaluators, tmp_path / "own")

    assert len(submissions) == SUBMISSIONS
    assert Counter(each in hostile for each in submissions)[True] == SUBMISSIONS // 10
    surprises = [
        (each.name, verdict)
        for each, verdict in zip(submissions, got, strict=True)
        if verdict not in each.expected
    ]
    assert surprises == []
    assert len(after.pool) == CONCURRENCY
    assert after.pool == before.pool, "the pool is what it was: nothing more, nobody replaced"
    assert after.launchers > 0
    assert after.descriptors == before.descriptors
    assert after.memory_kb - before.memory_kb < LEAK_KB * (SUBMISSIONS - FIRST), (before, after)
    assert after.mounts == before.mounts
    assert after.strays == before.strays
    assert after.files == before.files
    assert [each.name for each in (tmp_path / "own").iterdir() if not each.name.startswith("pymp-")] == []
    assert left_behind() == []
    stack.assert_whole_record()
