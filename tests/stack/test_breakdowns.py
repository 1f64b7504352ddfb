"""What breaks under a running stack: workers, Redis, PostgreSQL. Nothing acknowledged may be lost or done twice."""

import signal
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import pytest
import requests

from tests.stack.harness import PATIENCE_SECONDS, Person, RunningStack, solution_of, until

pytestmark = pytest.mark.stack

ENDLESS = "def {name}(*arguments):\n    while True:\n        pass\n"


def endless_solution(person: Person) -> str:
    """Code for the task in progress that burns its whole time limit."""
    entry = person.get("/v1/study-tasks/next")["problem"]["entry_points"]["python"]
    return ENDLESS.format(name=entry)


def event_types(person: Person, task: dict[str, Any]) -> Counter[str]:
    return Counter(event["event_type"] for event in person.events(task["id"]))


def test_a_worker_killed_in_the_middle_of_a_run_leaves_exactly_one_verdict(stack: RunningStack) -> None:
    """SIGKILL to the evaluator and all its children: the sweeper gives the evaluation to the next one."""
    carol = stack.learner()
    task = carol.started_task()
    body = {"language": "python", "code": endless_solution(carol)}
    queued = carol.post(f"/v1/study-tasks/{task['id']}/submit", body)
    until(lambda: carol.evaluation(queued["id"])["status"] == "running", "the evaluation to run")

    stack.kill("evaluator")
    assert carol.evaluation(queued["id"])["status"] == "running", "killed before it could say anything"
    stack.start("evaluator")
    lease_ended = "SELECT lease_expires_at < now() FROM task_evaluations WHERE id = %s"
    until(lambda: stack.rows(lease_ended, queued["id"]) == [(True,)], "the lease to run out")
    stack.sweep()

    assert carol.verdict(queued["id"])["verdict"] == "time_limit"
    assert event_types(carol, task)["evaluated"] == 1
    assert carol.get(f"/v1/study-tasks/{task['id']}")["attempts"] == 1
    assert stack.rows("SELECT deliveries FROM task_evaluations WHERE id = %s", queued["id"]) == [(2,)]
    stack.assert_whole_record()


def test_redis_restarted_between_submit_and_evaluation_loses_nothing(stack: RunningStack) -> None:
    """The broker holds wake-ups only: what was submitted before, during and after is judged, once each."""
    learners = [stack.learner() for _ in range(4)]
    tasks = [learner.started_task() for learner in learners]
    queued: dict[int, dict[str, Any]] = {}

    def submit(number: int) -> None:
        body = {"language": "python", "code": solution_of(tasks[number])}
        queued[number] = learners[number].post(f"/v1/study-tasks/{tasks[number]['id']}/submit", body)

    stack.signal("evaluator", signal.SIGSTOP)
    try:
        submit(0)
        with ThreadPoolExecutor(1) as aside:
            restarted = aside.submit(stack.restart, "redis")
            submit(1)
            submit(2)
            restarted.result()
    finally:
        stack.signal("evaluator", signal.SIGCONT)
    submit(3)
    stack.sweep()

    for number, learner in enumerate(learners):
        assert learner.verdict(queued[number]["id"])["verdict"] == "accepted"
        assert event_types(learner, tasks[number])["evaluated"] == 1
    stack.assert_whole_record()


