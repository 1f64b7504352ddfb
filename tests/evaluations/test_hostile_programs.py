"""Every hostile program gets the verdict it must get, and every control is accepted: as whoever runs the suite,
in every tier that works here, and as an ordinary user when the suite runs as root."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from evaluations.judge import Verdict
from evaluations.sandbox import describe, judge_locally
from tests.evaluations.bundles import function_bundle
from tests.evaluations.programs import (
    HOSTILE,
    MUST_NOT_HAVE_HAPPENED,
    Program,
    all_programs,
    read_program,
    verdict_of,
)

PROJECT = Path(__file__).resolve().parents[2]
ORDINARY_UID = 61234
PIECES = 6

KEY_PROGRAMS = (
    "control_library.py",
    "control_plain.py",
    "environment.py",
    "files_read.py",
    "files_write.py",
    "kernel_surface.py",
    "look_at_descriptors.py",
    "look_for_other_inputs.py",
    "memory_at_once.py",
    "network.py",
    "process_fork_swallowed.py",
    "process_thread_bomb.py",
    "signals_to_others.py",
    "stdio_control.py",
    "control_function.js",
    "control_async.js",
    "escape_files.js",
    "escape_processes.js",
    "forge_pollution_next_test.js",
    "memory_heap.js",
    "output_console.js",
    "stdio_control.js",
    "stdio_files.js",
    "time_loop.js",
)


def working_tiers() -> list[str]:
    """The tiers that work here, the strongest first: the one that the other tests use."""
    return [
        layer.name.removeprefix("tier ")
        for layer in describe()
        if layer.name.startswith("tier ") and layer.works
    ]


@pytest.mark.parametrize("program", all_programs(), ids=lambda program: program.name)
def test_a_program_gets_the_verdict_it_must_get(program: Program) -> None:
    verdict, found = verdict_of(program)

    assert verdict in program.expected, found


@pytest.mark.parametrize("name", KEY_PROGRAMS)
@pytest.mark.parametrize("tier", working_tiers()[1:])
def test_every_weaker_tier_holds_the_key_programs(
    name: str, tier: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SANDBOX_TIER", tier)
    program = read_program(HOSTILE / name)

    verdict, found = verdict_of(program)

    assert verdict in program.expected, found


def pieces() -> list[tuple[str, tuple[str, ...]]]:
    """What the other kind of user judges: (tier, names), of about equal length. Only root can become somebody else; an
    ordinary user has judged everything above and repeats what tests the copy."""
    if os.geteuid() != 0:
        return [("auto", KEY_PROGRAMS)]
    names = [program.name for program in all_programs()]
    every = [("auto", tuple(names[first::PIECES])) for first in range(PIECES)]
    strangers = (*KEY_PROGRAMS, "limits_threads.py")  # the kernel lets root have any number
    return [*every, *((tier, strangers) for tier in working_tiers() if tier in ("bwrap", "landlock"))]


def test_every_family_has_programs_and_those_of_both_languages() -> None:
    families = list(MUST_NOT_HAVE_HAPPENED)
    for_both = families[: families.index("kernel")]
    found = {(program.family, program.language) for program in all_programs()}

    assert {family for family, _ in found} == set(families)
    for family in for_both:
        assert {(family, "python"), (family, "javascript")} <= found, family


@pytest.mark.parametrize("tier", [tier for tier in working_tiers() if tier != "landlock"])
def test_the_hosts_name_is_not_told(tier: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Landlock has no namespace to hide it in."""
    monkeypatch.setenv("SANDBOX_TIER", tier)
    name = "import os\ndef solve(value):\n    return os.uname().nodename\n"

    judgement = judge_locally(function_bundle((1, "sandbox")), "python", name)

    assert judgement.verdict is Verdict.ACCEPTED


def test_some_tier_works_here() -> None:
    assert working_tiers()


@pytest.fixture
def readable_copy() -> Iterator[Path]:
    """The evaluator and the programs where any user can read them: the checkout may lie below /root."""
    place = Path(tempfile.mkdtemp(prefix="evaluator-"))
    ignored = shutil.ignore_patterns("__pycache__")
    for name in ("evaluations/sandbox", "tests/evaluations/hostile"):
        shutil.copytree(PROJECT / name, place / name, ignore=ignored)
    for module in (PROJECT / "evaluations").glob("*.py"):  # those that need Django are never imported
        shutil.copy(module, place / "evaluations" / module.name)
    shutil.copy(PROJECT / "tests/evaluations/programs.py", place / "tests/evaluations/programs.py")
    place.chmod(0o755)
    yield place
    shutil.rmtree(place)


def interpreter_for_anyone() -> str:
    """A Python 3.11 or newer that a stranger may execute."""
    for candidate in (os.path.realpath(sys.executable), "/usr/bin/python3", "/usr/local/bin/python3"):
        command = [candidate, "-c", "import sys; sys.exit(sys.version_info < (3, 11))"]
        try:
            subprocess.run(
                command, check=True, user=ORDINARY_UID, group=ORDINARY_UID, extra_groups=[], cwd="/"
            )
        except (OSError, subprocess.CalledProcessError):
            continue
        return candidate
    raise AssertionError("no Python >= 3.11 that an ordinary user may execute: install one outside /root")


@pytest.mark.parametrize(
    ("tier", "names"), pieces(), ids=lambda value: value if isinstance(value, str) else ""
)
def test_the_sandbox_holds_for_the_other_kind_of_user(
    tier: str, names: tuple[str, ...], readable_copy: Path
) -> None:
    """As root, every program runs again as an ordinary user. As an ordinary user there is no way to become root: then
    the same run proves that this suite was the unprivileged one."""
    as_root = os.geteuid() == 0
    user: dict[str, Any] = (
        {"user": ORDINARY_UID, "group": ORDINARY_UID, "extra_groups": []} if as_root else {}
    )
    python = interpreter_for_anyone() if as_root else sys.executable
    script = str(readable_copy / "tests/evaluations/programs.py")
    environment = {"PATH": "/usr/bin:/bin", "PYTHONDONTWRITEBYTECODE": "1", "SANDBOX_TIER": tier}

    done = subprocess.run(
        [python, script, *names],
        capture_output=True,
        text=True,
        cwd="/",
        env=environment,
        check=False,
        **user,
    )

    assert (done.returncode, done.stdout) == (0, ""), done.stderr
