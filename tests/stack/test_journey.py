"""A learner's way through the running stack: real HTTP, real workers, real execution of code."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.stack.harness import RunningStack, solution_of

pytestmark = pytest.mark.stack


def test_a_learner_comes_from_nothing_to_a_judged_solution(stack: RunningStack) -> None:
    """K-12, R068 to R089: path, start, a wrong try, the right one, and the timeline of it."""
    alice = stack.learner()
    created = alice.post("/v1/study-paths", {"track_id": "coding-interview-meta"})
    assert 5 <= len(created["tasks"]) <= 10

    task = alice.post("/v1/study-tasks/next/start")
    entry = alice.get("/v1/study-tasks/next")["problem"]["entry_points"]["python"]
    submit = f"/v1/study-tasks/{task['id']}/submit"
    wrong = f"def {entry}(*arguments):\n    return None\n"
    first = alice.post(submit, {"language": "python", "code": wrong}, Prefer="wait=30")
    second = alice.post(submit, {"language": "python", "code": solution_of(task)}, Prefer="wait=30")

    assert (first["verdict"], second["verdict"]) == ("wrong_answer", "accepted")
    done = alice.get(f"/v1/study-tasks/{task['id']}")
    assert (done["status"], done["passed"], done["score"], done["attempts"]) == ("completed", True, 1.0, 2)
    assert [event["event_type"] for event in alice.events(task["id"])] == [
        "created", "started", "submitted", "evaluated", "submitted", "evaluated", "status_changed",
        "review_scheduled",
    ]  # fmt: skip
    assert alice.get("/v1/study-paths/current")["progress"]["completed"] == 1
    stack.assert_whole_record()


def test_fifty_duplicates_of_one_submit_are_one_evaluation(stack: RunningStack) -> None:
    bob = stack.learner()
    task = bob.started_task()
    body = {"language": "python", "code": solution_of(task)}
    submit = f"/v1/study-tasks/{task['id']}/submit"

    def send(_: int) -> tuple[int, str | None, bytes]:
        answer = bob.call("POST", submit, body, Idempotency_Key="the one submission")
        return answer.status_code, answer.headers.get("Location"), answer.content

    with ThreadPoolExecutor(50) as senders:
        answers = set(senders.map(send, range(50)))

    [(status, location, _)] = answers
    assert status == 202
    [evaluation] = bob.get(f"/v1/study-tasks/{task['id']}/evaluations")["results"]
    assert location == f"/v1/evaluations/{evaluation['id']}"
    assert bob.verdict(evaluation["id"])["verdict"] == "accepted"
    types = [event["event_type"] for event in bob.events(task["id"])]
    assert (types.count("submitted"), types.count("evaluated")) == (1, 1)
