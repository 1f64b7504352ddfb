"""Wrap all data keys under the first key of FIELD_ENCRYPTION_KEYS."""

from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.key_rotation import BATCH, data_keys_by_wrapping_key, rewrap_data_keys
from common.crypto import key_encryption_keys


class Command(BaseCommand):
    help = (
        "Wrap all data keys under the first key of FIELD_ENCRYPTION_KEYS. Put the new key in front, restart"
        " every process, run this, then drop the old key. It may be stopped and run again."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--batch", type=int, default=BATCH, help="data keys per transaction")

    def handle(self, *args: Any, **options: Any) -> None:
        counts = data_keys_by_wrapping_key()
        first = key_encryption_keys().first_name
        waiting = sum(counts.values()) - counts.get(first, 0)
        self.stdout.write(f"{waiting} data keys to wrap under {first}, {counts.get(first, 0)} are already.")
        unreadable = self._rewrap(waiting, options["batch"])
        if unreadable:
            shown = ", ".join(str(learner_id) for learner_id in unreadable[:10])
            raise CommandError(
                f"{len(unreadable)} data keys could not be unwrapped, their key is missing or they were"
                f" changed: {shown}{' ...' if len(unreadable) > 10 else ''}"
            )
        self.stdout.write(f"All data keys are wrapped under {first}; the other keys may be dropped.")

    def _rewrap(self, waiting: int, batch: int) -> list[UUID]:
        done, unreadable = 0, list[UUID]()
        for result in rewrap_data_keys(batch=batch):
            done += result.rewrapped
            unreadable += result.unreadable
            self.stdout.write(f"{done} of {waiting} wrapped")
        return unreadable
