"""The client's side: join a running server, or start its keeper and wait until the server answers."""

import fcntl
import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

SERVICES = ("postgres", "redis")
START_SECONDS = 90.0
POLL_SECONDS = 0.02

# Descriptors of the shared locks this process holds, by lock file. Forks inherit them and so stay clients.
_held: dict[Path, int] = {}


class EmbeddedServiceFailed(RuntimeError):
    """An embedded server did not start; the message carries the reason and where the log is."""


def join(service: str, data_dir: Path) -> str:
    """The URL of the running server, started when need be; this process counts as its client from now on."""
    folder = data_dir / service
    try:
        folder.mkdir(parents=True, exist_ok=True)
        become_client(folder)
        return _url_or_start(service, folder)
    except PermissionError as error:
        where = error.filename or folder
        raise EmbeddedServiceFailed(f"{where} is closed to you; set STUDYPATHS_DATA to your own") from error


def become_client(folder: Path) -> None:
    """Hold the shared client lock until this process and all its forks have ended.

    Blocks while a keeper that found itself unused is stopping its server, a matter of a second or two.
    """
    path = folder / "clients.lock"
    held = _held.get(path)
    if held is not None and _names(path, held):
        return
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        fcntl.flock(descriptor, fcntl.LOCK_SH)
        if _names(path, descriptor):
            break
        os.close(descriptor)
    os.utime(
        descriptor
    )  # the keeper reads it as "last joined", so a client shorter than its poll is seen too
    _held[path] = descriptor


def leave(data_dir: Path) -> None:
    """Stop being a client of the servers of ``data_dir``."""
    for service in SERVICES:
        descriptor = _held.pop(data_dir / service / "clients.lock", None)
        if descriptor is not None:
            os.close(descriptor)


def stop_if_unused(data_dir: Path) -> None:
    """Leave, and stop at once the servers that have no other client, instead of after the linger time."""
    leave(data_dir)
    unused = [data_dir / service for service in SERVICES if _has_no_client(data_dir / service)]
    stop_keepers(unused)


def stop_keepers(folders: list[Path]) -> None:
    """Ask the keepers to stop their servers, and wait until they have left."""
    for folder in folders:
        state = running_state(folder)
        if state is not None:
            os.kill(state["keeper"], signal.SIGTERM)
    deadline = time.monotonic() + START_SECONDS
    while any(keeper_is_alive(folder) for folder in folders):
        if time.monotonic() > deadline:
            raise EmbeddedServiceFailed(f"A server is not stopping. {' '.join(map(log_tail, folders))}")
        time.sleep(POLL_SECONDS)


def _has_no_client(folder: Path) -> bool:
    if not (folder / "clients.lock").exists():
        return True
    descriptor = os.open(folder / "clients.lock", os.O_RDWR | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(descriptor)
    return True


def running_state(folder: Path) -> dict[str, Any] | None:
    """What the keeper of ``folder`` published, or None when it is gone or its server is not ready."""
    if not keeper_is_alive(folder):
        return None
    try:
        state: dict[str, Any] = json.loads((folder / "state.json").read_bytes())
    except FileNotFoundError:
        return None
    return state


def running_urls(data_dir: Path) -> dict[str, str]:
    """Service -> URL of what runs under ``data_dir`` now."""
    states = {service: running_state(data_dir / service) for service in SERVICES}
    return {service: state["url"] for service, state in states.items() if state is not None}


def keeper_is_alive(folder: Path) -> bool:
    """A keeper holds ``keeper.lock`` exclusively for as long as it lives."""
    try:
        descriptor = os.open(folder / "keeper.lock", os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def _names(path: Path, descriptor: int) -> bool:
    """Whether ``path`` still is the open file: a removed data directory must not be locked in vain."""
    try:
        return os.path.samestat(os.stat(path), os.fstat(descriptor))
    except FileNotFoundError:
        return False


@contextmanager
def exclusive(path: Path) -> Iterator[None]:
    """Hold an exclusive lock on ``path``, created when missing."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _url_or_start(service: str, folder: Path) -> str:
    state = running_state(folder)
    if state is None:
        with exclusive(folder / "start.lock"):
            state = _settled_state(folder)
            if state is None:
                _start_keeper(service, folder)
                state = running_state(folder)
    if state is None:
        raise EmbeddedServiceFailed(f"{service} stopped again at once. {log_tail(folder)}")
    return str(state["url"])


def _settled_state(folder: Path) -> dict[str, Any] | None:
    """Wait out a server that is being restarted (then its state) or stopped (then None)."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        state = running_state(folder)
        if state is not None or not keeper_is_alive(folder):
            return state
        time.sleep(POLL_SECONDS)
    raise EmbeddedServiceFailed(
        f"The keeper of {folder} is busy for over {START_SECONDS:.0f} s. {log_tail(folder)}"
    )


def _start_keeper(service: str, folder: Path) -> None:
    """Start the detached keeper; it reports through a pipe, whose end without a word means that it died."""
    report, keeper_end = os.pipe()
    # A PG* variable of the caller's shell would steer initdb and the server.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    command = [sys.executable, "-m", "config.embedded.keeper", service, str(folder), str(keeper_end)]
    with (folder / "keeper.log").open("ab") as log, open(report, "rb", buffering=0) as reader:
        process = subprocess.Popen(
            command,
            cwd=Path(__file__).resolve().parents[2],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            pass_fds=[keeper_end],
        )
        os.close(keeper_end)
        process.wait()  # it detaches itself at once
        answer = _read_report(reader.fileno())
    if answer != "ready":
        raise EmbeddedServiceFailed(
            f"{service} did not start: {answer or 'its keeper died'}. {log_tail(folder)}"
        )


def _read_report(descriptor: int) -> str:
    readable, _, _ = select.select([descriptor], [], [], START_SECONDS)
    return (
        os.read(descriptor, 4096).decode().strip() if readable else f"no answer within {START_SECONDS:.0f} s"
    )


def log_tail(folder: Path, lines: int = 12) -> str:
    """The end of the keeper's and the server's log, for error messages."""
    texts = []
    for path in (folder / "keeper.log", folder / "server.log"):
        if path.exists():
            tail = path.read_text(errors="replace").splitlines()[-lines:]
            texts.append("\n".join([f"The end of {path}:", *tail]))
    return "\n".join(texts)
