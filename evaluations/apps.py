"""Registration of the app."""

from django.apps import AppConfig


class EvaluationsConfig(AppConfig):
    name = "evaluations"
    verbose_name = "Evaluations"

    def ready(self) -> None:
        """Tell the layers below: how evaluations follow from the log, and which languages can be judged."""
        from catalog.languages import set_runtime_check
        from evaluations.languages import runtimes_here
        from evaluations.projection import EVALUATIONS
        from studypaths.projection import register

        register(EVALUATIONS)
        set_runtime_check(runtimes_here)
