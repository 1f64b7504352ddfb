"""What .env.example promises: every setting, nothing else, and a file that a shell can load."""

import re
import subprocess
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = (ROOT / ".env.example").read_text()
READS = (
    r"env\.\w+\(\s*[\"']([A-Z_]+)[\"']",
    r"secret\(\"([A-Z_]+)\"\)",
    r"os\.environ(?:\.get\(|\[)\"([A-Z_]+)\"",
)
# Set by the stack for its own processes, by the system, or described in compose.yaml alone.
INTERNAL = {"BASE_URL", "PATH", "DJANGO_SETTINGS_MODULE", "PYTHONHASHSEED"}


def _names_read_by_the_code() -> set[str]:
    folders = ("config", "common", "accounts", "catalog", "studypaths", "reviews", "evaluations")
    sources = [path.read_text() for folder in folders for path in (ROOT / folder).rglob("*.py")]
    procfile = set(re.findall(r"\$\{([A-Z_]+)", (ROOT / "Procfile").read_text()))
    return {name for text in sources for pattern in READS for name in re.findall(pattern, text)} | procfile


def _names_in_the_example() -> set[str]:
    return set(re.findall(r"^# ([A-Z_]+)=", EXAMPLE, re.MULTILINE))


def test_every_setting_that_the_code_reads_is_in_the_example_and_no_other() -> None:
    assert _names_in_the_example() == _names_read_by_the_code() - INTERNAL


def test_the_example_loads_in_a_shell_and_changes_nothing() -> None:
    loaded = subprocess.run(
        ["sh", "-c", "set -aeu; . ./.env.example; env"],
        cwd=ROOT,
        env={},
        capture_output=True,
        text=True,
        check=True,
    )

    names = {line.partition("=")[0] for line in loaded.stdout.splitlines()}
    assert not names & _names_in_the_example()


def test_compose_gives_every_process_the_three_addresses() -> None:
    services = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]

    ours = [service for service in services.values() if service.get("build")]
    assert len(ours) == 5
    for service in ours:
        assert {"DATABASE_URL", "REDIS_URL", "CELERY_BROKER_URL"} <= service["environment"].keys()
