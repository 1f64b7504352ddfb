"""All migrations of our apps run forwards, backwards and forwards again (001-7, R098)."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, connections
from pytest_django import DjangoDbBlocker

from tests.config.test_models import OURS

SCRATCH = "scratch_migrations"
SHAPE = """
    SELECT 'column', c.relname, a.attname, format_type(a.atttypid, a.atttypmod) || a.attnotnull::text
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
    UNION ALL SELECT 'index', tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
    UNION ALL SELECT 'constraint', conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
    WHERE connamespace = 'public'::regnamespace
    UNION ALL SELECT 'trigger', tgrelid::regclass::text, tgname, '' FROM pg_trigger WHERE NOT tgisinternal
    UNION ALL SELECT 'function', proname, '', '' FROM pg_proc WHERE pronamespace = 'public'::regnamespace
"""


@pytest.fixture
def scratch(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Any]:
    """An empty database beside the one of the tests."""
    with django_db_blocker.unblock():
        name = f"{connection.settings_dict['NAME']}_{SCRATCH}"
        with connection._nodb_cursor() as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')
            cursor.execute(f'CREATE DATABASE "{name}"')
        connections.databases[SCRATCH] = {**connection.settings_dict, "NAME": name}
        try:
            yield connections[SCRATCH]
        finally:
            connections[SCRATCH].close()
            del connections[SCRATCH]
            del connections.databases[SCRATCH]
            with connection._nodb_cursor() as cursor:
                cursor.execute(f'DROP DATABASE "{name}"')
            connection.close()


def shape(database: Any) -> set[tuple[str, ...]]:
    """Everything that migrations make: columns, indexes, constraints, triggers, functions."""
    with database.cursor() as cursor:
        cursor.execute(SHAPE)
        return set(cursor.fetchall())


def migrate(app: str, *target: str) -> None:
    call_command("migrate", app, *target, database=SCRATCH, verbosity=0, interactive=False)


def test_every_migration_can_be_taken_back_and_made_again(scratch: Any) -> None:
    migrate("evaluations")
    migrate("reviews")
    migrate("catalog")
    first = shape(scratch)

    for app in reversed(("accounts", "catalog", "studypaths", "reviews", "evaluations")):
        migrate(app, "zero")
    bare = shape(scratch)
    migrate("evaluations")
    migrate("reviews")
    migrate("catalog")

    ours = {"study_paths", "study_tasks", "task_events", "task_evaluations", "learners", "problems", "users"}
    assert ours <= {table for _, table, *_ in first}
    assert not {table for _, table, *_ in bare if table.startswith((*ours, *OURS))}
    assert not [found for found in bare if found[0] in ("function", "trigger")]
    assert shape(scratch) == first
