"""seed: tracks, shipped problems, staff login; a second run changes nothing."""

from io import StringIO

import pytest
from django.core.management import call_command

from accounts.models import User
from catalog.models import Module, Problem, ProblemVersion

pytestmark = pytest.mark.django_db


def seed() -> str:
    out = StringIO()
    call_command("seed", stdout=out)
    return out.getvalue()


def test_seeding_loads_tracks_and_the_shipped_problems(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("STAFF_PASSWORD", raising=False)

    said = seed()

    assert said.startswith(f"Imported: {Problem.objects.count()} new, 0 changed, 0 unchanged.")
    assert Module.objects.count() == 14
    assert not User.objects.exists()


def test_seeding_again_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STAFF_PASSWORD", "correct horse")
    seed()
    before = list(ProblemVersion.objects.order_by("id").values_list("id", "digest"))
    user = User.objects.get()

    said = seed()

    assert "0 new, 0 changed" in said
    assert list(ProblemVersion.objects.order_by("id").values_list("id", "digest")) == before
    assert User.objects.get().password == user.password


def test_the_staff_login_comes_from_the_environment_and_keeps_its_password(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("STAFF_USERNAME", "chief")
    monkeypatch.setenv("STAFF_PASSWORD", "correct horse")
    seed()
    monkeypatch.setenv("STAFF_PASSWORD", "another one")

    said = seed()

    chief = User.objects.get(username="chief")
    assert chief.is_staff
    assert chief.check_password("correct horse")
    assert "correct horse" not in said
    assert said.endswith("Staff login chief: exists.\n")
