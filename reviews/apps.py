"""Registration of the app."""

from django.apps import AppConfig


class ReviewsConfig(AppConfig):
    name = "reviews"
    verbose_name = "Reviews"

    def ready(self) -> None:
        """Tell the layer below how reviews follow from the log, and what they do when tasks end."""
        from reviews.projection import REVIEW_ITEMS, REVIEW_LOGS, REVIEW_SETTINGS
        from reviews.services import after_correction, after_result
        from studypaths.projection import register
        from studypaths.services.followers import when_outcomes_are_corrected, when_tasks_end

        for projection in (REVIEW_ITEMS, REVIEW_LOGS, REVIEW_SETTINGS):
            register(projection)
        when_tasks_end(after_result)
        when_outcomes_are_corrected(after_correction)
