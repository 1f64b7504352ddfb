"""What must never be seen: hidden tests by anybody, submitted code in clear anywhere but in its owner's answers."""

from collections.abc import Iterator
from uuid import UUID

import orjson
import pytest
from django.contrib import admin
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.sealing import unseal
from evaluations import services
from evaluations.models import TaskEvaluation
from studypaths.projection import Row
from tests.callers import Caller
from tests.evaluations.scenes import HIDDEN_EXPECTED, HIDDEN_INPUT, task_in_progress

CODE_MARKER = "code-marker-51d2"
CATALOGUE = {"problem_versions"}  # where the hidden tests live

# Code that carries what it is given out by every way there is: output, exceptions, answers, error text.
THIEVES = {
    "prints and raises": "def shout(text):\n    print(text)\n    raise ValueError(text)\n",
    "passes what is visible, then raises": "def shout(text):\n    print(text)\n    if len(text) > 3:\n"
    "        raise ValueError(text, text.upper())\n    return text.upper()\n",
    "answers the question": "def shout(text):\n    return {'stolen': [text, text.upper()]}\n",
    "dies with a message": "import sys\ndef shout(text):\n    sys.stderr.write(text)\n    sys.exit(text)\n",
    "hoards": "seen = []\ndef shout(text):\n    seen.append(text)\n    return str(seen)\n",
    "javascript": "function shout(text) { console.log(text); throw new Error(text + text.toUpperCase()); }",
}
LEAKS = {
    "syntax": f"def shout(text: # {CODE_MARKER}\n",
    "traceback": f"def shout(text):\n    raise ValueError('{CODE_MARKER}')  # {CODE_MARKER}\n",
    "answer": f"def shout(text):\n    print('{CODE_MARKER}')\n    return '{CODE_MARKER}'\n",
}


@pytest.fixture
def task(alice: UUID) -> Row:
    """A task that Alice is working on, with attempts to spare."""
    return task_in_progress(alice, max_attempts=20)


def submit_and_judge(learner: Caller, task: Row, language: str, code: str) -> str:
    """Submit over HTTP, with a key so that the answer is kept; the body of every answer on the way."""
    queued = learner.post(
        f"/v1/study-tasks/{task['id']}/submit",
        {"language": language, "code": code},
        idempotency_key="the one try",
    )
    assert queued.status_code == 202, queued.content
    assert services.run_next(at=timezone.now())
    return str(queued.content.decode())


def what_is_shown(callers: list[Caller], task: Row) -> str:
    """Everything that these callers can read about the task."""
    paths = [
        f"/v1/study-tasks/{task['id']}",
        f"/v1/study-tasks/{task['id']}/events",
        f"/v1/study-tasks/{task['id']}/evaluations",
        "/v1/users/alice/tasks",
        f"/v1/study-paths/{task['path_id']}",
        "/v1/problems/shout",
        *(f"/v1/evaluations/{each.id}" for each in TaskEvaluation.objects.all()),
    ]
    answers = [caller.get(path) for caller in callers for path in paths]
    assert {answer.status_code for answer in answers} == {200}
    own = [callers[0].get(path) for path in ("/v1/study-tasks/next", "/v1/study-paths/current")]
    return "\n".join(answer.content.decode() for answer in [*answers, *own])


def stored_rows(*, but: set[str]) -> Iterator[tuple[str, str]]:
    """Every row of every table of the schema, as text; binary columns are in hexadecimal there."""
    for table in sorted(set(connection.introspection.table_names()) - but):
        with connection.cursor() as cursor:
            cursor.execute(f'SELECT t::text FROM "{table}" t')
            for (row,) in cursor.fetchall():
                yield table, row


def tables_with(marker: str, *, but: set[str]) -> set[str]:
    """The tables that hold the marker, as text or as bytes."""
    forms = (marker, marker.encode().hex())
    return {table for table, row in stored_rows(but=but) if any(form in row for form in forms)}


def unsealed_bodies(alice: UUID) -> str:
    """What the sealed reports say to those who may open them."""
    reports = [bytes(each.report) for each in TaskEvaluation.objects.exclude(report=None) if each.report]
    return "\n".join(unseal(alice, report, purpose="report").decode() for report in reports)


@pytest.mark.parametrize("thief", THIEVES, ids=str)
def test_hidden_tests_leave_by_no_door(
    learner: Caller,
    mentor: Caller,
    service: Caller,
    alice: UUID,
    task: Row,
    thief: str,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """008: of hidden tests only the category is shown, whatever the submitted code does with its input."""
    caplog.set_level("DEBUG")
    language = "javascript" if thief == "javascript" else "python"

    answer = submit_and_judge(learner, task, language, THIEVES[thief])

    shown = what_is_shown([learner, mentor, service], task)
    places = {
        "answers": answer + shown,
        "sealed reports": unsealed_bodies(alice),
        "logs": caplog.text + "".join(capfd.readouterr()),
    }
    for marker in (HIDDEN_INPUT, HIDDEN_EXPECTED):
        assert [place for place, text in places.items() if marker in text] == []
        assert tables_with(marker, but=CATALOGUE) == set()
        assert tables_with(marker, but=set()) == CATALOGUE, "the search itself must work"


@pytest.mark.parametrize("leak", LEAKS, ids=str)
def test_submitted_code_is_stored_and_logged_nowhere_in_clear(
    learner: Caller,
    alice: UUID,
    task: Row,
    leak: str,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """Design section 4: code, and what it printed, returned and raised, are sealed with the learner's key."""
    caplog.set_level("DEBUG")

    answer = submit_and_judge(learner, task, "python", LEAKS[leak])

    assert CODE_MARKER not in answer
    assert CODE_MARKER not in caplog.text + "".join(capfd.readouterr())
    assert tables_with(CODE_MARKER, but=set()) == set()
    shown = learner.get(f"/v1/evaluations/{orjson.loads(answer)['id']}").json()
    assert shown["code"] == LEAKS[leak], "its owner can read it"


def test_no_page_of_the_admin_shows_submitted_code(learner: Caller, staff: Caller, task: Row) -> None:
    submit_and_judge(learner, task, "python", LEAKS["answer"])
    assert staff.user is not None
    browser = Client()
    browser.force_login(staff.user)

    looked = 0
    for model in admin.site._registry:
        names = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        pages = [reverse(f"{names}_changelist")]
        pages += [reverse(f"{names}_change", args=[row.pk]) for row in model._default_manager.all()[:5]]
        for page in pages:
            answer = browser.get(page)
            assert answer.status_code == 200, page
            assert CODE_MARKER not in answer.content.decode(), page
            looked += 1
    assert looked > 10
