"""Alive is answered without touching anything; ready tells what works, and waits for nothing that hangs."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from common import health
from common.health import Check, NotReady, run_checks

pytestmark = pytest.mark.urls("tests.common.sample_api")


@pytest.fixture(autouse=True)
def registered() -> Iterator[None]:
    """What a test registers is gone after it, and no check counts as done before it."""
    before = dict(health._registered)
    health._applied.clear()
    yield
    health._registered.clear()
    health._registered.update(before)


def test_alive_is_answered_without_a_query() -> None:
    """Without the `django_db` mark any use of the database would fail."""
    response = Client().get("/health/live")

    assert (response.status_code, response.json()) == (200, {"status": "ok"})
    assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("address", ["/health/live", "/health/ready"])
def test_health_is_read_only(address: str) -> None:
    response = Client().post(address)

    assert (response.status_code, response.json()["code"]) == (405, "method_not_allowed")
    assert response.headers["Allow"] == "GET, HEAD"


def only(*checks: Check) -> None:
    health._registered.clear()
    for check in checks:
        health.register(check.name, check.run, essential=check.essential)


@pytest.mark.django_db(transaction=True)
def test_the_stack_of_the_tests_is_ready() -> None:
    response = Client().get("/health/ready")

    body = response.json()
    assert (response.status_code, body["status"]) == (200, "ok"), body
    assert {"database", "migrations", "cache", "broker"} <= body["checks"].keys()
    assert all(check["ok"] and check["milliseconds"] >= 0 for check in body["checks"].values())


def failing(reason: Exception) -> Callable[[], str]:
    def check() -> str:
        raise reason

    return check


def test_a_failing_check_that_matters_makes_it_unavailable() -> None:
    only(Check("database", failing(NotReady("3 migrations are not applied")), essential=True))

    response = Client().get("/health/ready")

    assert (response.status_code, response.json()["status"]) == (503, "unavailable")
    assert response.json()["checks"]["database"]["detail"] == "3 migrations are not applied"


def counting(calls: list[int]) -> Callable[[], str]:
    def check() -> str:
        calls.append(1)
        return "fine"

    return check


def test_findings_are_told_for_a_while_instead_of_made_for_everyone_who_asks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The address is open to everybody, and each check opens a connection."""
    calls: list[int] = []
    monkeypatch.setattr(health, "FRESH_SECONDS", 600.0)
    only(Check("database", counting(calls), essential=True))

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda _: Client().get("/health/ready"), range(16)))

    assert {answer.status_code for answer in answers} == {200}
    assert len(calls) == 1


def test_findings_are_made_anew_when_they_are_old(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[int] = []
    monkeypatch.setattr(health, "FRESH_SECONDS", 0.0)
    only(Check("database", counting(calls), essential=True))

    for _ in range(2):
        Client().get("/health/ready")

    assert len(calls) == 2


def test_a_failing_check_that_requests_can_do_without_degrades() -> None:
    only(Check("cache", failing(RuntimeError("password rejected")), essential=False))

    response = Client().get("/health/ready")

    assert (response.status_code, response.json()["status"]) == (200, "degraded")
    assert "password" not in response.text


def test_a_check_that_hangs_is_not_waited_for() -> None:
    released = Event()
    hanging = Check("hanging", lambda: str(released.wait(30)), essential=True)
    quick = Check("quick", lambda: "fine", essential=True)

    started = time.monotonic()
    findings = run_checks([hanging, quick], timeout=0.2)
    waited = time.monotonic() - started
    released.set()

    assert waited < 10
    assert (findings["hanging"].ok, findings["hanging"].detail) == (False, "no answer")
    assert (findings["quick"].ok, findings["quick"].detail) == (True, "fine")


@pytest.fixture
def one_migration_missing(transactional_db: None) -> Iterator[None]:
    """The last migration of the evaluations is not recorded, until the test is over."""
    with connection.cursor() as cursor:
        cursor.execute("""
            DELETE FROM django_migrations WHERE id = (SELECT max(id) FROM django_migrations WHERE app = 'evaluations')
            RETURNING app, name, applied
        """)
        row = cursor.fetchone()
        yield
        cursor.execute("INSERT INTO django_migrations (app, name, applied) VALUES (%s, %s, %s)", row)


def test_a_missing_migration_is_told_until_it_is_applied(one_migration_missing: None) -> None:
    only(Check("migrations", health._migrations, essential=True))

    response = Client().get("/health/ready")

    assert response.status_code == 503
    assert response.json()["checks"]["migrations"]["detail"] == "1 migrations are not applied"


def test_a_cache_that_is_away_is_told_without_its_address(settings: Any) -> None:
    settings.REDIS_URL = "redis://:secret@127.0.0.1:1/0"
    only(Check("cache", health._cache, essential=True))

    response = Client().get("/health/ready")

    assert response.status_code == 503
    assert response.json()["checks"]["cache"]["detail"] == "failed"
    assert "secret" not in response.text
