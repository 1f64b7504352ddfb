"""Everything that a submission started is gone when it should be, and trouble of the sandbox is never the learner's."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from evaluations.judge import Limits, Verdict
from evaluations.sandbox import SandboxUnavailable, available_languages, describe, judge_locally, probe
from evaluations.sandbox.answers import answer_of
from evaluations.sandbox.config import SandboxBroken
from evaluations.sandbox.inside import protocol
from evaluations.sandbox.launchers import Order
from evaluations.sandbox.probe import chosen_tier
from evaluations.sandbox.runtimes import runtime_of
from evaluations.sandbox.session import Outcome, Session
from evaluations.sandbox.tiers import launcher_command, modules_named, sandbox_config, submission_config
from evaluations.sandbox.verdicts import verdict_before_comparison
from evaluations.sandbox.warm import launchers
from tests.evaluations.bundles import function_bundle, program_bundle
from tests.evaluations.processes import alive, descendants, wait_until

PROJECT = Path(__file__).resolve().parents[2]
SLEEPER = "import time\ndef solve(value):\n    time.sleep(600)\n"
SPINNERS = {
    "python": "def solve(value):\n    while True: pass\n",
    "javascript": "const solve = () => { for (;;); };",
}
ECHO = {"python": "def solve(value):\n    return value\n", "javascript": "const solve = (value) => value;"}


@pytest.fixture(autouse=True)
def _no_idle_launchers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every submission starts its own launcher here: test_warm_launchers.py is about those that wait."""
    monkeypatch.setenv("SANDBOX_WARM", "0")
    launchers().wait()
    launchers().drop()


@pytest.mark.parametrize("language", ["python", "javascript"])
def test_nothing_is_left_after_a_judgement(language: str) -> None:
    before, files = descendants(os.getpid()), set(os.listdir("/proc/self/fd"))

    judge_locally(function_bundle((1, 1), time_limit_ms=200), language, SPINNERS[language])
    judge_locally(function_bundle((1, 1)), language, ECHO[language])

    assert descendants(os.getpid()) == before
    assert set(os.listdir("/proc/self/fd")) == files


@pytest.mark.parametrize("language", ["python", "javascript"])
def test_a_cancelled_submission_ends_at_once(language: str) -> None:
    before = descendants(os.getpid())
    asked = iter([False] * 5)

    judgement = judge_locally(
        function_bundle((1, 1), time_limit_ms=600_000),
        language,
        SPINNERS[language],
        should_stop=lambda: next(asked, True),
    )

    assert judgement.verdict is Verdict.CANCELLED
    assert descendants(os.getpid()) == before


WORKER = """
import sys
sys.path.insert(0, {project!r})
from tests.evaluations.bundles import function_bundle
from evaluations.sandbox import judge_locally
judge_locally(function_bundle((1, 1), time_limit_ms=600_000), {language!r}, {code!r})
"""


@pytest.mark.parametrize("language", ["python", "javascript"])
@pytest.mark.parametrize(
    "tier", [layer.name[5:] for layer in describe() if layer.name.startswith("tier ") and layer.works]
)
def test_a_killed_worker_takes_its_sandbox_with_it(tier: str, language: str) -> None:
    script = WORKER.format(project=str(PROJECT), language=language, code=SPINNERS[language])
    worker = subprocess.Popen([sys.executable, "-c", script], env={**os.environ, "SANDBOX_TIER": tier})
    wait_until(lambda: busy(descendants(worker.pid)))
    started = descendants(worker.pid)

    os.kill(worker.pid, signal.SIGKILL)
    worker.wait()

    wait_until(lambda: not any(alive(pid) for pid in started))


def busy(pids: set[int], seconds: float = 0.5) -> bool:
    """Whether one of them has spun for that long: the probe is over and the submission runs."""
    for pid in pids:
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(fields[11]) + int(fields[12]) > os.sysconf("SC_CLK_TCK") * seconds:
            return True
    return False


