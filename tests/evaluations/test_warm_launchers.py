"""Launchers that wait for a submission: each serves one, none outlives its worker, and no verdict depends on them."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from evaluations.judge import Verdict
from evaluations.sandbox import SandboxUnavailable, describe, judge_locally
from evaluations.sandbox.inside import protocol
from evaluations.sandbox.launchers import Order
from evaluations.sandbox.probe import chosen_tier
from evaluations.sandbox.tiers import launcher_order, open_session
from evaluations.sandbox.warm import launchers
from tests.evaluations.bundles import function_bundle
from tests.evaluations.processes import alive, descendants, wait_until
from tests.evaluations.programs import HOSTILE, read_program, verdict_of

PROJECT = Path(__file__).resolve().parents[2]
LANGUAGES = ("python", "javascript")
ECHO = {"python": "def solve(value):\n    return value\n", "javascript": "const solve = (value) => value;"}
BUNDLE = function_bundle((1, 1), (2, 2))
SECRETIVE = {
    "python": "import sys\ndef solve(value):\n    sys.seen = getattr(sys, 'seen', 0) + 1\n    return sys.seen\n",
    "javascript": "const solve = (value) => { Array.seen = (Array.seen || 0) + 1; return Array.seen; };",
}


@pytest.fixture(autouse=True)
def _one_for_each_language(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("SANDBOX_WARM", "1")
    yield
    launchers().wait()
    launchers().drop()


def idle(language: str) -> int:
    """The process id of the launcher that waits for a submission in `language`; made ready when there is none."""
    launchers().keep(launcher_order(chosen_tier(), BUNDLE, language))
    launchers().wait()
    (launcher,) = [each for each in launchers().idle if each.order.language == language]
    return launcher.pid


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_launcher_serves_one_submission(language: str) -> None:
    first = idle(language)

    judgements = [judge_locally(function_bundle((1, 1)), language, SECRETIVE[language])]
    second = idle(language)
    judgements.append(judge_locally(function_bundle((1, 1)), language, SECRETIVE[language]))

    assert [judgement.verdict for judgement in judgements] == [Verdict.ACCEPTED] * 2
    assert len({first, second, idle(language)}) == 3
    assert not alive(first)
    assert not alive(second)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("whom", ["the launcher", "what it started", "everything"])
def test_a_launcher_that_died_idle_costs_nothing(language: str, whom: str) -> None:
    launcher = idle(language)
    below = descendants(launcher)
    victims = {"the launcher": {launcher}, "what it started": below, "everything": below | {launcher}}[whom]

    for pid in victims:
        with contextlib.suppress(ProcessLookupError):  # it went with its parent
            os.kill(pid, signal.SIGKILL)
    wait_until(lambda: not any(alive(pid) for pid in victims))
    judgement = judge_locally(BUNDLE, language, ECHO[language])

    assert (judgement.verdict, judgement.passed) == (Verdict.ACCEPTED, 2)


def test_a_node_that_died_before_its_submission_is_started_again() -> None:
    launcher = idle("javascript")
    (node,) = [pid for pid in descendants(launcher) if not descendants(pid)]

    os.kill(node, signal.SIGKILL)
    wait_until(lambda: not alive(node))
    with open_session(chosen_tier(), BUNDLE, "javascript", ECHO["javascript"]) as session:
        compiled = session.compile()

    assert compiled.status == protocol.STILL_RUNNING
    assert not alive(launcher)


def test_a_launcher_for_other_settings_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    launcher = idle("python")
    tiers = [layer.name[5:] for layer in describe() if layer.name.startswith("tier ") and layer.works]
    monkeypatch.setenv("SANDBOX_TIER", tiers[-1])

    judgement = judge_locally(BUNDLE, "python", ECHO["python"])

    assert judgement.verdict is Verdict.ACCEPTED
    assert alive(launcher) == (len(tiers) == 1)


def test_a_node_with_another_heap_is_not_used() -> None:
    launcher = idle("javascript")

    judgement = judge_locally(function_bundle((1, 1), memory_limit_mb=128), "javascript", ECHO["javascript"])

    assert judgement.verdict is Verdict.ACCEPTED
    assert not alive(launcher)


def test_an_old_launcher_is_ended() -> None:
    launcher = idle("python")
    launchers().idle[0].started_at -= 7200

    assert launchers().take(launcher_order(chosen_tier(), BUNDLE, "python")) is None
    assert not alive(launcher)


def test_none_are_kept_when_the_setting_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    launcher = idle("python")
    monkeypatch.setenv("SANDBOX_WARM", "0")

    judgement = judge_locally(BUNDLE, "python", ECHO["python"])
    launchers().wait()

    assert judgement.verdict is Verdict.ACCEPTED
    assert not alive(launcher)
    assert launchers().idle == []


def test_a_setting_that_is_no_number_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SANDBOX_WARM", "many")

    with pytest.raises(SandboxUnavailable, match="SANDBOX_WARM=many"):
        judge_locally(BUNDLE, "python", ECHO["python"])


def test_trouble_that_nobody_foresaw_costs_one_launcher_only(caplog: pytest.LogCaptureFixture) -> None:
    launchers().keep(Order("python", ("no\0command",), b""))
    launchers().wait()

    assert alive(idle("python"))
    assert "embedded null byte" in caplog.text


def test_a_launcher_outlives_the_thread_that_judged() -> None:
    thread = threading.Thread(target=judge_locally, args=(BUNDLE, "python", ECHO["python"]))
    thread.start()
    thread.join()
    launchers().wait()
    (launcher,) = [each.pid for each in launchers().idle if each.order.language == "python"]
    idle("javascript")  # takes as long as a signal to the other needs

    assert alive(launcher)


def test_several_threads_share_without_sharing_a_launcher() -> None:
    verdicts: list[Verdict] = []

    def judge(language: str) -> None:
        verdicts.extend(judge_locally(BUNDLE, language, ECHO[language]).verdict for _ in range(4))

    threads = [threading.Thread(target=judge, args=(language,)) for language in LANGUAGES * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    launchers().wait()

    assert verdicts == [Verdict.ACCEPTED] * 16
    assert sorted(each.order.language for each in launchers().idle) == ["javascript", "python"]


WORKER = """
import os, sys
sys.path.insert(0, {project!r})
from evaluations.sandbox import judge_locally
from evaluations.sandbox.warm import launchers
from tests.evaluations.bundles import function_bundle

