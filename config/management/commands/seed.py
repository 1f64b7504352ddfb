"""seed: the tracks, the shipped problem set and the staff login. Idempotent; a second run changes nothing."""

import os
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand

from accounts.models import User
from catalog.services import sync_tracks

PROBLEM_SET = Path(settings.BASE_DIR) / "catalog" / "problem_set"


class Command(BaseCommand):
    help = (
        "Load tracks and the shipped problems; create the staff user STAFF_USERNAME (default staff)"
        " when STAFF_PASSWORD is set."
    )

    def handle(self, *_args: Any, **_options: Any) -> None:
        sync_tracks()
        call_command("import_problems", PROBLEM_SET, stdout=self.stdout, stderr=self.stderr)
        password = os.environ.get("STAFF_PASSWORD", "")
        if password:
            self._ensure_staff(os.environ.get("STAFF_USERNAME", "staff"), password)

    def _ensure_staff(self, username: str, password: str) -> None:
        """An existing login keeps its password: whoever changed it meant it."""
        user, created = User.objects.get_or_create(
            username=username, defaults={"is_staff": True, "is_superuser": True}
        )
        if created:
            user.set_password(password)
            user.save(update_fields=["password"])
        self.stdout.write(f"Staff login {username}: {'created' if created else 'exists'}.")