HALF_A_SECOND = {
    "python": "import time\ndef solve(value):\n    while time.process_time() < 0.5: pass\n    return value\n",
    "javascript": """
const start = process.cpuUsage();
for (;;) { const { user, system } = process.cpuUsage(start); if (user + system > 500000) break; }
console.log(require('fs').readFileSync(0, 'utf8'));
""",
}


@pytest.mark.parametrize("language", ["python", "javascript"])
def test_a_machine_that_stood_still_is_not_taken_for_a_submission_that_waits(language: str) -> None:
    """Everything is stopped for three times as long as a test may wait, while it computes."""
    limits = Limits(wall_ms=1000)
    wanted = function_bundle((1, 1), limits=limits)
    if language == "javascript":
        wanted = program_bundle(("1", "1"), limits=limits)
    before = descendants(os.getpid())

    with ThreadPoolExecutor(1) as judge:
        judging = judge.submit(judge_locally, wanted, language, HALF_A_SECOND[language])
        wait_until(lambda: busy(descendants(os.getpid()) - before, 0.2))
        stopped = descendants(os.getpid()) - before
        for pid in stopped:
            os.kill(pid, signal.SIGSTOP)
        end = time.monotonic() + 3
        wait_until(lambda: time.monotonic() > end)
        for pid in stopped:
            os.kill(pid, signal.SIGCONT)
        judgement = judging.result()

    assert judgement.verdict is Verdict.ACCEPTED, judgement


def test_a_killed_launcher_is_an_infrastructure_error() -> None:
    before = descendants(os.getpid())
    stop = threading.Event()

    def kill_launchers() -> None:
        while not stop.wait(0.01):
            for pid in descendants(os.getpid()) - before:
                if alive(pid):
                    os.kill(pid, signal.SIGKILL)

    killer = threading.Thread(target=kill_launchers)
    available_languages()
    killer.start()
    judgement = judge_locally(function_bundle((1, 1)), "python", SLEEPER)
    stop.set()
    killer.join()

    assert judgement.verdict is Verdict.INFRASTRUCTURE_ERROR
    assert judgement.passed == 0


