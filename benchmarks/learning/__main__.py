"""Command line of the simulation.

    python -m benchmarks.learning [--seeds 40] [--sensitivity 20] [--workers 2] [--write]

Prints the tables; `--write` puts them into docs/learning.md and the plot into docs/images/learning.svg. The same
arguments give the same figures on any machine: every random number comes from a seed.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks.learning import models, report
from benchmarks.learning.experiment import Cohorts, Variant, figures, journeys, run, variants
from benchmarks.learning.plot import svg

ROOT = Path(__file__).resolve().parents[2]
START = "<!-- tables: written by python -m benchmarks.learning --write -->"
END = "<!-- end of tables -->"
TRAINING_SEEDS, JUDGED_SEEDS = range(100, 104), range(5_000, 5_006)
CATALOGUES = (Variant("shipped problems (76)"), Variant("11 problems a module (154)", per_module=11))


def main(arguments: Sequence[str]) -> int:
    options = _parser().parse_args(arguments)
    compared = run(CATALOGUES, options.seeds, options.workers)
    changed = variants()
    results = run(changed, options.sensitivity, options.workers)
    page = "\n\n".join(_page(options, compared, changed, results))
    print(page)
    if options.write:
        _write(page, compared)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.learning", description="Which planner teaches more."
    )
    parser.add_argument("--seeds", type=int, default=40, help="cohorts of the comparison")
    parser.add_argument("--sensitivity", type=int, default=20, help="cohorts of each changed assumption")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--write", action="store_true", help="write docs/learning.md and its plot")
    return parser


def _page(
    options: argparse.Namespace, compared: list[Cohorts], changed: list[Variant], results: list[Cohorts]
) -> list[str]:
    parts = [f"{options.seeds} cohorts of one learner of each profile; ± is the 95 % interval over cohorts."]
    for variant, cohorts in zip(CATALOGUES, compared, strict=True):
        parts += [f"### On {variant.name}", report.main_table(cohorts), report.advantages(cohorts)]
        parts += ["By profile:", report.profile_table(cohorts)]
    parts += [f"### Other assumptions ({options.sensitivity} cohorts each, shipped problems unless said)"]
    parts += [report.sensitivity_table(changed, results)]
    parts += [
        "Where planner-2 does not beat every baseline:",
        "\n".join(report.not_won(changed, results)) or "nowhere.",
    ]
    return [*parts, "### Mastery models", report.model_table(_losses())]


def _losses() -> dict[str, dict[str, float]]:
    """By who chose the problems, so that no model is judged on its own choices only."""
    found = {}
    for teacher in ("random order", "adaptive (planner-2)"):
        training, judged = (
            [j for variant in CATALOGUES for seed in seeds for j in journeys(variant, teacher, seed)]
            for seeds in (TRAINING_SEEDS, JUDGED_SEEDS)
        )
        found[f"problems by {teacher}"] = models.compare(training, judged)
    return found


def _write(page: str, compared: list[Cohorts]) -> None:
    target = ROOT / "docs" / "learning.md"
    before, _, rest = target.read_text().partition(START)
    _, _, after = rest.partition(END)
    target.write_text(f"{before}{START}\n\n{page}\n\n{END}{after}")
    named = {variant.name: figures(c) for variant, c in zip(CATALOGUES, compared, strict=True)}
    (ROOT / "docs" / "images" / "learning.svg").write_text(svg(named))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
