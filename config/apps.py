"""Commands and checks that span the apps."""

from django.apps import AppConfig


class ConfigConfig(AppConfig):
    name = "config"

    def ready(self) -> None:
        """Load Celery with Django, so that `delay` in a web process finds the broker."""
        from config import celery  # noqa: F401
