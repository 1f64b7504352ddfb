"""The whole stack on one machine: prepares it, keeps it up or shows it, and takes it down again.

    python -m config.supervisor run    until Ctrl-C or SIGTERM, on PORT (8000), data in STUDYPATHS_DATA
    python -m config.supervisor demo   on a free port and a new temporary data directory, for one config.demo
    python -m config.supervisor stop   stop what `run` started

While the stack is up, ``$STUDYPATHS_DATA/env`` holds its addresses (``NAME=value``, quoted for a shell).
"""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import NoReturn

from config.embedded import EmbeddedServiceFailed, addresses, data_directory
from config.embedded.__main__ import remove, stop
from config.embedded.client import stop_if_unused
from config.embedded.servers import free_port
from config.stack import ROOT, Stack, StackFailed, kept_lock, lock_owner

DEMO_FORGETS = ("DATABASE_URL", "REDIS_URL", "CELERY_BROKER_URL")
STOP_SECONDS = 60.0


def run() -> int:
    """Keep the stack up until somebody stops it."""
    data_dir = data_directory()
    data_dir.mkdir(parents=True, exist_ok=True)
    log = data_dir / "stack.log"
    with (
        kept_lock(data_dir / "supervisor.lock"),
        _tidy_end(data_dir),
        log.open("w") as output,
        _log_on_failure(log),
    ):
        stack = Stack(data_dir, port=int(os.environ.get("PORT") or 8000), output=output)
        with stack.prepared(_step), stack.running(_step):
            _announce(stack)
            stack.wait()
            raise StackFailed("A process of the stack ended, so the others were stopped.")


def demo() -> int:
    """Show the whole story on an installation that exists for it alone, and leave nothing behind."""
    for name in DEMO_FORGETS:
        os.environ.pop(name, None)
    data_dir = Path(tempfile.mkdtemp(prefix="studypaths-demo-")).resolve()
    data_dir.chmod(0o711)
    os.environ["STUDYPATHS_DATA"] = str(data_dir)
    log = data_dir / "stack.log"
    try:
        with log.open("w") as output, _log_on_failure(log):
            addresses(data_dir)  # Redis takes its port first: the kernel gives a free port to whoever asks
            stack = Stack(data_dir, port=free_port(0), output=output)
            with stack.prepared(_step), stack.running(_step):
                command = [sys.executable, "-m", "config.demo"]
                shown = subprocess.run(command, cwd=ROOT, env=stack.environment, check=False)
                if shown.returncode:
                    raise StackFailed(f"The demo ended with status {shown.returncode}.")
        return 0
    finally:
        remove(data_dir)


def stop_run() -> int:
    """Stop the running supervisor, then the embedded servers."""
    data_dir = data_directory()
    lock = data_dir / "supervisor.lock"
    owner = lock_owner(lock)
    if owner is not None:
        os.kill(owner, signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        while lock_owner(lock) is not None and time.monotonic() < deadline:
            time.sleep(0.05)
    return stop(data_dir) if data_dir.exists() else 0


def _announce(stack: Stack) -> None:
    token = stack.manage("issue_token", "alice", "--role", "learner").strip()
    lines = {
        "API docs": f"{stack.base_url}/v1/docs",
        "Admin": f"{stack.base_url}/admin/",
        "Staff login": f"staff / {stack.staff_password}",
        "Health": f"{stack.base_url}/health/ready",
        "Addresses": stack.env_file,
        "Log": stack.data_dir / "stack.log",
        "Token of alice": token,
    }
    text = "\n".join(f"  {title:15} {value}" for title, value in lines.items())
    _say(f"\nStudy Paths is up. Ctrl-C stops it.\n\n{text}\n")


@contextmanager
def _tidy_end(data_dir: Path) -> Iterator[None]:
    """However the stack ends, the embedded servers end with it, unless another process uses them."""
    try:
        yield
    finally:
        stop_if_unused(data_dir)


@contextmanager
def _step(title: str) -> Iterator[None]:
    """Show what is being done and how long it took."""
    started = time.monotonic()
    sys.stdout.write(f"{title} ... ")
    sys.stdout.flush()
    yield
    _say(f"{time.monotonic() - started:.1f} s")


@contextmanager
def _log_on_failure(log: Path, lines: int = 40) -> Iterator[None]:
    """Show the end of the stack's log before a failure goes on its way."""
    try:
        yield
    except StackFailed:
        end = log.read_text(errors="replace").splitlines()[-lines:]
        if end:
            _say("\n".join(["", f"The end of {log}:", *end]))
        raise


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _leave(number: int, _frame: FrameType | None) -> NoReturn:
    """Unwind: every block takes down what it put up. A second signal does not interrupt that."""
    for again in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(again, signal.SIG_IGN)
    raise SystemExit(128 + number)


COMMANDS = {"run": run, "demo": demo, "stop": stop_run}


def main(arguments: list[str]) -> int:
    if len(arguments) != 1 or arguments[0] not in COMMANDS:
        _say(str(__doc__))
        return 2
    if arguments[0] != "stop":
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, _leave)
    try:
        return COMMANDS[arguments[0]]()
    except (StackFailed, EmbeddedServiceFailed) as failure:
        _say(f"\n{failure}")
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
