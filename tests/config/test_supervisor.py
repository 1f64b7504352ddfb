"""The whole stack as `make run` starts it, and what it leaves behind."""

import os
import shlex
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from config.stack import ROOT, StackFailed, kept_lock, lock_owner

SUPERVISOR = [sys.executable, "-m", "config.supervisor"]


class Running:
    """A supervisor on a data directory and a port of its own."""

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        embedded = {"DATABASE_URL", "REDIS_URL", "CELERY_BROKER_URL"}
        kept = {name: value for name, value in os.environ.items() if name not in embedded}
        self.environment = kept | {"STUDYPATHS_DATA": str(data_dir), "PORT": str(self.port)}
        self.output = (data_dir / "output").open("w+")
        self.process = subprocess.Popen(
            [*SUPERVISOR, "run"], cwd=ROOT, env=self.environment, stdout=self.output, stderr=self.output
        )

    def printed(self) -> str:
        return (self.data_dir / "output").read_text()

    def wait_until_up(self) -> None:
        deadline = time.monotonic() + 180
        while "Token of alice" not in self.printed():
            assert self.process.poll() is None, self.printed()
            assert time.monotonic() < deadline, self.printed()
            time.sleep(0.1)

    def again(self, command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*SUPERVISOR, command],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=180,
        )

    def processes(self) -> list[str]:
        """Command lines, beside the supervisor's, of processes that belong to this stack."""
        marks = (f"STUDYPATHS_DATA={self.data_dir}\0", str(self.data_dir))
        found = []
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit() and int(entry.name) != os.getpid():
                text = _read(entry / "environ") + _read(entry / "cmdline")
                if any(mark in text for mark in marks):
                    found.append(_read(entry / "cmdline"))
        return found


def _read(path: Path) -> str:
    try:
        return path.read_text(errors="replace")
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return ""


@pytest.fixture
def running() -> Iterator[Running]:
    data_dir = Path(tempfile.mkdtemp(prefix="studypaths-test-"))
    running = Running(data_dir)
    try:
        running.wait_until_up()
        yield running
    finally:
        running.again("stop")
        running.process.wait(timeout=60)
        running.output.close()
        shutil.rmtree(data_dir)


@pytest.mark.stack
def test_run_brings_the_stack_up_tells_where_it_is_and_takes_it_down(running: Running) -> None:
    env_file = running.data_dir / "env"
    values = dict(line.split("=", 1) for line in shlex.split(env_file.read_text()))

    ready = requests.get(f"{values['BASE_URL']}/health/ready", timeout=30)
    token = running.printed().partition("Token of alice")[2].split()[0]
    paths = requests.get(
        f"{values['BASE_URL']}/v1/study-paths", headers={"Authorization": f"Bearer {token}"}, timeout=30
    )
    second = running.again("run")

    assert ready.status_code == 200
    assert paths.status_code == 200
    assert stat.S_IMODE(env_file.stat().st_mode) == 0o600
    assert {"DATABASE_URL", "REDIS_URL", "CELERY_BROKER_URL"} <= values.keys()
    assert second.returncode == 1
    assert "running already" in second.stdout

    running.process.send_signal(signal.SIGTERM)

    assert running.process.wait(timeout=120) == 128 + signal.SIGTERM
    assert running.processes() == []
    assert not env_file.exists()


def test_a_taken_port_is_named_before_anything_starts(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        environment = os.environ | {"STUDYPATHS_DATA": str(tmp_path / "data"), "PORT": str(port)}

        answer = subprocess.run(
            [*SUPERVISOR, "run"], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
        )

    assert answer.returncode == 1
    assert f"Port {port} is taken" in answer.stdout
    assert not (tmp_path / "data" / "postgres").exists()


def test_stopping_what_does_not_run_is_no_error(tmp_path: Path) -> None:
    environment = os.environ | {"STUDYPATHS_DATA": str(tmp_path / "data")}

    answer = subprocess.run([*SUPERVISOR, "stop"], cwd=ROOT, env=environment, check=False)

    assert answer.returncode == 0


def test_one_data_directory_has_one_supervisor(tmp_path: Path) -> None:
    lock = tmp_path / "supervisor.lock"

    with kept_lock(lock):
        assert lock_owner(lock) == os.getpid()
        with pytest.raises(StackFailed, match="running already"), kept_lock(lock):
            pass

    assert lock_owner(lock) is None
