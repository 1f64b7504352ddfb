"""What was measured, as a table for the terminal, as JSON and as Markdown."""

import json
import statistics
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Literal

from rich.table import Table

Goal = Literal["at_least", "at_most"]


@dataclass(slots=True)
class Result:
    """One line of the table: medians over the rounds of ours and of the raw work beside it, in `unit`.

    `goal` bounds `score`, which is the ratio of the two unless the goal is about another figure (`score_unit`).
    """

    name: str
    unit: str
    ours: list[float]
    raw: list[float]
    goal: float
    bound: Goal = "at_least"
    score: float | None = None
    score_unit: str = "of raw"
    notes: dict[str, str] = field(default_factory=dict)

    @property
    def ratio(self) -> float:
        """The median over the rounds of ours / raw, each round by itself."""
        return statistics.median(a / b for a, b in zip(self.ours, self.raw, strict=True))

    @property
    def figure(self) -> float:
        return self.ratio if self.score is None else self.score

    @property
    def reached(self) -> bool:
        return self.figure >= self.goal if self.bound == "at_least" else self.figure <= self.goal

    def cells(self) -> list[str]:
        sign = "≥" if self.bound == "at_least" else "≤"
        return [
            self.name,
            f"{number(statistics.median(self.ours))} {self.unit}",
            f"{number(statistics.median(self.raw))} {self.unit}",
            f"{self.ratio:.2f}",
            f"{number(self.figure)} {self.score_unit}",
            f"{sign} {number(self.goal)}",
            "yes" if self.reached else "no",
        ]


TITLES = ("what", "ours", "raw", "ratio", "judged by", "goal", "reached")


def number(value: float) -> str:
    """Three digits that matter."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def interleaved(
    rounds: int, ours: Callable[[int], float], raw: Callable[[int], float]
) -> tuple[list[float], list[float]]:
    """Run ours and raw in turns, so that whatever else the machine does meets both."""
    figures: tuple[list[float], list[float]] = ([], [])
    for turn in range(rounds):
        figures[0].append(ours(turn))
        figures[1].append(raw(turn))
    return figures


def as_table(results: Sequence[Result]) -> Table:
    """For the terminal."""
    table = Table(*TITLES, box=None, pad_edge=False)
    for result in results:
        table.add_row(*result.cells(), style=None if result.reached else "bold")
    return table


def as_markdown(results: Sequence[Result]) -> str:
    """For docs/performance.md."""
    lines = [f"| {' | '.join(TITLES)} |", f"|{'---|' * len(TITLES)}"]
    lines += [f"| {' | '.join(result.cells())} |" for result in results]
    notes = [f"- {result.name}: {name}: {text}" for result in results for name, text in result.notes.items()]
    return "\n".join([*lines, "", *notes, ""])


def as_json(results: Sequence[Result], facts: dict[str, str]) -> str:
    """For other tools: every round, not only the medians."""
    lines = [
        {**asdict(each), "ratio": each.ratio, "figure": each.figure, "reached": each.reached}
        for each in results
    ]
    return json.dumps({"facts": facts, "results": lines}, indent=2) + "\n"
