"""The API and the pages, for a WSGI server."""

import os
import threading

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = get_wsgi_application()


def _probe_languages() -> None:
    """The first look at the sandbox takes about a second, which the first caller who submits should not wait for."""
    from catalog.languages import runtimes

    runtimes()


threading.Thread(target=_probe_languages, name="probe languages", daemon=True).start()