@dataclass
class Client:
    """A learner's device that never gives up: it repeats a request with its Idempotency-Key until it is answered."""

    person: Person
    statuses: Counter[int] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    acts: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def act(self, kind: str, path: str, body: Any = None) -> dict[str, Any] | None:
        """Do something; what was acknowledged is noted. None when it was refused."""
        key, deadline = str(uuid4()), time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            answer = self.person.call("POST", path, body, Idempotency_Key=key)
            self.statuses[answer.status_code] += 1
            if answer.status_code == 503:
                self._check_outage(answer)
                time.sleep(0.05)
            elif answer.ok:
                found: dict[str, Any] = answer.json()
                self.acts.append((kind, found))
                return found
            else:
                self.faults.append(f"{kind}: {answer.status_code} {answer.text}")
                return None
        raise AssertionError(f"{kind} was not answered in time: {self.statuses}")

    def _check_outage(self, answer: requests.Response) -> None:
        whole = answer.headers.get("Content-Type") == "application/problem+json"
        if not whole or not answer.headers.get("Retry-After", "").isdigit():
            self.faults.append(f"503 without its form: {answer.headers} {answer.text}")

    def work(self, goes_on: Callable[[], bool]) -> None:
        """Paths, starts, submissions and skips, one after the other; every one of them is legal."""
        while goes_on():
            created = self.act("path", "/v1/study-paths", {"track_id": "coding-interview-meta"})
            for task in (created or {"tasks": []})["tasks"]:
                place = f"/v1/study-tasks/{task['id']}"
                self.act("start", f"{place}/start")
                self.act("submit", f"{place}/submit", {"language": "python", "code": "x = 1"})
                self.act("skip", f"{place}/skip", {"reason": "on to the next one"})
                if not goes_on():
                    return

    def acknowledged(self, kind: str) -> list[dict[str, Any]]:
        return [found for each, found in self.acts if each == kind]


def test_postgres_restarted_under_load_answers_503_and_loses_nothing(stack: RunningStack) -> None:
    """Every answer is a success or a proper 503; what was acknowledged happened once, however often it was asked."""
    clients = [Client(stack.learner()) for _ in range(6)]
    stop = threading.Event()

    with ThreadPoolExecutor(len(clients)) as threads:
        running = [threads.submit(client.work, lambda: not stop.is_set()) for client in clients]
        try:
            for _ in range(2):
                until_more_acts(clients)
                stack.restart("postgres")
            until_more_acts(clients)
        finally:
            stop.set()
        for each in running:
            each.result()

    assert [
        fault for client in clients for fault in client.faults if "evaluation_queue_full" not in fault
    ] == []
    assert sum((client.statuses for client in clients), Counter())[503] > 0, "the outage must be felt"
    until(lambda: swept_to_the_end(stack), "every submission to be judged")
    for client in clients:
        check_acknowledged(stack, client)
    stack.assert_whole_record()


def until_more_acts(clients: list[Client], more: int = 30) -> None:
    """Wait until the clients have done that much more."""
    before = sum(len(client.acts) for client in clients)
    until(lambda: sum(len(client.acts) for client in clients) >= before + more, "the load")


def swept_to_the_end(stack: RunningStack) -> bool:
    """Whether nothing is waiting or running any more; asks the sweeper if there is."""
    if stack.rows("SELECT 1 FROM task_evaluations WHERE status <> 'done' LIMIT 1") == []:
        return True
    stack.sweep()
    return False


def check_acknowledged(stack: RunningStack, client: Client) -> None:
    """Each acknowledged act is in the log exactly once."""
    log = stack.rows(
        "SELECT event_type, coalesce(payload->>'evaluation_id', task_id::text, path_id::text), payload->>'to'"
        " FROM task_events JOIN learners ON learners.id = learner_id WHERE user_id = %s",
        client.acknowledged("path")[0]["path"]["user_id"],
    )
    happened = Counter(log)
    wanted: dict[str, Callable[[dict[str, Any]], tuple[str, str, str | None]]] = {
        "path": lambda found: ("path_created", found["path"]["id"], None),
        "start": lambda found: ("started", found["id"], None),
        "submit": lambda found: ("submitted", found["id"], None),
        "skip": lambda found: ("status_changed", found["id"], "skipped"),
    }
    for kind, place in wanted.items():
        assert Counter(happened[place(found)] for found in client.acknowledged(kind)).keys() == {1}, kind
    for found in client.acknowledged("submit"):
        assert happened["evaluated", found["id"], None] == 1
