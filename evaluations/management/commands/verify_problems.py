"""verify_problems: every reference solution through the evaluator; exits 1 when one is not accepted."""

import time
from argparse import ArgumentTypeError
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from io import StringIO
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import F
from rich.console import Console
from rich.markup import escape
from rich.progress import Progress
from rich.table import Table

from catalog.models import ProblemVersion
from catalog.problem_bank import LocalProblemBank
from evaluations.bundles import judge_bundle
from evaluations.judge import Bundle, Judgement, Verdict
from evaluations.runner import judge

MESSAGE_CHARACTERS = 200
TABLE_WIDTH = 160


@dataclass(frozen=True, slots=True)
class Solution:
    """A reference solution with the tests that it must pass."""

    bundle: Bundle
    language: str
    code: str


def _jobs(value: str) -> int:
    if not value.isdecimal() or not 1 <= int(value) <= 64:
        raise ArgumentTypeError("must be a number from 1 to 64")
    return int(value)


class Command(BaseCommand):
    help = "Run the reference solutions of the current problem versions through the evaluator."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--problem", action="append", default=[], help="only this problem; repeatable")
        parser.add_argument("--module", action="append", default=[], help="only this module; repeatable")
        parser.add_argument("--jobs", type=_jobs, default=2, help="solutions judged at a time (default 2)")

    def handle(self, *_args: Any, problem: list[str], module: list[str], jobs: int, **_options: Any) -> None:
        solutions = list(_solutions(problem, module))
        missing = set(problem) - {solution.bundle.problem_id for solution in solutions}
        if missing or not solutions:
            names = ", ".join(sorted(missing)) or "a problem"
            raise CommandError(f"The catalogue has no reference solution of {names} here.")
        started = time.monotonic()
        judged = list(_judged(solutions, jobs))
        refused = [(solution, result) for solution, result in judged if result.verdict != Verdict.ACCEPTED]
        if refused:
            self.stdout.write(_table(refused))
        self.stdout.write(
            f"{len(judged) - len(refused)} / {len(judged)} reference solutions accepted"
            f" in {time.monotonic() - started:.1f} s."
        )
        if refused:
            raise CommandError(f"{len(refused)} reference solutions were not accepted.")


def _solutions(problems: Sequence[str], modules: Sequence[str]) -> Iterator[Solution]:
    versions = ProblemVersion.objects.filter(version=F("problem__current_version"))
    if problems:
        versions = versions.filter(problem_id__in=problems)
    if modules:
        versions = versions.filter(problem__module__in=modules)
    bank = LocalProblemBank()
    for problem_id, solutions in versions.order_by("problem_id").values_list("problem_id", "solutions"):
        tests = bank.hidden_bundle(problem_id)
        for language, code in sorted(solutions.items()):
            yield Solution(judge_bundle(tests, language), language, code)


def _judged(solutions: Sequence[Solution], jobs: int) -> Iterator[tuple[Solution, Judgement]]:
    """Threads are enough: the work happens in the evaluator's own processes."""
    console = Console(stderr=True)
    with ThreadPoolExecutor(jobs) as pool, Progress(console=console, disable=not console.is_terminal) as bar:
        step = bar.add_task("Judging", total=len(solutions))
        for solution, result in zip(solutions, pool.map(_judge, solutions), strict=True):
            bar.update(step, advance=1)
            yield solution, result


def _judge(solution: Solution) -> Judgement:
    return judge(solution.bundle, solution.language, solution.code)


def _table(refused: Sequence[tuple[Solution, Judgement]]) -> str:
    table = Table("problem", "language", "verdict", "passed", "first test", "message")
    for solution, result in refused:
        failing = next((case for case in result.cases if case.verdict != Verdict.ACCEPTED), None)
        table.add_row(
            solution.bundle.problem_id,
            solution.language,
            result.verdict,
            f"{result.passed} / {result.total}",
            f"{failing.id} {failing.verdict}" if failing else "",
            escape(result.message[:MESSAGE_CHARACTERS]),
        )
    console = Console(file=StringIO(), width=TABLE_WIDTH)
    with console.capture() as text:
        console.print(table)
    return text.get()
