"""The embedded issuer: its key, its tokens, the command, and where it is trusted."""

import os
import stat
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from pytest_django import Settings

from accounts import checks, issuer
from accounts.principal import kind_of
from accounts.token_keys import TokenRefused
from accounts.tokens import verify_token
from tests.accounts.minting import pem, rsa_key, signed

# What a process that starts does, without the rest of the project: many of them start at once.
ASK_FOR_KEY_ID = """
import sys
from pathlib import Path
from django.conf import settings
settings.configure(DATA_DIR=Path(sys.argv[1]))
from accounts import issuer
sys.stdin.readline()
print(issuer.key_id())
"""


@pytest.fixture
def own_key(settings: Settings, tmp_path: Path) -> Path:
    """A fresh installation with the embedded database that has not issued anything."""
    settings.DATA_DIR = tmp_path / "data"
    settings.EMBEDDED = True
    settings.JWT_PUBLIC_KEY = ""
    return tmp_path / "data" / issuer.KEY_FILE


def issue(subject: str, role: str = "learner", hours: float = 1) -> str:
    return issuer.issue_token(
        subject=subject, role=role, at=datetime.now(UTC), lifetime=timedelta(hours=hours)
    )


@pytest.mark.parametrize(
    ("role", "kind", "roles"),
    [
        ("learner", "learner", set()),
        ("mentor", "person", {"mentor"}),
        ("staff", "person", {"staff"}),
        ("service", "service", set()),
    ],
)
def test_each_role_has_its_claims(own_key: Path, role: str, kind: str, roles: set[str]) -> None:
    claims = verify_token(issue("ada", role))

    assert claims.subject == "ada"
    assert claims.roles == roles
    assert kind_of(roles=claims.roles, scopes=claims.scopes) == kind


def test_a_token_ends_after_its_lifetime(own_key: Path) -> None:
    with pytest.raises(TokenRefused, match="expired"):
        verify_token(issue("ada", hours=-1))


def test_a_token_that_names_another_key_is_refused(own_key: Path) -> None:
    verify_token(signed(issuer.signing_key(), kid=issuer.key_id()))

    with pytest.raises(TokenRefused, match="not known"):
        verify_token(signed(issuer.signing_key(), kid="other"))
    with pytest.raises(TokenRefused):
        verify_token(signed(rsa_key("attacker"), kid=issuer.key_id()))


def test_the_key_file_is_for_its_owner_only_and_is_kept(own_key: Path) -> None:
    first = issuer.key_id()
    issuer._signing_key.cache_clear()

    assert issuer.key_id() == first
    assert stat.S_IMODE(own_key.stat().st_mode) == 0o600
    assert [path.name for path in own_key.parent.iterdir()] == [issuer.KEY_FILE]


def test_processes_that_start_together_get_one_key(tmp_path: Path) -> None:
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", ASK_FOR_KEY_ID, str(tmp_path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": os.getcwd()},
        )
        for _ in range(6)
    ]
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("now\n")
        process.stdin.flush()
    answers = [process.communicate(timeout=60)[0].strip() for process in processes]

    assert len(set(answers)) == 1
    assert answers[0]
    assert [path.name for path in tmp_path.iterdir()] == [issuer.KEY_FILE]


def test_a_key_file_of_another_kind_is_not_used(own_key: Path) -> None:
    own_key.parent.mkdir()
    key = ec.generate_private_key(ec.SECP256R1())
    own_key.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))

    with pytest.raises(TypeError, match="RSA"):
        issuer.signing_key()


def test_the_command_prints_the_token_and_nothing_else(own_key: Path) -> None:
    output, errors = StringIO(), StringIO()

    call_command("issue_token", "ada", "--role=mentor", "--hours=2", stdout=output, stderr=errors)

    assert verify_token(output.getvalue().removesuffix("\n")).roles == {"mentor"}
    assert output.getvalue().count("\n") == 1
    assert errors.getvalue() == ""


