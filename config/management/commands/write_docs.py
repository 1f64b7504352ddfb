"""write_docs: bring the generated parts of docs/ up to date; with --check only say which are not."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from config.generated_docs import DOCS, stale_pages, written_anew


class Command(BaseCommand):
    help = "Write the parts of docs/ that follow from the code."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--check", action="store_true", help="Change nothing; fail if a page is out of date."
        )

    def handle(self, *_args: Any, check: bool, **_options: Any) -> None:
        stale = stale_pages()
        names = ", ".join(str(page.relative_to(DOCS.parent)) for page in stale)
        if check and stale:
            raise CommandError(f"out of date: {names}; run 'manage.py write_docs'")
        for page in stale:
            page.write_text(written_anew(page.read_text()))
        self.stdout.write(f"written: {names}" if stale else "up to date")
