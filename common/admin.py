"""Base of the admin pages: for looking, at tables too large to be counted on every page."""

from functools import cached_property
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from django.contrib.admin import ModelAdmin, TabularInline
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
Parent = TypeVar("Parent", bound=Model)

if TYPE_CHECKING:

    class AdminOf(ModelAdmin[M]): ...

    class InlineOf(TabularInline[M, Parent]): ...

    class AnyPaginator(Paginator[Any]): ...

else:  # Django's classes take no type arguments when the program runs

    class AdminOf(ModelAdmin, Generic[M]):
        pass

    class InlineOf(TabularInline, Generic[M, Parent]):
        pass

    AnyPaginator = Paginator


class EstimatedPaginator(AnyPaginator):
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


class ReadOnlyAdmin(AdminOf[M]):
    """Nothing is added, changed or deleted here; an action calls a service."""

    show_full_result_count = False
    paginator = EstimatedPaginator
    list_per_page = 50

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        return False


class ReadOnlyInline(InlineOf[M, Parent]):
    """Rows of another table below the object they belong to, for looking."""

    extra = 0
    can_delete = False
    show_change_link = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
