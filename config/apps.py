"""Commands and checks that span the apps."""

from importlib import import_module

from django.apps import AppConfig


class ConfigConfig(AppConfig):
    name = "config"

    def ready(self) -> None:
        """Load Celery with Django, so that `delay` in a web process finds the broker."""
        import_module("config.celery")
