"""Secrets of a development installation: made once, kept in the data directory, never fixed defaults."""

import base64
import os
import secrets
from collections.abc import Callable, Mapping
from pathlib import Path

from config.embedded.client import exclusive


def _key_list() -> str:
    """One named 256-bit key, in the form ``name:base64``."""
    return "k1:" + base64.b64encode(secrets.token_bytes(32)).decode()


GENERATORS: Mapping[str, Callable[[], str]] = {
    "SECRET_KEY": lambda: secrets.token_urlsafe(48),
    "FIELD_ENCRYPTION_KEYS": _key_list,
    "HISTORY_SEAL_KEYS": _key_list,
}


def development_secrets(data_dir: Path) -> dict[str, str]:
    """The secrets kept in ``<data_dir>/secrets.env`` (mode 0600), the missing ones made first.

    ``SECRET_KEY`` is 64 URL-safe characters, the two key lists are ``k1:<base64 of 32 bytes>``.
    """
    return kept_values(data_dir / "secrets.env", GENERATORS)


def kept_values(path: Path, generators: Mapping[str, Callable[[], str]]) -> dict[str, str]:
    """The ``NAME=value`` lines of ``path``, completed by ``generators``; safe between processes."""
    values = _read(path)
    if generators.keys() <= values.keys():
        return values
    path.parent.mkdir(parents=True, exist_ok=True)
    with exclusive(path.with_name(f"{path.name}.lock")):
        values = _read(path)
        values.update({name: make() for name, make in generators.items() if name not in values})
        write_private(path, "".join(f"{name}={value}\n" for name, value in values.items()))
    return values


def write_private(path: Path, text: str) -> None:
    """Replace ``path`` in one step by a file that only its owner may read."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    temporary.unlink(missing_ok=True)
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(descriptor, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)


def _read(path: Path) -> dict[str, str]:
    if not path.exists():
        return {}
    lines = (line.partition("=") for line in path.read_text().splitlines() if "=" in line)
    return {name.strip(): value.strip() for name, _, value in lines}
