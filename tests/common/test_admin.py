"""Admin pages are for looking, and do not count large tables to show fifty rows."""

from typing import Any

import pytest
from django.contrib.admin import AdminSite
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from accounts.models import Learner, User
from common import admin
from common.admin import EstimatedPaginator, ReadOnlyAdmin, estimated_rows
from common.ids import uuid7

pytestmark = pytest.mark.django_db


@pytest.fixture
def by_a_superuser(rf: RequestFactory) -> Any:
    request: Any = rf.get("/admin/")
    request.user = User(username="root", is_superuser=True, is_staff=True, is_active=True)
    return request


def test_not_even_a_superuser_may_change_anything(by_a_superuser: Any) -> None:
    page: ReadOnlyAdmin[Learner] = ReadOnlyAdmin(Learner, AdminSite())

    assert page.has_view_permission(by_a_superuser)
    assert not page.has_add_permission(by_a_superuser)
    assert not page.has_change_permission(by_a_superuser)
    assert not page.has_delete_permission(by_a_superuser)
    assert page.get_actions(by_a_superuser) == {}


def make_learners(count: int) -> None:
    Learner.objects.bulk_create(Learner(id=uuid7(), user_id=f"l{number}") for number in range(count))


def test_small_tables_are_counted() -> None:
    make_learners(3)

    assert EstimatedPaginator(Learner.objects.order_by("id"), 2).count == 3
    assert EstimatedPaginator(Learner.objects.filter(user_id="l1").order_by("id"), 2).count == 1
    assert EstimatedPaginator([1, 2, 3, 4], 2).count == 4


def test_large_tables_are_estimated_in_two_cheap_queries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(admin, "EXACT_BELOW", 4)
    make_learners(10)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE learners")
    Learner.objects.filter(user_id__in=["l1", "l2"]).delete()

    with CaptureQueriesContext(connection) as queries:
        count = EstimatedPaginator(Learner.objects.order_by("user_id"), 2).count

    assert count == 10, "what ANALYZE saw"
    assert len(queries) == 2
    assert "LIMIT 4" in queries.captured_queries[0]["sql"]


def test_a_filtered_large_table_is_counted_up_to_the_cap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(admin, "EXACT_BELOW", 4)
    make_learners(10)

    rows = Learner.objects.filter(user_id__startswith="l").order_by("id")
    assert EstimatedPaginator(rows, 2).count == 4


def test_a_partitioned_table_is_the_sum_of_its_partitions() -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE parted (id int) PARTITION BY RANGE (id)")
        cursor.execute("CREATE TABLE parted_1 PARTITION OF parted FOR VALUES FROM (0) TO (10)")
        cursor.execute("CREATE TABLE parted_2 PARTITION OF parted FOR VALUES FROM (10) TO (20)")
        cursor.execute("INSERT INTO parted SELECT * FROM generate_series(0, 14)")
        cursor.execute("ANALYZE parted_1; ANALYZE parted_2")
    rows = Learner.objects.all()

    table, rows.model._meta.db_table = rows.model._meta.db_table, "parted"
    try:
        assert estimated_rows(rows) == 15
    finally:
        rows.model._meta.db_table = table