def test_several_threads_judge_at_once() -> None:
    verdicts: list[str] = []

    def judge(language: str, code: str) -> None:
        verdicts.append(judge_locally(function_bundle((1, 1), (2, 2)), language, code).verdict.value)

    threads = [threading.Thread(target=judge, args=item) for item in ECHO.items() for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert verdicts == ["accepted"] * 8


def test_an_unknown_tier_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SANDBOX_TIER", "chroot")

    with pytest.raises(SandboxUnavailable, match="SANDBOX_TIER=chroot"):
        judge_locally(function_bundle((1, 1)), "python", ECHO["python"])


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(SandboxUnavailable, match="not cobol"):
        judge_locally(function_bundle((1, 1)), "cobol", "DISPLAY 1.")


def test_a_missing_runtime_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SANDBOX_NODE", "/nonexistent/node")

    assert available_languages() == {"python"}
    with pytest.raises(SandboxUnavailable, match="SANDBOX_NODE"):
        judge_locally(function_bundle((1, 1)), "javascript", ECHO["javascript"])


@pytest.mark.parametrize("length", [0, 10, protocol.OUTCOME.size])
def test_an_outcome_that_does_not_add_up_is_not_read(length: int) -> None:
    head = protocol.OUTCOME.pack(0, 0, 1, 1, 1, 0, 5, 0, 0)

    with pytest.raises(SandboxBroken):
        Outcome.parse(head[:length])


def test_a_program_that_is_no_launcher_is_an_infrastructure_error() -> None:
    order = Order("python", ("/bin/cat",), protocol.frame(protocol.PREPARE, b"{}"))
    session = Session(order, {"wall_ms": 1, "cpu_ms": 1}, None)

    with pytest.raises(SandboxBroken), session:
        pytest.fail("cat does not judge")


def test_modules_are_warmed_up_by_name_only() -> None:
    source = "import os, heapq\nfrom collections import deque\n    import math as m\nx = 'import random'\n"

    assert modules_named(source) == ["collections", "heapq", "math"]


def test_a_test_without_its_parameters_is_not_the_learners_failure() -> None:
    judgement = judge_locally(function_bundle((1, 1), params=("value", "other")), "python", ECHO["python"])

    assert judgement.verdict is Verdict.INFRASTRUCTURE_ERROR
    assert "other" in judgement.message


@pytest.fixture
def no_tier(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A machine whose only tier is bubblewrap, which is not installed."""
    probe.forget()
    monkeypatch.setenv("SANDBOX_TIER", "bwrap")
    monkeypatch.setenv("PATH", "")
    monkeypatch.setenv("SANDBOX_NODE", runtime_of("javascript").executable)
    yield
    probe.forget()


@pytest.mark.usefixtures("no_tier")
def test_without_a_tier_nothing_is_judged_and_the_way_out_is_told() -> None:
    with pytest.raises(SandboxUnavailable, match=r"Any one of these makes one work.*apt install bubblewrap"):
        judge_locally(function_bundle((1, 1)), "python", ECHO["python"])

    assert available_languages() == frozenset()


@pytest.mark.usefixtures("no_tier")
@pytest.mark.parametrize("language", ["python", "javascript"])
def test_the_way_round_for_development_is_loud(
    language: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("SANDBOX_ALLOW_WEAK", "1")

    judgement = judge_locally(function_bundle((1, 1)), language, ECHO[language])

    assert judgement.verdict is Verdict.ACCEPTED
    assert "WITHOUT a sandbox" in caplog.text
    sandbox = describe()[0]
    assert (sandbox.works, sandbox.required) == (False, True)
    assert "SANDBOX_ALLOW_WEAK=1" in sandbox.detail


# A harness gone over to the enemy: it answers the compile step honestly, then as MISBEHAVE says.
TURNED = """
const fs = require('fs');
const exact = (n) => { const b = Buffer.alloc(n); fs.readSync(0, b, 0, n, null); return b.toString(); };
const next = () => { const nonce = exact(32); exact(Number(exact(8))); return nonce; };
const say = (nonce, body) => fs.writeSync(3, nonce + JSON.stringify({ status: 'R', body, out: '', kb: 1 }) + '\\n');
const first = next();
say(first, '');
for (;;) { const nonce = next(); MISBEHAVE }
"""


@pytest.mark.parametrize(
    "misbehaviour",
    [
        "say('0'.repeat(32), '1');",
        "say(first, '1');",
        "say('', '1');",
        "fs.writeSync(3, nonce + 'x\\n' + 'y\\n');",
        "fs.closeSync(3); for (;;);",
        "process.exit(0);",
    ],
)
def test_a_batch_that_does_not_answer_with_the_nonce_loses_test_and_process(misbehaviour: str) -> None:
    tier = chosen_tier()
    wanted = function_bundle((1, 1), time_limit_ms=500)
    sandbox = sandbox_config(tier, wanted, "javascript")
    sandbox["script"] = TURNED.replace("MISBEHAVE", misbehaviour)
    frame = protocol.frame(protocol.PREPARE, json.dumps(sandbox).encode())
    order = Order("javascript", tuple(launcher_command(tier, "javascript")), frame)
    config = submission_config(tier, wanted, "javascript", ECHO["javascript"])

    with Session(order, config, None) as session:
        session.compile()
        outcomes = [session.run(b"[1]") for _ in range(2)]

    for outcome in outcomes:
        answer = answer_of(outcome, batch=True)
        verdict = verdict_before_comparison(outcome, answer, time_limit_ms=500, memory_limit_mb=256)
        assert verdict in (Verdict.RUNTIME_ERROR, Verdict.TIME_LIMIT), (outcome, answer)
