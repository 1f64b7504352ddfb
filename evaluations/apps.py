"""Registration of the app."""

from django.apps import AppConfig


class EvaluationsConfig(AppConfig):
    name = "evaluations"
    verbose_name = "Evaluations"

    def ready(self) -> None:
        """Tell the layers below: how evaluations follow from the log, and which languages can be judged here."""
        from catalog.languages import set_runtime_check
        from common import health
        from evaluations.languages import runtimes_here, sandbox_health
        from evaluations.projection import EVALUATIONS
        from studypaths.projection import register

        register(EVALUATIONS)
        set_runtime_check(runtimes_here)
        health.register("sandbox", sandbox_health, essential=False)
