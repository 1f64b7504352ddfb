"""The calls of judging over HTTP (R073, R078, R088, K-11 to K-13)."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import orjson
import pytest
from django.utils import timezone
from pytest_django import Settings

from accounts.services import destroy_data_key
from common import openapi
from common.ids import uuid7
from evaluations import services
from evaluations.judge import Verdict
from evaluations.models import TaskEvaluation
from evaluations.schemas import MAX_CODE_BYTES
from studypaths.models import TaskEvent
from studypaths.projection import Row
from tests.callers import Caller
from tests.evaluations.scenes import (
    HALF_RIGHT,
    RIGHT,
    claimed,
    decided,
    events_of,
    judged,
    stored,
    submitted,
    task_in_progress,
    tasks_in_progress,
)
from tests.studypaths.builders import new_path, new_tasks

SOLUTION = {"language": "python", "code": RIGHT}


@pytest.fixture
def task(alice: UUID) -> Row:
    """A task that Alice is working on."""
    return task_in_progress(alice)


def submit_path(task: Row) -> str:
    return f"/v1/study-tasks/{task['id']}/submit"


def evaluate_path(task: Row) -> str:
    return f"/v1/study-tasks/{task['id']}/evaluate"


def refusal(response: Any) -> tuple[int, str]:
    assert response.headers["Content-Type"] == "application/problem+json"
    return response.status_code, response.json()["code"]


# Submitting


def test_a_submission_is_accepted_and_judged_later(learner: Caller, task: Row) -> None:
    response = learner.post(submit_path(task), SOLUTION)

    queued = response.json()
    assert (response.status_code, queued["status"], queued["verdict"]) == (202, "queued", None)
    assert response.headers["Location"] == f"/v1/evaluations/{queued['id']}"
    assert response.headers["Retry-After"] == "1"
    services.run_next(at=timezone.now())
    done = learner.get(response.headers["Location"]).json()
    assert (done["status"], done["verdict"], done["score"], done["code"]) == ("done", "accepted", 1.0, RIGHT)


def test_a_verdict_shows_visible_tests_whole_and_hidden_ones_by_category(learner: Caller, task: Row) -> None:
    location = learner.post(submit_path(task), {"language": "python", "code": HALF_RIGHT}).headers["Location"]
    services.run_next(at=timezone.now())

    cases = {case["id"]: case for case in learner.get(location).json()["cases"]}

    assert cases["visible-1"]["verdict"] == "accepted"
    assert cases["visible-2"]["verdict"] == "wrong_answer"
    shown = cases["visible-2"]["details"]
    assert (shown["input"], shown["expected"], shown["got"]) == ({"text": "abc"}, "ABC", "abc")
    assert (cases["hidden-1"]["category"], cases["hidden-1"]["details"]) == ("edge", None)


def test_one_key_is_one_submission(learner: Caller, task: Row) -> None:
    first = learner.post(submit_path(task), SOLUTION, idempotency_key="k")
    second = learner.post(submit_path(task), SOLUTION, idempotency_key="k")

    assert (second.status_code, second.content) == (first.status_code, first.content)
    assert second.headers["Location"] == first.headers["Location"]
    assert second.headers["Idempotency-Replayed"] == "true"
    assert TaskEvaluation.objects.count() == 1


def test_one_key_with_other_code_is_refused(learner: Caller, task: Row) -> None:
    learner.post(submit_path(task), SOLUTION, idempotency_key="k")

    response = learner.post(submit_path(task), {**SOLUTION, "code": HALF_RIGHT}, idempotency_key="k")

    assert refusal(response) == (422, "idempotency_key_reused")


def test_a_repeated_submission_gets_its_answer_while_the_problem_bank_is_away(
    learner: Caller, task: Row, settings: Settings
) -> None:
    first = learner.post(submit_path(task), SOLUTION, idempotency_key="k")
    settings.PROBLEM_BANK_URL = "http://127.0.0.1:1"

    again = learner.post(submit_path(task), SOLUTION, idempotency_key="k")
    other_key = learner.post(submit_path(task), SOLUTION, idempotency_key="l")
    other_code = learner.post(submit_path(task), {**SOLUTION, "code": HALF_RIGHT}, idempotency_key="k")

    assert (again.status_code, again.content) == (202, first.content)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert other_key.status_code == 503
    assert refusal(other_code) == (422, "idempotency_key_reused")


def test_an_answer_that_is_hard_to_tell_gets_its_verdict(learner: Caller, task: Row) -> None:
    """Numbers of more than 64 bits and values nested hundreds of levels deep are no JSON for many parsers."""
    code = (
        "def deep(n):\n    return [deep(n - 1)] if n else []\n\n"
        "def shout(text):\n    return 2 ** 64 if text == 'ab' else deep(300)\n"
    )
    location = learner.post(submit_path(task), {"language": "python", "code": code}).headers["Location"]

    services.run_next(at=timezone.now())

    done = learner.get(location).json()
    assert (done["status"], done["verdict"], done["attempt"]) == ("done", "wrong_answer", 1)
    assert done["cases"][0]["details"]["got"] == "18446744073709551616"


def test_a_submission_of_an_erased_learner_is_409(learner: Caller, task: Row) -> None:
    assert learner.learner_id is not None
    destroy_data_key(learner_id=learner.learner_id, at=timezone.now())

    assert refusal(learner.post(submit_path(task), SOLUTION)) == (409, "learner_erased")
    assert events_of(task, "submitted") == []


@pytest.mark.parametrize("address", [submit_path, evaluate_path])
def test_if_match_is_honoured(learner: Caller, task: Row, address: Callable[[Row], str]) -> None:
    decided(task, Verdict.WRONG_ANSWER)
    version = stored(task).version

    stale = learner.post(address(task), SOLUTION, if_match=f'"{version - 1}"')
    current = learner.post(address(task), SOLUTION, if_match=f'"{version}"')

    assert refusal(stale) == (412, "precondition_failed")
    assert stale.headers["ETag"] == f'"{version}"'
    assert current.status_code == 202
    assert TaskEvaluation.objects.filter(status="queued").count() == 1


def test_calls_that_ask_the_problem_bank_document_its_refusal() -> None:
    document, _ = openapi.document("application/json")

    paths = orjson.loads(document)["paths"]
    calls = [
        paths["/v1/study-paths"]["post"],
        paths["/v1/study-tasks/next"]["get"],
        paths["/v1/study-tasks/{task_id}/submit"]["post"],
    ]
    assert all("application/problem+json" in call["responses"]["502"]["content"] for call in calls)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"language": "python"},
        {"language": "python", "code": ""},
        {"language": "python", "code": 7},
        {"language": "python", "code": "a\x00b"},
        {"language": "cobol", "code": "x"},
        {"language": "python", "code": "x", "score": 1},
        {"language": "python", "code": "x" * (MAX_CODE_BYTES + 1)},
        {"language": "python", "code": "é" * (MAX_CODE_BYTES // 2 + 1)},
        [],
    ],
    ids=str,
)
def test_a_body_that_is_no_submission_is_refused(learner: Caller, task: Row, body: Any) -> None:
    response = learner.post(submit_path(task), body)

    assert response.status_code == 400
    assert events_of(task, "submitted") == []


def test_code_of_64_kib_is_taken(learner: Caller, task: Row) -> None:
    code = RIGHT + "#" * (MAX_CODE_BYTES - len(RIGHT))

    assert learner.post(submit_path(task), {**SOLUTION, "code": code}).status_code == 202


def test_a_language_that_cannot_be_judged_is_422(learner: Caller, alice: UUID) -> None:
    lesson = new_tasks(alice, new_path(alice)["id"], problem_id="a-lesson")[0]
    learner.post(f"/v1/study-tasks/{lesson['id']}/start")

    assert refusal(learner.post(submit_path(lesson), SOLUTION)) == (422, "language_unavailable")


def test_a_task_that_is_not_in_progress_is_409(learner: Caller, alice: UUID) -> None:
    scheduled = new_tasks(alice, new_path(alice)["id"], problem_id="shout")[0]

    assert refusal(learner.post(submit_path(scheduled), SOLUTION)) == (409, "task_not_in_progress")


def test_an_attempt_too_many_is_409(learner: Caller, task: Row) -> None:
    for _ in range(3):
        assert learner.post(submit_path(task), SOLUTION).status_code == 202

    assert refusal(learner.post(submit_path(task), SOLUTION)) == (409, "attempts_exhausted")


def test_a_full_queue_is_429_and_says_when_to_come_back(learner: Caller, alice: UUID) -> None:
    *ten, eleventh = tasks_in_progress(alice, 11)
    for each in ten:
        submitted(each)

    response = learner.post(submit_path(eleventh), SOLUTION)

    assert refusal(response) == (429, "evaluation_queue_full")
    assert int(response.headers["Retry-After"]) >= 1


# Who may


def test_a_refused_submission_leaves_no_trace(
    learner: Caller, stranger: Caller, mentor: Caller, service: Caller, task: Row
) -> None:
    assert refusal(stranger.post(submit_path(task), SOLUTION)) == (404, "not_found")
    assert refusal(mentor.post(submit_path(task), SOLUTION)) == (403, "forbidden")
    assert refusal(service.post(submit_path(task), SOLUTION)) == (403, "forbidden")

    assert not TaskEvent.objects.filter(event_type="submitted").exists()


def test_who_may_look_at_a_verdict(
    learner: Caller, stranger: Caller, mentor: Caller, service: Caller, task: Row
) -> None:
    done = decided(task, Verdict.WRONG_ANSWER)
    paths = (f"/v1/evaluations/{done.id}", f"/v1/study-tasks/{task['id']}/evaluations")

    for path in paths:
        assert [caller.get(path).status_code for caller in (learner, mentor, service)] == [200, 200, 200]
        assert refusal(stranger.get(path)) == (404, "not_found")


def test_an_unknown_evaluation_is_404(learner: Caller) -> None:
    assert refusal(learner.get(f"/v1/evaluations/{uuid7()}")) == (404, "not_found")


def test_an_unknown_parameter_is_400(learner: Caller, task: Row) -> None:
    done = decided(task, Verdict.WRONG_ANSWER)

    for path in (f"/v1/evaluations/{done.id}", f"/v1/study-tasks/{task['id']}/evaluations"):
        assert learner.get(path, {"verbose": "1"}).status_code == 400
    for path in (submit_path(task), evaluate_path(task)):
        assert learner.post(f"{path}?verbose=1", SOLUTION).status_code == 400


# Evaluating again, and the list


@pytest.mark.parametrize("role", ["learner", "service"])
def test_a_learner_or_a_service_may_ask_again(
    request: pytest.FixtureRequest, learner: Caller, task: Row, role: str
) -> None:
    first = decided(task, Verdict.ACCEPTED)
    caller: Caller = request.getfixturevalue(role)

    response = caller.post(evaluate_path(task))

    assert (response.status_code, response.json()["cause"]) == (202, "repeat")
    assert response.json()["submission_id"] == str(first.submission_id)
    services.finish(claimed(timezone.now()), judged(Verdict.WRONG_ANSWER), at=timezone.now())
    assert (stored(task).attempts, stored(task).score) == (1, 1.0)


def test_asking_again_before_submitting_is_409(learner: Caller, task: Row) -> None:
    assert refusal(learner.post(evaluate_path(task))) == (409, "nothing_submitted")


def test_a_mentor_may_not_ask_again(mentor: Caller, task: Row) -> None:
    decided(task, Verdict.WRONG_ANSWER)

    assert refusal(mentor.post(evaluate_path(task)))[0] == 403


def test_the_attempts_of_a_task_are_listed_oldest_first_in_pages(learner: Caller, task: Row) -> None:
    expected = [str(decided(task, Verdict.WRONG_ANSWER, passed).id) for passed in (0, 1, 2)]
    path = f"/v1/study-tasks/{task['id']}/evaluations"

    first = learner.get(path, {"limit": 2}).json()
    second = learner.get(first["next"].replace("http://testserver", "")).json()

    assert [each["id"] for each in first["results"] + second["results"]] == expected
    assert [each["attempt"] for each in first["results"]] == [1, 2]
    assert second["next"] is None
    assert not {"code", "cases"} & first["results"][0].keys()
