"""`manage.py rebuild_tasks`: compares the tables with the log, or makes them what the log says."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from studypaths.rebuild import Comparison, Difference, apply_all, check_all

SHOWN = 50


class Command(BaseCommand):
    help = (
        "Replay the log and compare paths, tasks, evaluations and mastery with it. "
        "--check (the default) lists differences and exits with status 1 if there are any; --apply removes them."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        mode = parser.add_mutually_exclusive_group()
        mode.add_argument("--check", action="store_true", help="only compare (the default)")
        mode.add_argument("--apply", action="store_true", help="make the tables what the log says")

    def handle(self, *args: Any, **options: Any) -> None:
        result = (apply_all if options["apply"] else check_all)(report=self._progress)
        for difference in result.differences[:SHOWN]:
            self.stdout.write(describe(difference))
        if len(result.differences) > SHOWN:
            self.stdout.write(f"… and {len(result.differences) - SHOWN:,} more")
        self._conclude(result, applied=options["apply"])

    def _conclude(self, result: Comparison, *, applied: bool) -> None:
        compared = f"{result.events:,} events replayed, {result.rows:,} rows compared"
        if not result.differences:
            self.stdout.write(self.style.SUCCESS(f"{compared}: the tables are what the log says."))
        elif applied:
            self.stdout.write(
                self.style.SUCCESS(f"{compared}: {len(result.differences):,} rows were set right.")
            )
        else:
            raise CommandError(f"{compared}: {len(result.differences):,} rows are not what the log says.")

    def _progress(self, total: Comparison) -> None:
        self.stderr.write(f"{total.learners:,} learners, {total.events:,} events …")


def describe(difference: Difference) -> str:
    """One line for a person: which row, and what about it."""
    columns = f" ({', '.join(difference.columns)})" if difference.columns else ""
    return f"{difference.table} {'/'.join(map(str, difference.key))}: {difference.kind}{columns}"
