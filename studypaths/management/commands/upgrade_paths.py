"""`manage.py upgrade_paths`: active paths go on under another version of the planner."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from catalog.problem_bank import ProblemBankRefused, ProblemBankUnreachable
from studypaths.generation import NEWEST_VERSION
from studypaths.offers import refresh_offer
from studypaths.services.upgrades import UnknownVersion, Upgradable, upgradable_paths, upgrade_path

BY = "system:upgrade_paths"
TOLD_EVERY = 100


class Command(BaseCommand):
    help = (
        "Let a new path planned by another version take the place of each active one. Settings and history stay;"
        " GET /v1/study-paths/{id}/comparison shows both side by side. It may be stopped and run again."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--to", default=NEWEST_VERSION, help=f"the version ({NEWEST_VERSION})")
        parser.add_argument("--from", dest="from_version", help="only paths that this version plans")
        parser.add_argument("--track", help="only paths of this track")
        parser.add_argument("--dry-run", action="store_true", help="only count them")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            paths = list(
                upgradable_paths(
                    to=options["to"], from_version=options["from_version"], track_id=options["track"]
                )
            )
        except UnknownVersion as error:
            raise CommandError(str(error)) from error
        if options["dry_run"]:
            self.stdout.write(f"{len(paths):,} paths would go on under {options['to']}.")
            return
        try:
            upgraded = self._upgrade(paths, options["to"])
        except (ProblemBankUnreachable, ProblemBankRefused) as error:
            raise CommandError(f"{error.detail} Run it again to go on.") from error
        self.stdout.write(self.style.SUCCESS(f"{upgraded:,} paths go on under {options['to']}."))

    def _upgrade(self, paths: list[Upgradable], to: str) -> int:
        upgraded = 0
        for number, path in enumerate(paths, start=1):
            refresh_offer(path.track_id)
            new = upgrade_path(
                learner_id=path.learner_id, path_id=path.path_id, to=to, by=BY, at=timezone.now()
            )
            upgraded += new is not None
            if number % TOLD_EVERY == 0:
                self.stderr.write(f"{number:,} of {len(paths):,} …")
        return upgraded
