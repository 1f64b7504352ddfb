"""Addresses and secrets that need no running server."""

import base64
import stat
import subprocess
import sys
from pathlib import Path

import psycopg2.extensions
import pytest

from config.embedded import (
    addresses,
    data_directory,
    database_settings,
    development_secrets,
)
from config.embedded.development import kept_values
from config.embedded.servers import _shared_buffers

ROOT = Path(__file__).resolve().parents[2]


def test_with_every_address_in_the_environment_nothing_is_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = {
        "DATABASE_URL": "postgresql://app:secret@db.example:5433/paths",
        "REDIS_URL": "redis://cache.example/0",
        "CELERY_BROKER_URL": "amqp://broker.example//",
    }
    for name, value in given.items():
        monkeypatch.setenv(name, value)

    assert addresses(tmp_path / "data") == given
    assert not (tmp_path / "data").exists()


def test_a_given_redis_is_the_broker_too_unless_another_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://db.example/paths")
    monkeypatch.setenv("REDIS_URL", "redis://cache.example/0")
    monkeypatch.delenv("CELERY_BROKER_URL", raising=False)

    assert addresses(tmp_path)["CELERY_BROKER_URL"] == "redis://cache.example/0"


def test_a_data_directory_of_somebody_else_is_named_in_the_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("DATABASE_URL", "REDIS_URL", "CELERY_BROKER_URL"):
        monkeypatch.delenv(name, raising=False)
    program = """
import os
from config.embedded import EmbeddedServiceFailed, addresses
if os.geteuid() == 0:
    os.setuid(65534)
try:
    addresses()
except EmbeddedServiceFailed as error:
    print(error)
"""
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o500)

    answer = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env={"STUDYPATHS_DATA": str(closed / "data")},
        capture_output=True,
        text=True,
        check=True,
    )

    assert "STUDYPATHS_DATA" in answer.stdout


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (
            "postgresql://postgres@/studypaths?host=/data/with%20space/run",
            {
                "NAME": "studypaths",
                "USER": "postgres",
                "PASSWORD": "",
                "HOST": "/data/with space/run",
                "PORT": "",
            },
        ),
        (
            "postgresql://app:p%40ss@db.example:5433/paths",
            {"NAME": "paths", "USER": "app", "PASSWORD": "p@ss", "HOST": "db.example", "PORT": "5433"},
        ),
        (
            "postgres://app@%2Frun%2Fpostgresql/paths",
            {"NAME": "paths", "USER": "app", "PASSWORD": "", "HOST": "/run/postgresql", "PORT": ""},
        ),
        (
            "postgresql:///paths?host=/run/pg&port=5434&user=app",
            {"NAME": "paths", "USER": "app", "PASSWORD": "", "HOST": "/run/pg", "PORT": "5434"},
        ),
    ],
)
def test_a_database_url_is_read_as_libpq_reads_it(url: str, expected: dict[str, str]) -> None:
    assert database_settings(url) == expected

    by_libpq = psycopg2.extensions.parse_dsn(url)
    named = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"}
    assert {ours: by_libpq.get(theirs, "") for ours, theirs in named.items()} == expected


def test_another_kind_of_database_is_refused() -> None:
    with pytest.raises(ValueError, match="postgresql"):
        database_settings("mysql://root@localhost/paths")


def test_the_data_directory_is_the_argument_else_the_environment_else_in_the_project(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STUDYPATHS_DATA", str(tmp_path / "named"))

    assert data_directory(tmp_path / "given") == tmp_path / "given"
    assert data_directory() == tmp_path / "named"

    monkeypatch.delenv("STUDYPATHS_DATA")
    assert data_directory() == ROOT / ".data"


def test_development_secrets_are_made_once_and_private(tmp_path: Path) -> None:
    first = development_secrets(tmp_path)

    assert development_secrets(tmp_path) == first
    assert stat.S_IMODE((tmp_path / "secrets.env").stat().st_mode) == 0o600
    assert len(first["SECRET_KEY"]) == 64
    name, _, key = first["FIELD_ENCRYPTION_KEYS"].partition(":")
    assert (name, len(base64.b64decode(key))) == ("k1", 32)
    assert first["HISTORY_SEAL_KEYS"] != first["FIELD_ENCRYPTION_KEYS"]


def test_two_installations_have_different_secrets(tmp_path: Path) -> None:
    assert development_secrets(tmp_path / "a") != development_secrets(tmp_path / "b")


def test_processes_that_make_secrets_at_once_agree(tmp_path: Path) -> None:
    code = "import sys; from pathlib import Path; from config.embedded import development_secrets as s;"
    command = [sys.executable, "-c", f"{code} print(s(Path(sys.argv[1])))", str(tmp_path)]

    processes = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(8)]
    answers = {process.communicate(timeout=60)[0] for process in processes}

    assert len(answers) == 1


def test_a_missing_secret_is_added_and_the_others_stay(tmp_path: Path) -> None:
    before = kept_values(tmp_path / "secrets.env", {"OLD": lambda: "first"})

    after = kept_values(tmp_path / "secrets.env", {"OLD": lambda: "second", "NEW": lambda: "added"})

    assert before == {"OLD": "first"}
    assert after == {"OLD": "first", "NEW": "added"}


@pytest.mark.parametrize(("gibibytes", "expected"), [(1, "32MB"), (2, "128MB"), (4, "256MB"), (64, "256MB")])
def test_a_small_machine_gets_small_database_buffers(gibibytes: int, expected: str) -> None:
    assert _shared_buffers(gibibytes * 2**30) == expected
