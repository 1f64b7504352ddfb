"""The layout: every package at the root is a layer of the import contracts (a stray one would be checked by nobody)."""

from configparser import ConfigParser
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
NOT_APPS = {"tests", "benchmarks"}


def test_every_package_at_the_root_has_its_layer() -> None:
    contracts = ConfigParser()
    contracts.read(ROOT / ".importlinter")
    packages = {folder.parent.name for folder in ROOT.glob("*/__init__.py")}

    layers = set(contracts["importlinter:contract:apps"]["layers"].split())

    assert packages - NOT_APPS == layers == set(contracts["importlinter"]["root_packages"].split())


def test_no_python_file_lies_at_the_root_but_the_command_line() -> None:
    assert [path.name for path in ROOT.glob("*.py")] == ["manage.py"]
