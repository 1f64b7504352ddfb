"""`manage.py verify_history`: proves that the log is what was recorded."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.selectors import learner_id_of
from studypaths.verification import Verification, verify_all, verify_learners


class Command(BaseCommand):
    help = "Recompute every hash of the log. Names each learner's first bad sequence; exit status 1 if there is one."

    def add_arguments(self, parser: CommandParser) -> None:
        scope = parser.add_mutually_exclusive_group()
        scope.add_argument("--learner", metavar="USER_ID", help="only the log of this learner")
        scope.add_argument("--all", action="store_true", help="the logs of all learners (the default)")

    def handle(self, *args: Any, **options: Any) -> None:
        result = self._verify(options["learner"])
        for found in result.breaks:
            self.stdout.write(
                self.style.ERROR(f"{found.learner_id}: sequence {found.sequence} {found.problem}")
            )
        checked = f"{result.events:,} events of {result.learners:,} learners checked"
        if result.breaks:
            raise CommandError(f"{checked}: {len(result.breaks)} logs are not what was recorded.")
        self.stdout.write(self.style.SUCCESS(f"{checked}: the log is what was recorded."))

    def _verify(self, user_id: str | None) -> Verification:
        if user_id is None:
            return verify_all(report=self._progress)
        learner_id = learner_id_of(user_id)
        if learner_id is None:
            raise CommandError(f"There is no learner {user_id!r}.")
        return verify_learners([learner_id])

    def _progress(self, total: Verification) -> None:
        self.stderr.write(f"{total.learners:,} learners, {total.events:,} events …")
