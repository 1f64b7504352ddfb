"""Registration of the app."""

from django.apps import AppConfig


class EvaluationsConfig(AppConfig):
    name = "evaluations"
    verbose_name = "Evaluations"

    def ready(self) -> None:
        """Tell the layers below: how evaluations follow from the log, which languages run here, what was submitted."""
        from catalog.consequences import set_submission_count
        from catalog.languages import set_runtime_check
        from common import health, system_messages
        from evaluations.languages import runtimes_here, sandbox_health, sandbox_warning
        from evaluations.projection import EVALUATIONS
        from evaluations.rejudging.selection import outdated_submissions
        from studypaths.projection import register

        register(EVALUATIONS)
        set_runtime_check(runtimes_here)
        set_submission_count(outdated_submissions)
        health.register("sandbox", sandbox_health, essential=False)
        system_messages.register("sandbox", sandbox_warning)
