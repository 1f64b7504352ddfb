"""The raw side: statements that our own code would execute, replayed by psycopg2 alone in processes of their own.

They are recorded from the real code (`recorded`), with their values, so both sides do the same work in the database
and a change of a statement changes both.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import orjson
import psycopg2
import psycopg2.extras

Statement = tuple[str, Any]
Act = list[Statement]

TRANSACTION_WORDS = ("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN", "COMMIT", "SET ")


@contextmanager
def recorded(acts: list[Act]) -> Iterator[None]:
    """Append to `acts` the statements that the block executes through Django, without transaction control."""
    from django.db import connection

    statements: Act = []

    def note(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if not sql.lstrip().startswith(TRANSACTION_WORDS):
            statements.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield
    acts.append(statements)


def connect(dsn: dict[str, Any]) -> Any:
    """A connection that reads values as Django's does."""
    connection = psycopg2.connect(**dsn)
    register_uuid: Any = psycopg2.extras.register_uuid
    register_uuid()
    psycopg2.extras.register_default_jsonb(conn_or_curs=connection, loads=_as_it_is)
    return connection


def _as_it_is(text: str) -> str:
    return text


def replay(dsn: dict[str, Any], acts: Sequence[Act], start_at: float) -> float:
    """Execute every act in a transaction of its own from `start_at` on; when the last one was committed."""
    connection = connect(dsn)
    cursor = connection.cursor()
    time.sleep(max(0.0, start_at - time.monotonic()))
    for act in acts:
        for sql, values in act:
            cursor.execute(sql, values)
            if cursor.description:
                cursor.fetchall()
        connection.commit()
    end = time.monotonic()
    connection.close()
    return end


def read_and_encode(dsn: dict[str, Any], act: Act, times: int, start_at: float) -> float:
    """Execute the reading statements of `act` again and again, encoding the last one's rows as JSON objects."""
    connection = connect(dsn)
    connection.autocommit = True
    cursor = connection.cursor()
    time.sleep(max(0.0, start_at - time.monotonic()))
    for _ in range(times):
        encoded_answer(cursor, act)
    end = time.monotonic()
    connection.close()
    return end


def encoded_answer(cursor: Any, act: Act) -> bytes:
    """The rows of the last statement of `act` as a JSON array of objects; JSON columns stand as they are."""
    for sql, values in act:
        cursor.execute(sql, values)
        rows = cursor.fetchall()
    names = [column.name for column in cursor.description]
    plain = [{n: _fragment(v) for n, v in zip(names, row, strict=True)} for row in rows]
    return orjson.dumps(plain, option=orjson.OPT_UTC_Z)


def _fragment(value: Any) -> Any:
    return orjson.Fragment(value) if isinstance(value, str) and value[:1] == "{" else value
