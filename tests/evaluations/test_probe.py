"""A machine that stumbled while it was probed is not given up: neither its sandbox, nor its strongest tier."""

from __future__ import annotations

import os
import stat
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from evaluations.judge import Verdict
from evaluations.sandbox import SandboxUnavailable, judge_locally, probe
from evaluations.sandbox.warm import launchers
from tests.evaluations.bundles import function_bundle
from tests.evaluations.processes import alive

ECHO = "def solve(value):\n    return value\n"
ATTEMPTS = 2
"""How often judging meets trouble of the machine before it says so."""

STUMBLING = """#!/bin/sh
case "$*" in *inside.launcher*)
  if [ "$(wc -l < {count})" -lt {times} ]; then echo >> {count}; exit 1; fi
esac
exec {python} "$@"
"""


@pytest.fixture
def stumbles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[int], None]]:
    """Call it with a number: so many launchers will die at their start."""

    def prepare(times: int) -> None:
        count, python = tmp_path / "count", tmp_path / "python"
        count.write_text("")
        real = os.path.realpath(sys.executable)
        python.write_text(STUMBLING.format(count=count, times=times, python=real))
        python.chmod(python.stat().st_mode | stat.S_IXUSR)
        monkeypatch.setenv("SANDBOX_PYTHON", str(python))
        probe.forget()

    yield prepare
    launchers().wait()
    launchers().drop()
    probe.forget()


def tier_found() -> str:
    """The tier in use; nothing when there is none."""
    try:
        return probe.chosen_tier()
    except SandboxUnavailable:
        return ""


def later(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    """Let time pass for what is remembered of the machine."""
    monkeypatch.setattr(probe, "time", SimpleNamespace(monotonic=lambda: time.monotonic() + seconds))


def test_a_probe_that_the_machine_spoils_is_tried_again_at_once(stumbles: Callable[[int], None]) -> None:
    strongest = probe.chosen_tier()

    stumbles(ATTEMPTS)

    assert probe.chosen_tier() == strongest


def test_a_tier_that_failed_is_looked_at_again_after_a_minute(
    stumbles: Callable[[int], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Until then the weaker one is used, or nothing judged; launchers that were made ready for it are of no use."""
    monkeypatch.setenv("SANDBOX_ALLOW_WEAK", "1")
    strongest = probe.chosen_tier()
    stumbles(2 * ATTEMPTS)
    weaker = tier_found()
    judge_locally(function_bundle((1, 1)), "python", ECHO)
    launchers().wait()
    (waiting,) = [each.pid for each in launchers().idle if each.order.language == "python"]

    later(monkeypatch, 50)
    meanwhile = tier_found()
    later(monkeypatch, 70)
    judgement = judge_locally(function_bundle((1, 1)), "python", ECHO)

    assert weaker == meanwhile != strongest
    assert tier_found() == strongest
    assert judgement.verdict is Verdict.ACCEPTED
    assert not alive(waiting)


def test_a_machine_without_a_sandbox_is_looked_at_again_after_a_minute(
    stumbles: Callable[[int], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    stumbles(1000)
    refused = (tier_found(), probe.why_unavailable("python") != "")
    (Path(os.environ["SANDBOX_PYTHON"]).parent / "count").write_text("\n" * 1000)

    meanwhile = tier_found()
    later(monkeypatch, 70)

    assert (refused, meanwhile) == (("", True), "")
    assert tier_found() != ""
    assert probe.why_unavailable("python") == ""


def test_what_holds_is_kept(stumbles: Callable[[int], None], monkeypatch: pytest.MonkeyPatch) -> None:
    stumbles(0)
    found = probe.chosen_tier()
    count = Path(os.environ["SANDBOX_PYTHON"])
    count.write_text("#!/bin/sh\nexit 1\n")

    later(monkeypatch, 1_000_000)

    assert probe.chosen_tier() == found
