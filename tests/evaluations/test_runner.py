"""Which engine judges, and that its trouble is never an exception nor the learner's failure."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from django.core.management import CommandError, call_command
from pytest_django.fixtures import Settings
from pytest_httpserver import HTTPServer

from config.settings import BASE_DIR
from evaluations.judge import Verdict
from evaluations.runner import judge
from tests.evaluations.bundles import function_bundle
from tests.evaluations.judge0_server import local_judge0

BUNDLE = function_bundle((1, 2))
CODE = "def solve(value):\n    return value + 1\n"
ANSWER = {
    "status": "passed",
    "visible": {"passed": 1, "total": 1},
    "hidden": {"passed": 0, "total": 0},
    "exec_ms": 77,
}


def test_without_a_service_the_sandbox_judges(settings: Settings) -> None:
    settings.EVAL_SERVICE_URL = ""

    assert judge(BUNDLE, "python", CODE).verdict is Verdict.ACCEPTED


def test_with_a_service_the_service_judges(settings: Settings, httpserver: HTTPServer) -> None:
    settings.EVAL_SERVICE_URL = httpserver.url_for("")
    httpserver.expect_request("/evaluate/code").respond_with_json(ANSWER)

    assert judge(BUNDLE, "python", "not even code").runtime_ms == 77


@pytest.mark.parametrize(("status", "body"), [(422, ""), (200, "{}")])
def test_a_service_that_does_not_judge_is_an_infrastructure_error(
    settings: Settings, httpserver: HTTPServer, status: int, body: str
) -> None:
    settings.EVAL_SERVICE_URL = httpserver.url_for("")
    httpserver.expect_request("/evaluate/code").respond_with_data(body, status=status)

    judgement = judge(BUNDLE, "python", CODE)

    assert judgement.verdict is Verdict.INFRASTRUCTURE_ERROR
    assert "evaluation service" in judgement.message


def test_with_a_judge0_the_judge0_judges_with_its_secrets(settings: Settings, httpserver: HTTPServer) -> None:
    settings.JUDGE0_URL, settings.JUDGE0_AUTH_TOKEN = httpserver.url_for(""), "secret"
    settings.JUDGE0_RAPIDAPI_KEY = "key"
    judge0 = local_judge0(httpserver)

    assert judge(BUNDLE, "python", CODE).verdict is Verdict.ACCEPTED
    headers = judge0.requests[0].headers
    assert (headers["X-Auth-Token"], headers["X-RapidAPI-Key"]) == ("secret", "key")
    assert headers["X-RapidAPI-Host"] == "localhost"
    assert "X-Auth-User" not in headers


def test_a_judge0_that_does_not_judge_is_an_infrastructure_error(
    settings: Settings, httpserver: HTTPServer
) -> None:
    settings.JUDGE0_URL = httpserver.url_for("")
    httpserver.expect_request("/submissions/batch").respond_with_data("no", status=401)

    judgement = judge(BUNDLE, "python", CODE)

    assert judgement.verdict is Verdict.INFRASTRUCTURE_ERROR
    assert judgement.message == "Judge0 answered 401"


@pytest.mark.parametrize("engine", ["EVAL_SERVICE_URL", "JUDGE0_URL"])
def test_who_does_not_want_the_verdict_of_a_remote_engine_gets_none(
    settings: Settings, httpserver: HTTPServer, engine: str
) -> None:
    setattr(settings, engine, httpserver.url_for(""))

    assert judge(BUNDLE, "python", CODE, should_stop=lambda: True).verdict is Verdict.CANCELLED
    assert httpserver.log == []


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"EVAL_SERVICE_URL": "http://a", "JUDGE0_URL": "http://b"}, "both set"),
        ({"JUDGE0_LANGUAGES": "cobol=77"}, "must be like"),
    ],
)
def test_settings_that_contradict_themselves_are_refused(changes: dict[str, str], complaint: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", "import config.settings"],
        env={**os.environ, **changes},
        cwd=BASE_DIR,
        capture_output=True,
        text=True,
    )

    assert "ImproperlyConfigured" in done.stderr
    assert complaint in done.stderr


def test_a_machine_without_a_sandbox_is_an_infrastructure_error(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.EVAL_SERVICE_URL = ""
    monkeypatch.setenv("SANDBOX_PYTHON", "/nonexistent/python")

    judgement = judge(BUNDLE, "python", CODE)

    assert judgement.verdict is Verdict.INFRASTRUCTURE_ERROR
    assert "SANDBOX_PYTHON" in judgement.message


def test_check_sandbox_prints_every_layer(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("check_sandbox")

    printed = capsys.readouterr().out
    for layer in (
        "sandbox",
        "tier rootns",
        "tier ns",
        "tier bwrap",
        "tier landlock",
        "seccomp",
        "python",
        "javascript",
    ):
        assert f"  {layer}: " in printed


def test_check_sandbox_fails_without_the_minimum(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SANDBOX_PYTHON", "/nonexistent/python")

    with pytest.raises(CommandError, match="refused"):
        call_command("check_sandbox")

    assert "lost without it" in capsys.readouterr().out