def test_the_command_prints_the_public_key_for_other_installations(own_key: Path, settings: Settings) -> None:
    output = StringIO()
    call_command("issue_token", "--public-key", stdout=output)
    token = issue("ada")

    settings.EMBEDDED = False
    settings.JWT_PUBLIC_KEY = output.getvalue()

    assert verify_token(token).subject == "ada"
    call_command("issue_token", "ada", stdout=StringIO())


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        [""],
        ["a" * 256],
        ["ada", "--hours=0"],
        ["ada", "--hours=-1"],
        ["ada", "--hours=nan"],
        ["ada", "--hours=1e9"],
        ["ada", "--role=admin"],
    ],
)
def test_the_command_refuses_what_it_could_not_stand_for(own_key: Path, arguments: list[str]) -> None:
    with pytest.raises(CommandError):
        call_command("issue_token", *arguments, stdout=StringIO())


@pytest.mark.parametrize(
    "changes",
    [
        {"EMBEDDED": False},
        {"JWT_JWKS_URL": "https://api.scimigo.com/jwks.json"},
        {"JWT_PUBLIC_KEY": pem(rsa_key("theirs"))},
    ],
    ids=["a real database", "an identity service", "another public key"],
)
def test_the_command_issues_nothing_that_is_not_accepted_here(
    own_key: Path, settings: Settings, changes: dict[str, Any]
) -> None:
    for name, value in changes.items():
        setattr(settings, name, value)

    with pytest.raises(CommandError, match="not accepted here"):
        call_command("issue_token", "ada", stdout=StringIO())


def test_a_real_database_without_keys_trusts_nobody(own_key: Path, settings: Settings) -> None:
    token = issue("ada")
    settings.EMBEDDED = False

    with pytest.raises(ImproperlyConfigured, match="JWT_JWKS_URL"):
        verify_token(token)

    settings.DEBUG = True
    assert verify_token(token).subject == "ada"


def test_a_configured_key_leaves_no_trust_in_the_embedded_issuer(own_key: Path, settings: Settings) -> None:
    token = issue("ada")
    settings.JWT_PUBLIC_KEY = pem(rsa_key("theirs"))

    with pytest.raises(TokenRefused):
        verify_token(token)


def found() -> list[str]:
    return [str(problem.id) for problem in (*checks.check_token_keys(), *checks.check_encryption_keys())]


def test_an_embedded_installation_passes_the_checks(own_key: Path) -> None:
    assert found() == []


@pytest.mark.parametrize(
    ("changes", "ids"),
    [
        ({"EMBEDDED": False}, ["accounts.E001"]),
        ({"EMBEDDED": False, "DEBUG": True}, []),
        ({"EMBEDDED": False, "JWT_PUBLIC_KEY": pem(rsa_key("theirs"))}, []),
        ({"JWT_PUBLIC_KEY": "nonsense"}, ["accounts.E002"]),
        ({"JWT_PUBLIC_KEY": pem(rsa_key("weak", 1024))}, ["accounts.E002"]),
        ({"EMBEDDED": False, "JWT_JWKS_URL": "https://api.scimigo.com/jwks.json"}, []),
        ({"JWT_JWKS_URL": "http://127.0.0.1:8001/jwks.json"}, []),
        ({"JWT_JWKS_URL": "http://api.scimigo.com/jwks.json"}, ["accounts.W001"]),
        ({"JWT_JWKS_URL": "file:///etc/passwd"}, ["accounts.E003"]),
        ({"JWT_JWKS_URL": "api.scimigo.com"}, ["accounts.E003"]),
        ({"FIELD_ENCRYPTION_KEYS": "k1:short"}, ["accounts.E004"]),
        ({"HISTORY_SEAL_KEYS": ""}, ["accounts.E005"]),
    ],
)
def test_the_system_checks_find_what_would_fail_later(
    own_key: Path, settings: Settings, changes: dict[str, Any], ids: list[str]
) -> None:
    for name, value in changes.items():
        setattr(settings, name, value)

    assert found() == ids
