"""Command line of the benchmarks.

    python -m benchmarks [names] [--scale small|full] [--json FILE] [--write]

Without names all of them run, in the order of the list. `--write` puts the table into docs/performance.md and every
round into docs/performance.json. Nothing outside a temporary directory is touched otherwise.
"""

import argparse
import os
import platform
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from benchmarks.installation import Installation, step, temporary_installation
from benchmarks.results import Result, as_json, as_markdown, as_table
from benchmarks.scales import SCALES, Scale

ROOT = Path(__file__).resolve().parents[1]
NAMES = ("transition", "batch", "judging", "verdict", "history", "verify", "rebuild", "expiry", "due_reviews")
START = "<!-- table: written by python -m benchmarks --write -->"
END = "<!-- end of table -->"


def main(arguments: Sequence[str]) -> int:
    options = _parser().parse_args(arguments)
    results: list[Result] = []
    with temporary_installation() as installation:
        facts = _facts(options.scale)
        for name in NAMES if not options.names else sorted(set(options.names), key=NAMES.index):
            with step(f"Measuring {name}"):
                results += _run(name, installation, SCALES[options.scale])
    Console(width=150, highlight=False).print(as_table(results))
    for result in results:
        for title, text in result.notes.items():
            print(f"  {result.name}: {title}: {text}")
    if options.json:
        options.json.write_text(as_json(results, facts))
    if options.write:
        _write(results, facts)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure the hot paths.")
    parser.add_argument(
        "names", nargs="*", metavar="name", help=f"any of: {', '.join(NAMES)}", choices=[[], *NAMES]
    )
    parser.add_argument("--scale", choices=sorted(SCALES), default="small")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every round there")
    parser.add_argument(
        "--write", action="store_true", help="write docs/performance.md and docs/performance.json"
    )
    return parser


def _run(name: str, installation: Installation, scale: Scale) -> list[Result]:
    from benchmarks import catalogue  # needs Django, which the installation has set up

    return list(catalogue.BENCHMARKS[name](installation, scale))


def _facts(scale: str) -> dict[str, str]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        version = cursor.fetchone()[0]
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "scale": scale,
        "cores": str(os.cpu_count()),
        "python": platform.python_version(),
        "postgresql": str(version),
    }


def _write(results: list[Result], facts: dict[str, str]) -> None:
    (ROOT / "docs" / "performance.json").write_text(as_json(results, facts))
    page = ROOT / "docs" / "performance.md"
    before, _, rest = page.read_text().partition(START)
    _, _, after = rest.partition(END)
    said = ", ".join(f"{name} {value}" for name, value in facts.items())
    page.write_text(f"{before}{START}\n\n{said}\n\n{as_markdown(results)}\n{END}{after}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
