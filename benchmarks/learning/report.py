"""The figures as Markdown, between two marks of docs/learning.md."""

from collections.abc import Mapping, Sequence

from benchmarks.learning.experiment import (
    Cohorts,
    Figures,
    Variant,
    advantage,
    baselines,
    best_baseline,
    figures,
    verdict,
    worst_verdict,
)
from benchmarks.learning.measures import MEASURES, interval
from benchmarks.learning.teachers import TEACHERS
from benchmarks.learning.world import PROFILES

GAIN, BAND = "gain per hour", "time in band"
HEADS = {
    "gain per hour": "gain, points/h",
    "kept gain per hour": "kept a month later, points/h",
    "time in band": "time in the 60-75 % band, %",
    "success rate": "success rate, %",
    "log loss": "log loss",
    "review load": "time on reviews, %",
    "review retention": "reviews passed, %",
    "jumps": "jumps > 1 / 100",
    "failures risked": "third failures risked / 100",
    "topic repeated": "same topic twice / 100",
}
PERCENT = {"time in band", "success rate", "review load", "review retention"}
DIGITS = {"gain per hour": 3, "kept gain per hour": 3, "log loss": 3}


def main_table(cohorts: Cohorts) -> str:
    """Teachers by measures: means over seeds with their 95 % intervals."""
    found = figures(cohorts)
    rows = [[HEADS[name], *(_cell(name, found[teacher][name]) for teacher in TEACHERS)] for name in MEASURES]
    return _table(["", *TEACHERS], rows)


def advantages(cohorts: Cohorts) -> str:
    """How much better ours is than each baseline, paired by seed."""
    found = figures(cohorts)
    rows = [
        [over, *(_signed(name, advantage(found, name, over)) for name in (GAIN, "kept gain per hour", BAND))]
        for over in baselines()
    ]
    return _table(["planner-2 against", "gain, points/h", "kept, points/h", "time in band, %"], rows)


def profile_table(cohorts: Cohorts) -> str:
    """By profile: ours and the best baseline on gain and band."""
    rows = []
    for place, profile in enumerate(PROFILES):
        found = figures(cohorts, place)
        rows.append([profile.name, *_against_best(found, GAIN), *_against_best(found, BAND)])
    return _table(
        ["profile", "gain: planner-2", "best baseline", "", "band: planner-2", "best baseline", ""], rows
    )


def sensitivity_table(variants: Sequence[Variant], results: Sequence[Cohorts]) -> str:
    """By changed assumption: ours and the best baseline on gain and band, and whether we beat every baseline."""
    rows = []
    for variant, cohorts in zip(variants, results, strict=True):
        found = figures(cohorts)
        rows.append([variant.name, *_against_best(found, GAIN), *_against_best(found, BAND)])
    heads = ["assumption", "gain: planner-2", "best baseline", "", "band: planner-2", "best baseline", ""]
    return _table(heads, rows)


def not_won(variants: Sequence[Variant], results: Sequence[Cohorts]) -> list[str]:
    """Where planner-2 does not beat every baseline: one line each."""
    found = []
    for variant, cohorts in zip(variants, results, strict=True):
        for measure in (GAIN, BAND):
            word = worst_verdict(figures(cohorts), measure)
            if word != "better":
                found.append(f"- {variant.name}: {word} on {measure}")
    return found


def model_table(losses: Mapping[str, Mapping[str, float]]) -> str:
    names = list(next(iter(losses.values())))
    rows = [[name, *(f"{found[name]:.3f}" for found in losses.values())] for name in names]
    return _table(["log loss on", *losses], rows)


def _against_best(found: Figures, measure: str) -> list[str]:
    over = best_baseline(found, measure)
    ours, theirs = found["adaptive (planner-2)"][measure], found[over][measure]
    word = verdict(advantage(found, measure, over))
    return [_cell(measure, ours), f"{_cell(measure, theirs)} ({over})", word]


def _cell(name: str, values: Sequence[float]) -> str:
    mean, half = interval(values)
    if mean != mean:
        return "-"
    scale, digits = _scale(name)
    return f"{mean * scale:.{digits}f} ± {half * scale:.{digits}f}"


def _signed(name: str, difference: tuple[float, float]) -> str:
    scale, digits = _scale(name)
    mean, half = difference
    return f"{mean * scale:+.{digits}f} ± {half * scale:.{digits}f} ({verdict(difference)})"


def _scale(name: str) -> tuple[float, int]:
    return (100.0, 1) if name in PERCENT else (1.0, DIGITS.get(name, 2))


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
