"""Registration of the app."""

from django.apps import AppConfig


class ReviewsConfig(AppConfig):
    name = "reviews"
    verbose_name = "Reviews"

    def ready(self) -> None:
        """Tell the layer below how reviews follow from the log."""
        from reviews.projection import REVIEW_ITEMS, REVIEW_LOGS, REVIEW_SETTINGS
        from studypaths.projection import register

        for projection in (REVIEW_ITEMS, REVIEW_LOGS, REVIEW_SETTINGS):
            register(projection)
