"""Where the database and the broker are: what the environment says, else the embedded servers."""

import os
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from config.embedded import client

PROJECT_ROOT = Path(__file__).resolve().parents[2]


def data_directory(data_dir: Path | None = None) -> Path:
    """The absolute data directory: the argument, else ``$STUDYPATHS_DATA``, else ``<project root>/.data``."""
    chosen = data_dir or os.environ.get("STUDYPATHS_DATA") or PROJECT_ROOT / ".data"
    return Path(chosen).expanduser().resolve()


def addresses(data_dir: Path | None = None) -> dict[str, str]:
    """``DATABASE_URL``, ``REDIS_URL`` and ``CELERY_BROKER_URL``, from the environment or embedded.

    A set ``REDIS_URL`` also serves as the broker when ``CELERY_BROKER_URL`` is not set. Embedded they are
    ``postgresql://postgres@/studypaths?host=<socket directory>`` and
    ``redis://:<password>@127.0.0.1:<port>/<number>`` (0 cache, 1 broker).
    The calling process and its forks count as clients until they end.

    Raises ``EmbeddedServiceFailed`` with the end of the server's log when a server cannot be started.
    """
    data_dir = data_directory(data_dir)
    database = os.environ.get("DATABASE_URL") or client.join("postgres", data_dir)
    redis = os.environ.get("REDIS_URL")
    broker = os.environ.get("CELERY_BROKER_URL") or redis
    if not redis or not broker:
        server = client.join("redis", data_dir)
        redis, broker = redis or f"{server}/0", broker or f"{server}/1"
    return {"DATABASE_URL": database, "REDIS_URL": redis, "CELERY_BROKER_URL": broker}


def is_embedded(url: str, data_dir: Path | None = None) -> bool:
    """Whether ``url`` is the address of the embedded server of ``data_dir`` that runs now."""
    running = client.running_urls(data_directory(data_dir))
    return any(url == known or url.startswith(f"{known}/") for known in running.values())


def database_settings(url: str) -> dict[str, str]:
    """NAME, USER, PASSWORD, HOST and PORT of a PostgreSQL URL, for Django's ``DATABASES``.

    Reads ``postgresql://user:password@host:port/name``, and for a Unix socket the two forms of libpq:
    ``postgresql://user@/name?host=/directory`` and ``postgresql://user@%2Fdirectory/name``.
    What the URL lacks is "".
    """
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ValueError(f"DATABASE_URL must begin with postgresql://, not {parts.scheme}://")
    query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    return {
        "NAME": unquote(parts.path[1:]),
        "USER": unquote(parts.username or query.get("user", "")),
        "PASSWORD": unquote(parts.password or query.get("password", "")),
        "HOST": unquote(parts.hostname or query.get("host", "")),
        "PORT": str(parts.port or query.get("port", "")),
    }
