"""Base of the admin pages: for looking, at tables too large to be counted on every page."""

from functools import cached_property
from typing import Any, TypeVar

from django.contrib.admin import ModelAdmin
from django.core.paginator import Paginator
from django.db import connections
from django.db.models import Model, QuerySet
from django.http import HttpRequest

EXACT_BELOW = 10_000

# Row counts that ANALYZE left, of a table or of the partitions that it is made of; -1 is "never analysed".
ESTIMATE = """
    SELECT coalesce(sum(greatest(reltuples, 0)), 0)::bigint FROM pg_class
    WHERE oid = %s::regclass OR oid IN (SELECT inhrelid FROM pg_inherits WHERE inhparent = %s::regclass)
"""

M = TypeVar("M", bound=Model)


class EstimatedPaginator(Paginator[Any]):
    """Exact up to `EXACT_BELOW` rows; above, PostgreSQL's estimate of a whole table, a filter capped."""

    @cached_property
    def count(self) -> int:
        rows: Any = self.object_list
        if not isinstance(rows, QuerySet):
            return len(rows)
        counted: int = rows.order_by()[:EXACT_BELOW].count()
        if counted < EXACT_BELOW or rows.query.where:
            return counted
        return max(counted, estimated_rows(rows))


def estimated_rows(rows: QuerySet[Any]) -> int:
    """How many rows the table of `rows` has, by the statistics of PostgreSQL."""
    table = f'"{rows.model._meta.db_table}"'
    with connections[rows.db].cursor() as cursor:
        cursor.execute(ESTIMATE, [table, table])
        return int(cursor.fetchone()[0])


class ReadOnlyAdmin(ModelAdmin[M]):
    """Nothing is added, changed or deleted here; an action calls a service."""

    show_full_result_count = False
    paginator = EstimatedPaginator
    list_per_page = 50
    save_on_top = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        return False
