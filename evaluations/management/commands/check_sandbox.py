"""`manage.py check_sandbox`: each layer of the local evaluator, whether it works, what is lost without it."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from evaluations.sandbox import LayerStatus, describe


class Command(BaseCommand):
    """Exits 1 when the minimum for judging submissions is not there."""

    help = "Check the sandbox that runs submitted code."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        layers = describe()
        for layer in layers:
            self._print(layer)
        missing = [layer.name for layer in layers if layer.required and not layer.works]
        if missing:
            raise CommandError(f"evaluation is refused here: {', '.join(missing)} missing")

    def _print(self, layer: LayerStatus) -> None:
        mark = self.style.SUCCESS("works  ") if layer.works else self.style.ERROR("missing")
        self.stdout.write(f"{mark}  {layer.name}: {layer.detail}")
        if not layer.works:
            self.stdout.write(f"         lost without it: {layer.lost_without}")
