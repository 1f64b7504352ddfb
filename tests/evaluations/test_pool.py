"""The evaluation workers are a pool of their own, and a pool that is too small makes learners wait, nothing else."""

import os
import shlex
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from django.conf import settings

from config.celery import app
from config.stack import ROOT
from evaluations.judge import Bundle, Verdict
from evaluations.runner import judge
from evaluations.tasks import QUEUE
from tests.evaluations.bundles import function_bundle, program_bundle

TIME_LIMIT_MS = 500
BURNERS = 4 * len(os.sched_getaffinity(0))
JUDGING = {"evaluations.tasks.evaluate_next", "evaluations.tasks.judge_items"}
"""The tasks that run submitted code: work for evaluators, and for nobody else."""


def option(command: list[str], name: str) -> str:
    return command[command.index(name) + 1]


def procfile() -> dict[str, list[str]]:
    lines = (ROOT / "Procfile").read_text().splitlines()
    return {name: shlex.split(command) for name, command in (line.split(": ", 1) for line in lines if line)}


def compose() -> dict[str, Any]:
    services: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]
    return {name: service.get("command") for name, service in services.items()}


# Whose work is whose


@pytest.mark.parametrize("commands", [procfile(), compose()], ids=["Procfile", "compose.yaml"])
def test_each_queue_has_workers_of_its_own_with_their_own_concurrency(commands: dict[str, Any]) -> None:
    queues = {
        name: option(command, "--queues")
        for name, command in commands.items()
        if command and "worker" in command
    }

    assert queues == {"worker": "default", "evaluator": QUEUE}
    assert option(commands["worker"], "--concurrency").isdecimal()
    assert option(commands["evaluator"], "--concurrency")


def test_only_judging_is_sent_to_evaluators() -> None:
    app.loader.import_default_modules()
    ours = [name for name in app.tasks if not name.startswith("celery.")]
    queues = {name: app.amqp.router.route(_options(name), name)["queue"].name for name in ours}

    assert {name for name, queue in queues.items() if queue == QUEUE} == JUDGING
    assert {queue for name, queue in queues.items() if name not in JUDGING} == {"default"}


def _options(name: str) -> dict[str, Any]:
    """What the task itself says about where it is sent."""
    queue = getattr(app.tasks[name], "queue", None)
    return {"queue": queue} if queue else {}


def test_what_beat_sends_is_for_the_general_worker() -> None:
    for name, entry in settings.CELERY_BEAT_SCHEDULE.items():
        assert entry["task"] not in JUDGING, name
        assert entry.get("options", {}).get("queue", "default") == "default", name


# Overload


@pytest.fixture
def busy_machine() -> Iterator[None]:
    """More processes that never rest than there are cores."""
    burners = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(BURNERS)]
    try:
        yield
        assert [burner.poll() for burner in burners] == [None] * BURNERS
    finally:
        for burner in burners:
            burner.kill()
            burner.wait()


PYTHON = """
import time

def solve(value):
    while time.process_time() < value / 1000:
        pass
    return value
"""
JAVASCRIPT = """
const wanted = Number(require("fs").readFileSync(0, "utf8"));
const spent = () => process.cpuUsage().user + process.cpuUsage().system;
const before = spent();
while (spent() - before < wanted * 1000);
console.log(wanted);
"""


def solutions(spent_ms: int) -> list[tuple[str, Bundle, str]]:
    """Right code in each language that takes so much processor time before it answers."""
    text = f"{spent_ms}\n"
    function = function_bundle((spent_ms, spent_ms), time_limit_ms=TIME_LIMIT_MS)
    program = program_bundle((text, text), time_limit_ms=TIME_LIMIT_MS)
    return [("python", function, PYTHON), ("javascript", program, JAVASCRIPT)]


def test_right_code_near_its_time_limit_is_accepted_on_a_machine_that_is_busy(busy_machine: None) -> None:
    """It gets a fifth of what it asks for and takes longer; what counts is the time of the processor."""
    for language, bundle, code in solutions(TIME_LIMIT_MS * 6 // 10):
        judgement = judge(bundle, language, code)

        assert judgement.verdict == Verdict.ACCEPTED, judgement
        assert judgement.runtime_ms >= TIME_LIMIT_MS * 5 // 10


def test_code_beyond_its_time_limit_is_refused_on_a_machine_that_is_busy(busy_machine: None) -> None:
    for language, bundle, code in solutions(TIME_LIMIT_MS * 14 // 10):
        judgement = judge(bundle, language, code)

        assert judgement.verdict == Verdict.TIME_LIMIT, judgement
