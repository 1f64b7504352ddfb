"""A temporary installation: embedded servers, web server, workers and beat in a directory of their own."""

import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.processes import Crew

FORGOTTEN = ("DATABASE_URL", "REDIS_URL", "CELERY_BROKER_URL", "EVAL_SERVICE_URL", "PROBLEM_BANK_URL")
LOG_CHARACTERS = 4_000
UNLIMITED = {"REQUESTS_PER_MINUTE": "0", "SUBMITS_PER_MINUTE": "0"}


@dataclass(frozen=True, slots=True)
class Installation:
    """What the benchmarks run on. `dsn`: how psycopg2 reaches the database; `postmaster`: its process id."""

    data_dir: Path
    port: int
    dsn: dict[str, Any]
    postmaster: int
    crew: Crew


@contextmanager
def temporary_installation() -> Iterator[Installation]:
    """Start a stack on a free port and a new data directory, set Django up on it, and leave nothing behind."""
    for name in FORGOTTEN:
        os.environ.pop(name, None)
    data_dir = Path(tempfile.mkdtemp(prefix="studypaths-bench-")).resolve()
    data_dir.chmod(0o711)
    os.environ.update({**UNLIMITED, "STUDYPATHS_DATA": str(data_dir)})
    from config.embedded import addresses
    from config.embedded.__main__ import remove
    from config.embedded.servers import free_port
    from config.stack import Stack

    try:
        addresses(data_dir)  # Redis takes its port first: the kernel gives a free port to whoever asks
        with (data_dir / "stack.log").open("w") as output:
            stack = Stack(data_dir, port=free_port(0), output=output)
            with stack.prepared(step), stack.running(step):
                yield from _with_crew(stack, data_dir)
    except Exception:
        sys.stderr.write((data_dir / "stack.log").read_text(errors="replace")[-LOG_CHARACTERS:])
        raise
    finally:
        remove(data_dir)


def _with_crew(stack: Any, data_dir: Path) -> Iterator[Installation]:
    dsn = _set_up_django()
    crew = Crew(dsn, stack.port)
    try:
        yield Installation(data_dir, stack.port, dsn, _postmaster(data_dir), crew)
    finally:
        crew.close()
        _close_database()


def _set_up_django() -> dict[str, Any]:
    # Calls in this process are not what is measured, so they need not be logged; the stack logs as it does by default.
    os.environ.update(DJANGO_SETTINGS_MODULE="config.settings", LOG_LEVEL="WARNING")
    import django

    django.setup()
    from django.db import connection

    parameters = connection.get_connection_params()
    return {
        name: parameters[name] for name in ("dbname", "user", "host", "port", "options") if name in parameters
    }


def _postmaster(data_dir: Path) -> int:
    from config.embedded.client import running_state

    state = running_state(data_dir / "postgres")
    if state is None:
        raise RuntimeError("PostgreSQL is gone")
    return int(state["server"])


def _close_database() -> None:
    from django.db import connection

    connection.close()


@contextmanager
def step(title: str) -> Iterator[None]:
    """Show what is being done and how long it took."""
    started = time.monotonic()
    sys.stderr.write(f"{title} ... ")
    sys.stderr.flush()
    yield
    sys.stderr.write(f"{time.monotonic() - started:.1f} s\n")
