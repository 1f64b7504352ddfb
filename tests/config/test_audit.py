"""The verdict of the dependency audit; what nobody was asked about does not count as safe."""

from typing import Any

import pytest

from config import audit

SAFE: dict[str, Any] = {"name": "django", "version": "5.2.1", "vulns": []}
SKIPPED: dict[str, Any] = {"name": "celery", "skip_reason": "Dependency not found on PyPI"}
VULNERABLE: dict[str, Any] = {
    "name": "requests",
    "version": "2.0",
    "vulns": [{"id": "PYSEC-2026-1", "fix_versions": ["2.1"]}],
}


def test_audited_packages_without_findings_pass(capsys: pytest.CaptureFixture[str]) -> None:
    assert audit.report([SAFE]) == 0
    assert "No known vulnerability in 1 packages" in capsys.readouterr().out


def test_a_vulnerability_fails_and_names_the_fix(capsys: pytest.CaptureFixture[str]) -> None:
    assert audit.report([SAFE, VULNERABLE, SKIPPED]) == 1
    assert "requests 2.0: PYSEC-2026-1, fixed in 2.1" in capsys.readouterr().out


def test_a_package_that_nobody_could_be_asked_about_is_not_called_safe(
    capsys: pytest.CaptureFixture[str],
) -> None:
    audit.report([SAFE, SKIPPED])

    assert "NOT AUDITED: the advisory service is unreachable for 1 of 2 packages" in capsys.readouterr().out


def test_a_required_audit_fails_when_nobody_could_be_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUDIT_REQUIRED", "1")

    assert audit.report([SKIPPED]) == 1
    assert audit.report([SAFE]) == 0
