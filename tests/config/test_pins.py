"""The pins follow pyproject.toml; `make lock` brings them back in line."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
RUNTIME = PROJECT["dependencies"]
DEVELOPMENT = PROJECT["optional-dependencies"]["dev"]


def _pins(file: str) -> dict[str, str]:
    found = re.findall(r"^([\w.-]+)(?:\[[\w,]+\])?==([\w.+!]+)", (ROOT / file).read_text(), re.MULTILINE)
    return {canonicalize_name(name): version for name, version in found}


@pytest.mark.parametrize(
    ("file", "named"),
    [("requirements.txt", RUNTIME), ("requirements-dev.txt", RUNTIME + DEVELOPMENT)],
)
def test_every_named_dependency_is_pinned_within_its_bounds(file: str, named: list[str]) -> None:
    pins = _pins(file)

    loose = [
        str(wanted)
        for wanted in map(Requirement, named)
        if not wanted.specifier.contains(pins.get(canonicalize_name(wanted.name), "0"))
    ]

    assert loose == []


def test_both_files_pin_the_same_versions() -> None:
    development = _pins("requirements-dev.txt")

    assert {name: development.get(name) for name in _pins("requirements.txt")} == _pins("requirements.txt")


@pytest.mark.parametrize("file", ["requirements.txt", "requirements-dev.txt"])
def test_every_pin_carries_a_hash(file: str) -> None:
    blocks = re.split(r"^(?=[\w.-]+(?:\[[\w,]+\])?==)", (ROOT / file).read_text(), flags=re.MULTILINE)[1:]

    assert [block.partition(" ")[0] for block in blocks if "--hash=sha256:" not in block] == []
