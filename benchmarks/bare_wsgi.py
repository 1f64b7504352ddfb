"""The least that a WSGI server can do for a page of history: one query, one JSON document. No framework, no checks."""

import os
import threading
from collections.abc import Callable, Iterable
from typing import Any

import psycopg2

from benchmarks.raw import connect, encoded_answer

SQL = os.environ["BARE_SQL"]
DSN = psycopg2.extensions.parse_dsn(os.environ["BARE_DSN"])

_local = threading.local()


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """The same page for everybody."""
    cursor = getattr(_local, "cursor", None)
    if cursor is None:
        connection = connect(DSN)
        connection.autocommit = True
        cursor = _local.cursor = connection.cursor()
    body = encoded_answer(cursor, [(SQL, None)])
    start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
    return [body]
