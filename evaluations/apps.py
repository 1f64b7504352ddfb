"""Registration of the app."""

from django.apps import AppConfig


class EvaluationsConfig(AppConfig):
    name = "evaluations"
    verbose_name = "Evaluations"

    def ready(self) -> None:
        """Let the journal and replay know how evaluations follow from the log."""
        from evaluations.projection import EVALUATIONS
        from studypaths.projection import register

        register(EVALUATIONS)
