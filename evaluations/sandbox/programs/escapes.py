"""The probe: a submission that tries to get out, and returns what it managed to do. Run inside the sandbox."""

import os
import socket
import sys
from collections.abc import Callable


def escapes(secret_path: str) -> list[str]:
    """What was possible and must not be; `secret_path` is a file of the worker."""
    attempts: dict[str, Callable[[], object]] = {
        "read a file of the host": lambda: open("/etc/passwd").close(),
        "read the worker's files": lambda: open(secret_path).close(),
        "list the processes": lambda: next(name for name in os.listdir("/proc") if name.isdigit()),
        "write a file": lambda: open("sandbox-probe", "w").close(),
        "open a socket": lambda: socket.socket().close(),
        "start a process": lambda: os.fork() or os._exit(0),
        "execute a program": lambda: os.posix_spawn(sys.executable, ["python", "-c", ""], {}),
        "signal the parent": lambda: os.kill(os.getppid() or 1, 0),
    }
    return (["read the environment"] if os.environ else []) + list(
        filter(None, map(_tried, attempts.items()))
    )


def _tried(attempt: tuple[str, Callable[[], object]]) -> str:
    name, act = attempt
    try:
        act()
    except (OSError, StopIteration):
        return ""
    return name