ECHO = {echo!r}

def judge(language):
    assert judge_locally(function_bundle((1, 1)), language, ECHO[language]).passed == 1

judge("python")
judge("javascript")
launchers().wait()
"""
WAIT = "print('ready', flush=True); sys.stdin.read()"
FORK = """
def below():
    return sorted(each.pid for each in launchers().idle)

parents = below()
assert len(parents) == 2
child = os.fork()
if child == 0:
    assert below() == []
    judge("python")
    launchers().wait()
    assert len(below()) == 1 and not set(below()) & set(parents)
    print('ready', flush=True)
    sys.stdin.read()
    os._exit(0)
assert below() == parents
os.waitpid(child, 0)
"""


FORK_AND_EXIT = """
import signal, threading

held, done = threading.Event(), threading.Event()

def hold():
    with launchers()._changed:
        held.set()
        done.wait()

threading.Thread(target=hold).start()
held.wait()
child = os.fork()
if child == 0:
    signal.alarm(30)
    sys.exit(0)
print('ready', flush=True)
print(os.waitpid(child, 0)[1], flush=True)
done.set()
"""


def worker(rest: str, tier: str = "") -> subprocess.Popen[str]:
    """A process that has judged in both languages, then does `rest`."""
    process = subprocess.Popen(
        [sys.executable, "-c", WORKER.format(project=str(PROJECT), echo=ECHO) + rest],
        env={**os.environ, "SANDBOX_TIER": tier},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


@pytest.mark.parametrize(
    "tier", [layer.name[5:] for layer in describe() if layer.name.startswith("tier ") and layer.works]
)
def test_a_killed_worker_takes_its_idle_launchers_with_it(tier: str) -> None:
    process = worker(WAIT, tier)
    started = descendants(process.pid)

    process.kill()
    process.communicate()

    assert len(started) > 2
    wait_until(lambda: not any(alive(pid) for pid in started))


def test_a_worker_that_ends_leaves_no_launcher_and_says_nothing() -> None:
    process = worker(WAIT)
    started = descendants(process.pid)

    _, errors = process.communicate()

    assert (process.returncode, errors) == (0, "")
    assert not any(alive(pid) for pid in started)


def test_a_forked_worker_does_not_use_its_parents_launchers_nor_keep_them_alive() -> None:
    process = worker(FORK)
    (child,) = [pid for pid in descendants(process.pid) if is_worker(pid)]
    inherited = descendants(process.pid) - descendants(child) - {child}

    process.kill()

    wait_until(lambda: not any(alive(pid) for pid in inherited))
    assert alive(child)
    assert process.communicate()[1] == ""
    wait_until(lambda: not alive(child))


def test_a_forked_worker_ends_whatever_its_parent_was_doing_with_launchers() -> None:
    """A lock that another thread held at the time of the fork is held for ever in the child."""
    status, errors = worker(FORK_AND_EXIT).communicate()

    assert (status.strip(), errors) == ("0", "")


def is_worker(pid: int) -> bool:
    """Whether it runs the script above; its launchers run another."""
    return b"import judge_locally" in Path(f"/proc/{pid}/cmdline").read_bytes()


@pytest.mark.parametrize(
    "name",
    [
        "control_library.py",
        "memory_at_once.py",
        "look_at_descriptors.py",
        "look_for_other_inputs.py",
        "process_thread_bomb.py",
        "output_console.js",
        "memory_heap.js",
        "escape_files.js",
        "forge_pollution_next_test.js",
        "control_async.js",
    ],
)
def test_verdicts_are_the_same_warm_and_cold(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    program = read_program(HOSTILE / name)
    verdict_of(program)
    launchers().wait()
    (launcher,) = [each.pid for each in launchers().idle if each.order.language == program.language]

    warm, found_warm = verdict_of(program)
    used = not alive(launcher)
    monkeypatch.setenv("SANDBOX_WARM", "0")
    cold, found_cold = verdict_of(program)

    assert used
    assert warm in program.expected, found_warm
    assert cold in program.expected, found_cold


HUNDRED = """
def used():
    launchers().wait()
    pages = int(open("/proc/self/statm").read().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE"), len(os.listdir("/proc/self/fd"))

before = used()
for _ in range(50):
    judge("python")
    judge("javascript")
print("ready", flush=True)
print(*before, *used(), flush=True)
"""


def test_a_hundred_submissions_leave_memory_and_descriptors_as_they_were() -> None:
    process = worker(HUNDRED)

    assert process.stdout is not None, "read as `worker` reads: what it has buffered is not lost"
    said = process.stdout.read()
    _, errors = process.communicate()
    assert process.returncode == 0, errors
    bytes_before, files_before, bytes_after, files_after = map(int, said.split())

    assert files_after == files_before
    assert bytes_after - bytes_before < 1 << 20
