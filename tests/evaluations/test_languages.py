"""What can be judged here, and how health tells it."""

import pytest
from pytest_django.fixtures import Settings

from common.health import NotReady
from evaluations import sandbox
from evaluations.languages import runtimes_here, sandbox_health


def test_the_evaluation_service_runs_every_language(settings: Settings) -> None:
    settings.EVAL_SERVICE_URL = "http://eval.test"

    assert runtimes_here() == {"python": True, "javascript": True}
    assert sandbox_health() == "the evaluation service"


def test_a_judge0_runs_the_languages_that_it_has_numbers_for(settings: Settings) -> None:
    settings.JUDGE0_URL, settings.JUDGE0_LANGUAGES = "http://judge0.test", {"python": 71}

    assert runtimes_here() == {"python": True, "javascript": False}
    assert sandbox_health() == "Judge0: python"


def test_a_web_server_without_evaluator_believes_its_settings(settings: Settings) -> None:
    settings.EVALUATION_LANGUAGES = ["python"]

    assert runtimes_here() == {"python": True, "javascript": False}
    assert sandbox_health() == "evaluators elsewhere: python"


def test_this_machine_is_asked_otherwise() -> None:
    tier, isolated = sandbox.sandbox_in_use()

    assert isolated
    assert sandbox_health() == tier
    assert runtimes_here()["python"]


def test_a_tier_that_does_not_work_here_is_told_by_health(monkeypatch: pytest.MonkeyPatch) -> None:
    """The settings of the sandbox are read from the environment; no such tier exists."""
    monkeypatch.setenv("SANDBOX_TIER", "moat")

    with pytest.raises((NotReady, ValueError), match="moat"):
        sandbox_health()
