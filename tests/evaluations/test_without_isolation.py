"""A machine that has no safe way to run submitted code says so wherever somebody might look, and runs none."""

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from common import health, system_messages
from evaluations import services
from evaluations.languages import probed_warning, runtimes_here, sandbox_health
from evaluations.models import TaskEvaluation
from evaluations.sandbox import probe
from evaluations.sandbox.runtimes import runtime_of
from tests.callers import Caller
from tests.evaluations.scenes import RIGHT, submitted, task_in_progress

pytestmark = pytest.mark.django_db


@pytest.fixture
def no_tier(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A machine whose only tier is bubblewrap, which is not installed."""
    monkeypatch.setenv("SANDBOX_NODE", runtime_of("javascript").executable)
    monkeypatch.setenv("SANDBOX_TIER", "bwrap")
    monkeypatch.setenv("PATH", "")
    forget()
    yield
    forget()


def forget() -> None:
    """What this process knows of its sandbox, and of its health."""
    probe.forget()
    probed_warning.cache_clear()
    health._latest._until = 0.0


@pytest.fixture
def allowed(no_tier: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SANDBOX_ALLOW_WEAK", "1")


@pytest.fixture
def pages(staff: Caller) -> Client:
    """A browser in which Sam of the staff is signed in."""
    assert staff.user is not None
    client = Client()
    client.force_login(staff.user)
    return client


def alerts(pages: Client, address: str) -> list[str]:
    """The standing messages of a page, once the probe is over."""
    probed_warning().result()
    text = pages.get(address).content.decode()
    return [part.partition("</li>")[0] for part in text.split('role="alert"><li class="error">')[1:]]


PAGES = [
    "/admin/",
    "/admin/evaluations/taskevaluation/",
    "/admin/catalog/problem/",
    "/admin/password_change/",
]


@pytest.mark.usefixtures("allowed")
@pytest.mark.parametrize("address", PAGES)
def test_every_page_of_the_admin_warns_of_code_that_runs_without_isolation(
    pages: Client, address: str
) -> None:
    (alert,) = alerts(pages, address)

    assert "WITHOUT isolation" in alert
    assert "remove SANDBOX_ALLOW_WEAK" in alert


@pytest.mark.usefixtures("no_tier")
def test_the_admin_warns_where_nothing_can_be_run(pages: Client) -> None:
    (alert,) = alerts(pages, "/admin/")

    assert "cannot be run on this machine" in alert
    assert "apt install bubblewrap" in alert


@pytest.mark.usefixtures("no_tier")
def test_the_warning_ends_when_isolation_works_again(pages: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    before = alerts(pages, "/admin/")
    monkeypatch.setenv("SANDBOX_TIER", "auto")

    after = alerts(pages, "/admin/")

    assert (len(before), after) == (1, [])


@pytest.mark.parametrize("address", PAGES)
def test_nothing_is_said_where_submitted_code_is_isolated(pages: Client, address: str) -> None:
    forget()

    assert alerts(pages, address) == []


@pytest.mark.usefixtures("allowed")
def test_who_is_no_staff_is_told_nothing(client: Client) -> None:
    assert alerts(client, "/admin/login/") == []


def test_other_parts_of_the_system_add_their_messages(pages: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(system_messages._sources, "tide", lambda: "The tide is <high>.")

    assert alerts(pages, "/admin/") == ["The tide is &lt;high&gt;."]


@pytest.mark.usefixtures("allowed")
def test_health_tells_that_code_runs_without_isolation(client: Client) -> None:
    assert client.get("/health/ready").json()["checks"]["sandbox"] == {
        "ok": False,
        "detail": "SANDBOX_ALLOW_WEAK=1: submitted code runs WITHOUT isolation",
        "milliseconds": pytest.approx(1, abs=1e6),
    }


@pytest.mark.usefixtures("no_tier")
def test_without_the_minimum_nothing_may_be_submitted_and_health_says_why(
    client: Client, learner: Caller, alice: UUID
) -> None:
    task = task_in_progress(alice)

    refused = learner.post(f"/v1/study-tasks/{task['id']}/submit", {"language": "python", "code": RIGHT})
    checks = client.get("/health/ready").json()["checks"]

    assert (refused.status_code, refused.json()["code"]) == (422, "language_unavailable")
    assert runtimes_here() == {"python": False, "javascript": False}
    assert not checks["sandbox"]["ok"]
    assert "Any one of these makes one work" in checks["sandbox"]["detail"]
    with pytest.raises(health.NotReady):
        sandbox_health()


def test_what_was_submitted_before_is_tried_again_and_ends_with_the_way_to_mend_it(
    alice: UUID, request: pytest.FixtureRequest, learner: Caller
) -> None:
    """Where the minimum got lost: no verdict about the learner, no attempt."""
    evaluation_id = submitted(task_in_progress(alice))
    request.getfixturevalue("no_tier")

    ran = [services.run_next(at=timezone.now() + timedelta(hours=hours)) for hours in range(4)]

    done = TaskEvaluation.objects.get(id=evaluation_id)
    told = learner.get(f"/v1/evaluations/{evaluation_id}").json()
    assert ran == [True, True, True, False]
    assert (done.status, done.verdict, done.attempt) == ("done", "infrastructure_error", None)
    assert "Any one of these makes one work" in told["message"]


@pytest.mark.usefixtures("no_tier")
def test_check_sandbox_refuses_and_prints_what_is_lost(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(CommandError, match="evaluation is refused here: sandbox missing"):
        call_command("check_sandbox")

    printed = capsys.readouterr().out
    assert "missing  sandbox: No sandbox tier works here." in printed
    assert "lost without it: evaluation: no submission is run" in printed
