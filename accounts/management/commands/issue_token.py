"""Print a bearer token of the embedded issuer, and nothing else, on standard output."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accounts import issuer
from accounts.key_source import trusts_embedded_issuer
from accounts.tokens import MAX_SUBJECT_CHARACTERS

MAX_HOURS = 24 * 366


class Command(BaseCommand):
    help = "Print a token of the embedded issuer: issue_token alice --role learner --hours 24"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("subject", nargs="?", help="the `sub` of the token, such as alice")
        parser.add_argument("--role", choices=sorted(issuer.CLAIMS_OF_ROLE), default="learner")
        parser.add_argument("--hours", type=float, default=24, help="how long it is valid (default 24)")
        parser.add_argument(
            "--public-key", action="store_true", help="print the public key (PEM) for JWT_PUBLIC_KEY instead"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["public_key"]:
            self.stdout.write(issuer.public_pem(), ending="")
            return
        subject, hours = _checked(options["subject"], options["hours"])
        self.stdout.write(
            issuer.issue_token(
                subject=subject,
                role=options["role"],
                at=timezone.now(),
                lifetime=timedelta(hours=hours),
            )
        )


def _checked(subject: str | None, hours: float) -> tuple[str, float]:
    """Refuse to print what this installation, or any other, would not accept."""
    if not subject or len(subject) > MAX_SUBJECT_CHARACTERS:
        raise CommandError(f"Name a subject of 1 to {MAX_SUBJECT_CHARACTERS} characters.")
    if not 0 < hours <= MAX_HOURS:
        raise CommandError(f"--hours must be more than 0 and at most {MAX_HOURS}.")
    if not trusts_embedded_issuer() and settings.JWT_PUBLIC_KEY.strip() != issuer.public_pem().strip():
        raise CommandError(
            "Tokens of the embedded issuer are not accepted here: they come from the identity service"
            " (JWT_JWKS_URL, JWT_PUBLIC_KEY)."
        )
    return subject, hours
