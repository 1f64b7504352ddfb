"""The processes of the stack (Procfile) around one data directory: prepared, started, awaited, stopped."""

import fcntl
import os
import secrets
import shlex
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import IO

import requests

from config.embedded import addresses
from config.embedded.development import kept_values, write_private
from config.embedded.processes import die_with_parent

ROOT = Path(__file__).resolve().parents[1]
READY_SECONDS = 60.0
# Longer than honcho's own patience (5 s from the first process that ended) before it kills.
STOP_SECONDS = 30.0

Step = Callable[[str], AbstractContextManager[None]]


class StackFailed(RuntimeError):
    """The stack could not be prepared or started; the message is for the person at the terminal."""


class Stack:
    """Web server, workers and beat on ``port`` of the loopback interface."""

    def __init__(self, data_dir: Path, *, port: int, output: IO[str]) -> None:
        self.data_dir = data_dir
        self.port = port
        self.output = output
        self.base_url = f"http://127.0.0.1:{port}"
        self.env_file = data_dir / "env"
        kept = kept_values(data_dir / "staff.env", {"STAFF_PASSWORD": lambda: secrets.token_urlsafe(12)})
        self.staff_password = kept["STAFF_PASSWORD"]
        self.environment = {
            **os.environ,
            "STUDYPATHS_DATA": str(data_dir),
            "PORT": str(port),
            "BASE_URL": self.base_url,
            "STAFF_PASSWORD": self.staff_password,
            "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)]),
            "PYTHONUNBUFFERED": "1",
        }

    @contextmanager
    def prepared(self, step: Step) -> Iterator[None]:
        """Servers running, tables made, tracks and problems loaded; the address file exists meanwhile."""
        _require_free(self.port)
        (self.data_dir / "static").mkdir(exist_ok=True)
        with step("Starting PostgreSQL and Redis"):
            found = addresses(self.data_dir)
        with step("Making the tables"):
            self.manage("migrate", "--no-input")
        with step("Loading tracks and problems"):
            self.manage("seed")
        values = {**found, "BASE_URL": self.base_url, "STUDYPATHS_DATA": str(self.data_dir)}
        write_private(
            self.env_file, "".join(f"{name}={shlex.quote(value)}\n" for name, value in values.items())
        )
        try:
            yield
        finally:
            self.env_file.unlink(missing_ok=True)

    @contextmanager
    def running(self, step: Step) -> Iterator[None]:
        """All processes of the Procfile, answering; stopped on leaving."""
        command = [sys.executable, "-m", "honcho", "--env", os.devnull, "--procfile", "Procfile", "start"]
        # In a session of its own, so that Ctrl-C reaches it once, from here, and not before us.
        self.honcho = subprocess.Popen(
            command,
            cwd=ROOT,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=self.output,
            stderr=self.output,
            start_new_session=True,
            preexec_fn=die_with_parent(signal.SIGTERM),
        )
        try:
            with step("Starting web server, workers and beat"):
                self._wait_until_ready()
            yield
        finally:
            with step("Stopping"):
                self._stop()

    def wait(self) -> None:
        """Until the stack ends by itself, which it does when one of its processes ends."""
        self.honcho.wait()

    def manage(self, *arguments: str) -> str:
        """What ``manage.py`` prints; raises ``StackFailed`` with its complaint."""
        answer = subprocess.run(
            [sys.executable, str(ROOT / "manage.py"), *arguments],
            cwd=ROOT,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if answer.returncode:
            raise StackFailed(f"manage.py {' '.join(arguments)} failed:\n{answer.stdout}{answer.stderr}")
        return answer.stdout

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + READY_SECONDS
        reason = "no answer"
        while self.honcho.poll() is None and time.monotonic() < deadline:
            try:
                answer = requests.get(f"{self.base_url}/health/ready", timeout=5)
            except requests.RequestException as error:
                reason = str(error)
            else:
                if answer.ok:
                    return
                reason = f"{answer.status_code} {answer.text[:500]}"
            time.sleep(0.1)
        ended = self.honcho.returncode is not None
        raise StackFailed("The stack ended while starting" if ended else f"The stack is not ready: {reason}")

    def _stop(self) -> None:
        self.honcho.terminate()
        try:
            self.honcho.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.honcho.kill()
            self.honcho.wait()


def _require_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise StackFailed(
                f"Port {port} is taken ({error.strerror}). Choose another: make run PORT=8001"
            ) from error


@contextmanager
def kept_lock(path: Path) -> Iterator[None]:
    """Hold ``path`` with this process's id in it; raises ``StackFailed`` when another process does."""
    with path.open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise StackFailed(
                f"The stack of {path.parent} is running already. 'make stop' stops it."
            ) from error
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


def lock_owner(path: Path) -> int | None:
    """The process that holds ``path`` by ``kept_lock``."""
    if not path.exists():
        return None
    with path.open() as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return int(file.read())
    return None
