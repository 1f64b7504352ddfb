"""The Celery application: evaluation, expiry and other work outside a request."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("studypaths")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
