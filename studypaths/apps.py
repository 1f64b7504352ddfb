"""Registration of the app."""

from django.apps import AppConfig


class StudypathsConfig(AppConfig):
    name = "studypaths"
    verbose_name = "Study paths"
