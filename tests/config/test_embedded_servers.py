"""The embedded servers, as real processes on a data directory of their own."""

import json
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg2
import pytest
import redis

ROOT = Path(__file__).resolve().parents[2]
CLIENT = """
import json, sys
from config.embedded import addresses
print(json.dumps(addresses()), flush=True)
sys.stdin.read()
"""
FORKING_CLIENT = """
import os, sys
from config.embedded import addresses
addresses()
if os.fork() == 0:
    sys.stdin.read()
"""


class Installation:
    """One data directory, and the processes that this test started on it."""

    def __init__(self, data_dir: Path, **identity: Any) -> None:
        self.data_dir = data_dir
        self.identity = identity
        self.python = sys.executable
        self.clients: list[subprocess.Popen[str]] = []
        addresses = {"DATABASE_URL", "REDIS_URL", "CELERY_BROKER_URL"}
        self.environment = {name: value for name, value in os.environ.items() if name not in addresses}
        self.environment |= {"STUDYPATHS_DATA": str(data_dir), "EMBEDDED_LINGER_SECONDS": "0.2"}

    def start_client(self, code: str = CLIENT, **extra: str) -> subprocess.Popen[str]:
        """A client that stays until its standard input is closed."""
        client = subprocess.Popen(
            [self.python, "-c", code],
            cwd=ROOT,
            env=self.environment | extra,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            **self.identity,
        )
        self.clients.append(client)
        return client

    def join(self) -> dict[str, str]:
        client = self.start_client()
        assert client.stdout is not None
        found: dict[str, str] = json.loads(client.stdout.readline())
        return found

    def leave(self) -> None:
        """End every client."""
        for client in self.clients:
            client.communicate(timeout=30)
        self.clients.clear()

    def command(self, name: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [self.python, "-m", "config.embedded", name],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
            **self.identity,
        )

    def state(self, service: str) -> dict[str, Any]:
        state: dict[str, Any] = json.loads((self.data_dir / service / "state.json").read_text())
        return state

    def processes(self) -> list[int]:
        """Keepers and servers of this data directory, read from the process table."""
        return [pid for pid in _all_pids() if str(self.data_dir) in _command_line(pid)]


def _all_pids() -> list[int]:
    return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]


