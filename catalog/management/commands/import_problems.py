"""import_problems PATH [--dry-run]: a JSON Lines file or a folder of problem packages into the catalogue."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils.timezone import now

from catalog.consequences import outdated_submissions
from catalog.models import Track
from catalog.problem_files import Fault, read_problems
from catalog.services import ImportReport, catalogue_faults, import_problems, sync_tracks


class Command(BaseCommand):
    help = "Import problems; all or nothing, idempotent by id: a changed problem becomes a new version."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", type=Path, help="JSON Lines file, or folder of problem packages")
        parser.add_argument("--dry-run", action="store_true", help="only say what would change")

    def handle(self, *_args: Any, path: Path, dry_run: bool, verbosity: int, **_options: Any) -> None:
        found = read_problems(path)
        with transaction.atomic():
            if not Track.objects.exists():
                sync_tracks()  # a database that was only migrated: the modules come with the project
            faults = found.faults + catalogue_faults(found.records)
            if faults:
                self._refuse(faults)
            report = import_problems(found.records, at=now(), dry_run=dry_run)
            transaction.set_rollback(dry_run)
        self._show(report, dry_run=dry_run, verbosity=verbosity)

    def _refuse(self, faults: list[Fault]) -> None:
        for fault in faults:
            self.stderr.write(str(fault))
        raise CommandError(f"{len(faults)} faults; nothing was imported.")

    def _show(self, report: ImportReport, *, dry_run: bool, verbosity: int) -> None:
        if dry_run or verbosity > 1:
            for kind in ("new", "changed", "unchanged") if verbosity > 1 else ("new", "changed"):
                for problem_id in getattr(report, kind):
                    self.stdout.write(f"{kind:9} {problem_id}")
        counts = f"{len(report.new)} new, {len(report.changed)} changed, {len(report.unchanged)} unchanged"
        self.stdout.write(f"{'Would import' if dry_run else 'Imported'}: {counts}.")
        if not dry_run and report.changed:
            self._say_what_follows(report)

    def _say_what_follows(self, report: ImportReport) -> None:
        for problem_id, count in outdated_submissions(report.changed).items():
            self.stdout.write(
                f"{problem_id}: {count} {'submission was' if count == 1 else 'submissions were'} judged by older"
                f" tests. manage.py rejudge {problem_id} shows whose results change."
            )
