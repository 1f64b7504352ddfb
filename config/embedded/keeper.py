"""The keeper of one embedded server: its parent process, which restarts it, and stops it when nobody uses it.

    python -m config.embedded.keeper <service> <folder> <descriptor to report on>

Files in the folder: ``keeper.lock`` (held exclusively while the keeper lives), ``clients.lock`` (held shared
by every client), ``state.json`` (there exactly while the server is ready), ``server.pid``, ``keeper.log``,
``server.log``.
"""

import fcntl
import json
import logging
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import TextIO

from config.embedded.client import POLL_SECONDS
from config.embedded.development import write_private
from config.embedded.processes import command_line, die_with_parent
from config.embedded.servers import (
    CLEAN_ENVIRONMENT,
    SERVERS,
    Server,
    ServerEnded,
    identity,
    wait_until_ready,
)

STOP_SECONDS = 20.0
LOG_LIMIT_BYTES = 10_000_000
# A server that dies this often within so many seconds of its start is not started again.
QUICK_DEATHS, QUICK_SECONDS = 3, 5.0
START_ATTEMPTS = 5

log = logging.getLogger(__name__)


class Keeper:
    """Owns one server from start to stop."""

    def __init__(self, service: str, folder: Path, *, linger: float) -> None:
        self.folder = folder
        self.linger = linger
        self.state = folder / "state.json"
        self.server_pid = folder / "server.pid"
        self.lock = _lock_keeper(folder)
        self.clients = os.open(folder / "clients.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        self.state.unlink(missing_ok=True)
        self.server: Server = SERVERS[service](folder)
        self.process: subprocess.Popen[bytes] | None = None
        self.last_used = time.time()
        self.started_at = time.monotonic()
        self.quick_deaths = 0
        self.stopping = False

    def start_server(self) -> None:
        """Start the server and publish its address once it answers; what fails at first is tried again.

        After a crash the remains of the old server may hold shared memory or the port for a moment.
        """
        for attempt in range(1, START_ATTEMPTS + 1):
            try:
                self._launch()
                break
            except ServerEnded:
                if attempt == START_ATTEMPTS:
                    raise
                time.sleep(0.2 * attempt)

    def _launch(self) -> None:
        stop_orphan([self.server_pid, *self.server.lock_files], self.server)
        command = self.server.prepare()
        with self.server.log.open("ab") as output:
            if output.tell() > LOG_LIMIT_BYTES:
                output.truncate(0)
            self.process = subprocess.Popen(
                command,
                cwd="/",
                env=CLEAN_ENVIRONMENT,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                preexec_fn=die_with_parent(self.server.stop_signal),
                **identity(self.server.account),
            )
        self.started_at = time.monotonic()
        self.server_pid.write_text(str(self.process.pid))
        wait_until_ready(self.server, self.process, self.folder)
        self.server.finish()
        pids = {"keeper": os.getpid(), "server": self.process.pid}
        state = {**pids, "url": self.server.url(), "data": str(self.server.data)}
        write_private(self.state, json.dumps(state))
        log.info("ready, process %s, data %s", self.process.pid, self.server.data)

    def run(self) -> None:
        """Watch the server and the clients until it is time to stop the server."""
        wake = _wake_on_signals(self._on_stop_signal)
        poll = min(1.0, max(POLL_SECONDS, self.linger / 4))
        while not self.stopping and not self._is_unused():
            if self.process is not None and self.process.poll() is not None:
                self._revive(self.process)
            select.select([wake], [], [], poll)
            _drain(wake)

    def stop_server(self) -> None:
        """Stop cleanly, by force when that takes too long, and take back everything that was published."""
        self.state.unlink(missing_ok=True)
        if self.process is not None:
            for number in (self.server.stop_signal, self.server.kill_signal, signal.SIGKILL):
                if self.process.poll() is None:
                    self.process.send_signal(number)
                    _wait(self.process, STOP_SECONDS)
        self.server_pid.unlink(missing_ok=True)
        self.server.clean()
        log.info("stopped")

    def _revive(self, process: "subprocess.Popen[bytes]") -> None:
        """Start the server again, as often as it was told to stop (status 0), a few times when it crashes."""
        self.state.unlink(missing_ok=True)
        log.info("the server ended with status %s", process.returncode)
        lived = time.monotonic() - self.started_at
        self.quick_deaths = self.quick_deaths + 1 if process.returncode and lived < QUICK_SECONDS else 0
        if self.quick_deaths >= QUICK_DEATHS:
            raise RuntimeError("the server keeps dying")
        self.start_server()

    def _on_stop_signal(self, _number: int, _frame: FrameType | None) -> None:
        self.stopping = True

    def _is_unused(self) -> bool:
        """Whether no client has been there for the linger time, or the data directory is gone.

        On True the exclusive lock stays held: a client that comes now waits for the end, then starts afresh.
        """
        path = self.folder / "clients.lock"
        if not path.exists() or not os.path.samestat(path.stat(), os.fstat(self.clients)):
            return True
        try:
            fcntl.flock(self.clients, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self.last_used = time.time()
            return False
        if time.time() - max(self.last_used, path.stat().st_mtime) >= self.linger:
            return True
        fcntl.flock(self.clients, fcntl.LOCK_UN)
        return False


def stop_orphan(pid_files: list[Path], server: Server) -> None:
    """Stop the server that a killed keeper left behind; forget numbers that others have by now."""
    deadline = time.monotonic() + STOP_SECONDS
    for file in pid_files:
        number = file.read_text().partition("\n")[0] if file.exists() else ""
        while number.isdigit() and server.mark in command_line(int(number)):
            with suppress(ProcessLookupError):
                os.kill(int(number), server.stop_signal if time.monotonic() < deadline else signal.SIGKILL)
            time.sleep(POLL_SECONDS)
        file.unlink(missing_ok=True)


def _lock_keeper(folder: Path) -> int:
    """Take the keeper's lock; only a client's momentary look at it can be in the way."""
    descriptor = os.open(folder / "keeper.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    deadline = time.monotonic() + 5
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise
            time.sleep(POLL_SECONDS)
        else:
            return descriptor


def _wake_on_signals(on_stop: Callable[[int, FrameType | None], None]) -> int:
    """Signals end the main loop's wait at once; returns the descriptor to wait on."""
    reader, writer = socket.socketpair()
    for end in (reader, writer):
        end.setblocking(False)
    signal.set_wakeup_fd(writer.detach())
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, on_stop)
    signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    return reader.detach()


def _drain(descriptor: int) -> None:
    try:
        os.read(descriptor, 4096)
    except BlockingIOError:
        return


def _wait(process: "subprocess.Popen[bytes]", seconds: float) -> None:
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        log.info("process %s is still there after %.0f s", process.pid, seconds)


def _open_folder(folder: Path) -> None:
    """The data directory is ours: let the server's account pass through it, without listing it."""
    if os.geteuid() == 0:
        for path in (folder.parent, folder):
            path.chmod(path.stat().st_mode | 0o111)


def main() -> None:
    service, folder, report = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
    if os.fork():
        os._exit(0)
    os.setsid()
    os.umask(0o022)
    logging.basicConfig(format="%(asctime)s [%(process)d] %(message)s", level=logging.INFO)
    linger = float(os.environ.get("EMBEDDED_LINGER_SECONDS") or 10)
    with open(report, "w") as answer:
        keeper = _start(service, folder, linger, answer)
    try:
        keeper.run()
    finally:
        keeper.stop_server()


def _start(service: str, folder: Path, linger: float, answer: TextIO) -> Keeper:
    """Start the server and tell the waiting client ``ready``, or why not."""
    keeper = None
    try:
        _open_folder(folder)
        keeper = Keeper(service, folder, linger=linger)
        keeper.start_server()
    except Exception as error:
        answer.write(f"{error}")
        if keeper is not None:
            keeper.stop_server()
        raise
    answer.write("ready")
    return keeper


if __name__ == "__main__":
    main()