def _command_line(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return ""


def eventually(condition: Callable[[], object], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def _reachable_directory(prefix: str = "studypaths-test-") -> Path:
    """A directory open to the servers' account; pytest's own are closed to it when the caller is root."""
    path = Path(tempfile.mkdtemp(prefix=prefix))
    path.chmod(0o755)
    return path


@pytest.fixture
def installation() -> Iterator[Installation]:
    installation = Installation(_reachable_directory())
    yield installation
    installation.leave()
    removed = installation.command("remove")
    assert removed.returncode == 0, removed.stderr
    assert installation.processes() == []


def _query(url: str, sql: str) -> list[tuple[Any, ...]]:
    connection = psycopg2.connect(url)
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchall() if cursor.description else []
    finally:
        connection.close()


def _redis_call(url: str, *arguments: str) -> Any:
    with redis.Redis.from_url(url, decode_responses=True) as connection:
        return connection.execute_command(*arguments)


def test_the_first_client_gets_a_database_and_a_broker_that_answer(installation: Installation) -> None:
    found = installation.join()

    assert _query(found["DATABASE_URL"], "SELECT current_database(), current_setting('TimeZone')") == [
        ("studypaths", "UTC")
    ]
    assert _redis_call(found["REDIS_URL"], "PING") is True
    assert _redis_call(found["CELERY_BROKER_URL"], "PING") is True


def test_the_database_is_set_up_for_durability_and_many_processes(installation: Installation) -> None:
    names = ("fsync", "synchronous_commit", "jit", "max_connections", "random_page_cost", "listen_addresses")

    url = installation.join()["DATABASE_URL"]

    settings = {name: _query(url, f"SHOW {name}")[0][0] for name in names}
    assert settings == {
        "fsync": "on",
        "synchronous_commit": "on",
        "jit": "off",
        "max_connections": "200",
        "random_page_cost": "1.1",
        "listen_addresses": "",
    }


def test_redis_refuses_a_caller_without_the_password(installation: Installation) -> None:
    url = installation.join()["REDIS_URL"]
    address = "redis://" + url.partition("@")[2]

    with pytest.raises(redis.AuthenticationError):
        _redis_call(address, "PING")


def test_a_second_process_joins_the_running_servers(installation: Installation) -> None:
    first = installation.join()
    pids = sorted(installation.processes())

    second = installation.join()

    assert second == first
    assert sorted(installation.processes()) == pids


def test_processes_that_start_at_once_share_one_set_of_servers(installation: Installation) -> None:
    clients = [installation.start_client() for _ in range(6)]

    answers = {client.stdout.readline() for client in clients if client.stdout is not None}

    assert len(answers) == 1
    logs = [(installation.data_dir / name / "keeper.log").read_text() for name in ("postgres", "redis")]
    assert [log.count("ready") for log in logs] == [1, 1]


def test_the_servers_stop_when_the_last_client_has_left(installation: Installation) -> None:
    installation.join()
    installation.join()

    installation.leave()

    eventually(lambda: installation.processes() == [])
    assert not (installation.data_dir / "postgres" / "run" / ".s.PGSQL.5432").exists()
    assert not (installation.data_dir / "postgres" / "data" / "postmaster.pid").exists()
    assert not list(installation.data_dir.glob("*/state.json"))


def test_a_killed_client_counts_as_gone(installation: Installation) -> None:
    installation.join()

    installation.clients[0].kill()

    eventually(lambda: installation.processes() == [])


def test_a_fork_of_a_client_keeps_the_servers(installation: Installation) -> None:
    client = installation.start_client(FORKING_CLIENT)
    client.wait(timeout=60)

    keepers = [installation.state(service)["keeper"] for service in ("postgres", "redis")]
    lasting = installation.start_client(CLIENT)
    assert lasting.stdout is not None
    assert lasting.stdout.readline()

    assert [installation.state(service)["keeper"] for service in ("postgres", "redis")] == keepers


def test_stop_ends_everything_though_clients_are_there(installation: Installation) -> None:
    installation.join()

    stopped = installation.command("stop")

    assert stopped.returncode == 0, stopped.stderr
    assert installation.processes() == []
    assert installation.command("status").returncode == 1


def test_restarted_servers_come_back_with_their_data_at_the_same_address(installation: Installation) -> None:
    found = installation.join()
    _query(found["DATABASE_URL"], "CREATE TABLE kept AS SELECT 42 AS answer")
    _redis_call(found["CELERY_BROKER_URL"], "RPUSH", "queue", "message")
    before = installation.state("postgres")["server"], installation.state("redis")["server"]

    restarts = [installation.command(f"restart-{service}") for service in ("postgres", "redis")]

    assert [restart.returncode for restart in restarts] == [0, 0], restarts
    assert installation.join() == found
    assert _query(found["DATABASE_URL"], "SELECT answer FROM kept") == [(42,)]
    assert _redis_call(found["CELERY_BROKER_URL"], "LRANGE", "queue", "0", "-1") == ["message"]
    assert before != (installation.state("postgres")["server"], installation.state("redis")["server"])


def test_a_restart_may_be_repeated_at_once(installation: Installation) -> None:
    found = installation.join()

    for _ in range(4):
        assert installation.command("restart-redis").returncode == 0

    assert _redis_call(found["REDIS_URL"], "PING") is True


def test_a_crashed_server_is_started_again(installation: Installation) -> None:
    found = installation.join()
    _query(found["DATABASE_URL"], "CREATE TABLE kept AS SELECT 42 AS answer")
    pid = installation.state("postgres")["server"]

    os.kill(pid, signal.SIGKILL)

    eventually(lambda: installation.join() == found and installation.state("postgres")["server"] != pid)
    assert _query(found["DATABASE_URL"], "SELECT answer FROM kept") == [(42,)]


def test_everything_recovers_after_all_processes_were_killed(installation: Installation) -> None:
    found = installation.join()
    _query(found["DATABASE_URL"], "CREATE TABLE kept AS SELECT 42 AS answer")
    _redis_call(found["CELERY_BROKER_URL"], "RPUSH", "queue", "message")
    states = [installation.state(service) for service in ("postgres", "redis")]

    for pid in [state[role] for role in ("keeper", "server") for state in states]:
        os.kill(pid, signal.SIGKILL)
    eventually(lambda: not {state["server"] for state in states} & set(installation.processes()))
    again = installation.join()

    assert _query(again["DATABASE_URL"], "SELECT answer FROM kept") == [(42,)]
    assert _redis_call(again["CELERY_BROKER_URL"], "LRANGE", "queue", "0", "-1") == ["message"]


def test_servers_whose_keeper_was_killed_stop_and_the_next_start_works(installation: Installation) -> None:
    installation.join()

    for service in ("postgres", "redis"):
        os.kill(installation.state(service)["keeper"], signal.SIGKILL)

    eventually(lambda: installation.processes() == [])
    assert _query(installation.join()["DATABASE_URL"], "SELECT 1") == [(1,)]


def test_a_keeper_leaves_when_its_data_directory_was_deleted(installation: Installation) -> None:
    installation.join()
    away = _reachable_directory() / "gone"

    (installation.data_dir / "postgres").rename(away)

    eventually(lambda: not any("postgres" in _command_line(pid) for pid in installation.processes()))
    (installation.data_dir / "postgres").mkdir()
    shutil.rmtree(away.parent)


def test_a_directory_too_deep_for_a_socket_gets_a_short_one_elsewhere() -> None:
    deep = _reachable_directory() / ("deep" * 30)
    deep.mkdir(mode=0o755)
    installation = Installation(deep)

    url = installation.join()["DATABASE_URL"]
    installation.leave()

    assert "host=/tmp/studypaths-" in url
    eventually(lambda: installation.processes() == [])
    assert not Path(url.partition("host=")[2]).exists()
    assert installation.command("remove").returncode == 0
    deep.parent.rmdir()


@pytest.mark.skipif(os.geteuid() != 0, reason="the suite runs as an ordinary user already")
def test_an_ordinary_user_runs_the_servers_as_itself() -> None:
    user = pwd.getpwnam("nobody")
    directory = _reachable_directory()
    os.chown(directory, user.pw_uid, user.pw_gid)
    installation = Installation(directory, user=user.pw_uid, group=user.pw_gid, extra_groups=[])
    installation.python, search_path = _interpreter_for_others()
    installation.environment |= {"PYTHONPATH": search_path, "HOME": str(directory)}

    url = installation.join()["DATABASE_URL"]

    assert _query(url, "SELECT 1") == [(1,)]
    assert Path(f"/proc/{installation.state('postgres')['server']}").stat().st_uid == user.pw_uid
    installation.leave()
    eventually(lambda: installation.processes() == [])
    assert installation.command("remove").returncode == 0


@pytest.mark.skipif(os.geteuid() != 0, reason="only root's directories are closed to the servers' account")
def test_root_keeps_the_data_elsewhere_when_its_directory_is_closed(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    installation = Installation(tmp_path / "data")

    url = installation.join()["DATABASE_URL"]

    assert _query(url, "SELECT 1") == [(1,)]
    kept = Path(installation.state("postgres")["data"])
    assert kept.is_relative_to("/var/lib/studypaths")
    assert kept.stat().st_uid != 0
    installation.leave()
    assert installation.command("remove").returncode == 0
    assert not kept.exists()


def _interpreter_for_others() -> tuple[str, str]:
    """An interpreter that another account can run, and the search path to this environment's packages."""
    site = str(Path(psycopg2.__file__).resolve().parents[1])
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    candidates = [sys.executable, f"/usr/bin/{version}", f"/usr/local/bin/{version}"]
    for candidate in candidates:
        command = [candidate, "-c", "import encodings"]
        try:
            subprocess.run(command, check=True, user="nobody", capture_output=True)
        except (PermissionError, FileNotFoundError, subprocess.CalledProcessError):
            continue
        return candidate, site
    pytest.fail(f"no interpreter that another account can run; tried {candidates}")
