"""The real stack for tests: its own servers and data directory, and processes of the Procfile that can be killed."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg2
import redis
import requests
from celery import Celery
from kombu import Connection
from requests.adapters import HTTPAdapter

from config.embedded import addresses
from config.embedded.processes import die_with_parent
from config.stack import ROOT, Stack

PATIENCE_SECONDS = 60.0
LONGEST_TASK_SECONDS = 30.0
TIMEOUT_SECONDS = 45
STOP_SECONDS = 20
MOST_AT_ONCE = 64  # requests of one person
# A lease short enough to wait for, and no limits: the tests are about other things.
SETTINGS = {
    "EVALUATION_LEASE_SECONDS": "3",
    "EVALUATION_WORKERS": "2",
    "WEB_WORKERS": "2",
    "REQUESTS_PER_MINUTE": "0",
    "SUBMITS_PER_MINUTE": "0",
    "PATHS_PER_MINUTE": "0",
}
ROLES = ("learner", "mentor", "service", "staff")
TOKENS_AT_A_TIME = 40
TOKENS = """
import json
from datetime import timedelta
from django.utils import timezone
from accounts import issuer
print(json.dumps([
    issuer.issue_token(subject=subject, role=role, at=timezone.now(), lifetime=timedelta(hours=2))
    for subject, role in {people!r}
]))
"""

WHOLE_RECORD = """
from django.core.management import call_command
call_command("verify_history", "--all")
call_command("rebuild_tasks", "--check")
"""


def until(condition: Callable[[], Any], what: str, *, seconds: float = PATIENCE_SECONDS) -> Any:
    """What `condition` returns once it is true; fails when that takes too long."""
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline, f"waited in vain for {what}"
        time.sleep(0.05)
    return found


class Person:
    """Somebody with a token, over real HTTP."""

    def __init__(self, base_url: str, name: str, token: str) -> None:
        self.base_url = base_url
        self.name = name
        self.session = requests.Session()
        self.session.mount("http://", HTTPAdapter(pool_maxsize=MOST_AT_ONCE))
        self.session.headers["Authorization"] = f"Bearer {token}"

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> requests.Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.session.request(
            method, self.base_url + path, json=body, headers=named, timeout=TIMEOUT_SECONDS
        )

    def get(self, path: str) -> Any:
        """The JSON at `path`; it must be there."""
        response = self.call("GET", path)
        assert response.status_code == 200, response.text
        return response.json()

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        """The JSON of a successful answer."""
        response = self.call("POST", path, body, **headers)
        assert response.ok, response.text
        return response.json()

    def events(self, task_id: str) -> list[dict[str, Any]]:
        """The whole timeline of a task."""
        page = self.get(f"/v1/study-tasks/{task_id}/events?limit=200")
        assert page["next"] is None
        found: list[dict[str, Any]] = page["results"]
        return found

    def evaluation(self, evaluation_id: str) -> dict[str, Any]:
        found: dict[str, Any] = self.get(f"/v1/evaluations/{evaluation_id}")
        return found

    def verdict(self, evaluation_id: str) -> dict[str, Any]:
        """The evaluation once it is done."""
        found: dict[str, Any] = until(
            lambda: (shown := self.evaluation(evaluation_id))["status"] == "done" and shown,
            f"the verdict of {evaluation_id}",
        )
        return found

    def started_task(self, **config: Any) -> dict[str, Any]:
        """The first task of a new path, started."""
        self.post("/v1/study-paths", {"track_id": "coding-interview-meta", "config": config})
        task: dict[str, Any] = self.post("/v1/study-tasks/next/start")
        return task


class RunningStack:
    """Web server and workers as processes of their own, each of which can be stopped, killed and started."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.base_url = stack.base_url
        self.addresses = addresses(stack.data_dir)
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self._tokens: dict[str, list[tuple[str, str]]] = {role: [] for role in ROLES}
        lines = (ROOT / "Procfile").read_text().splitlines()
        self.commands = dict(line.split(": ", 1) for line in lines if line)

    def start(self, name: str, **environment: str) -> None:
        """Start a process of the Procfile in a group of its own, with these variables besides the stack's."""
        self.processes[name] = subprocess.Popen(
            ["/bin/sh", "-c", self.commands[name]],
            cwd=ROOT,
            env=self.stack.environment | environment,
            stdin=subprocess.DEVNULL,
            stdout=self.stack.output,
            stderr=self.stack.output,
            start_new_session=True,
            preexec_fn=die_with_parent(signal.SIGTERM),
        )

    def signal(self, name: str, number: signal.Signals) -> None:
        """Send a signal to a process and all its children."""
        os.killpg(self.processes[name].pid, number)

    def kill(self, name: str) -> None:
        """SIGKILL: no chance to tidy up."""
        self.signal(name, signal.SIGKILL)
        self.processes.pop(name).wait()

    def stop(self, name: str) -> None:
        """End a process as an operator does: what it is at is finished first."""
        self.processes[name].terminate()
        self._wait_for_the_end(name)

    def stop_all(self) -> None:
        for process in self.processes.values():
            process.terminate()
        for name in list(self.processes):
            self._wait_for_the_end(name)

    def _wait_for_the_end(self, name: str) -> None:
        try:
            self.processes[name].wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill(name)
        else:
            self.processes.pop(name)

    def until_ready(self) -> None:
        def ready() -> bool:
            assert all(process.poll() is None for process in self.processes.values()), "a process ended"
            try:
                return requests.get(f"{self.base_url}/health/ready", timeout=5).ok
            except requests.RequestException:
                return False

        until(ready, "the stack to be ready")

    def learner(self) -> Person:
        """A learner whom the system has not seen yet."""
        return self.person("learner")

    def person(self, role: str) -> Person:
        """Somebody new: learner, mentor, staff or service. Tokens are issued many at a time: a process each is slow."""
        if not self._tokens[role]:
            numbers = range(TOKENS_AT_A_TIME)
            wanted = [(f"{role}-{number}", role) for role in ROLES for number in numbers]
            issued = json.loads(
                self.stack.manage("shell", "--no-imports", "-c", TOKENS.format(people=wanted))
            )
            for (name, each), token in zip(wanted, issued, strict=True):
                self._tokens[each].append((name, token))
        return Person(self.base_url, *self._tokens[role].pop())

    def restart(self, server: str) -> None:
        """Restart `postgres` or `redis` under whoever uses it."""
        command = [sys.executable, "-m", "config.embedded", f"restart-{server}"]
        done = subprocess.run(
            command, cwd=ROOT, env=self.stack.environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"

    def sweep(self) -> None:
        """What beat does every few seconds: ask the general worker, through the broker, to run the sweeper."""
        task = "evaluations.tasks.requeue_abandoned_evaluations"
        # A connection, because CELERY_BROKER_URL in the environment would win over an address.
        with Celery() as sender, Connection(self.addresses["CELERY_BROKER_URL"]) as broker:
            sender.send_task(task, queue="default", connection=broker)

    def messages(self, queue: str) -> int:
        """How many messages of a queue wait, and how many of any queue are with a worker (Kombu's keys in Redis).

        What a worker was given longer ago than any task of these tests takes went down with a worker that was killed.
        """
        with redis.Redis.from_url(self.addresses["CELERY_BROKER_URL"]) as broker:
            with_workers = broker.zcount("unacked_index", time.time() - LONGEST_TASK_SECONDS, "+inf")
            return int(broker.llen(queue)) + int(with_workers)

    def assert_whole_record(self) -> None:
        """Every chain verifies and every row is what the log says; the commands fail otherwise."""
        self.stack.manage("shell", "--no-imports", "-c", WHOLE_RECORD)

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """The answer of the stack's database."""
        database = psycopg2.connect(self.addresses["DATABASE_URL"])
        try:
            with database, database.cursor() as cursor:
                cursor.execute(query, values)
                return list(cursor.fetchall())
        finally:
            database.close()


@contextmanager
def running_stack(data_dir: Path, port: int) -> Iterator[RunningStack]:
    """The stack without beat, prepared, answering and with an own database; gone afterwards."""
    with (data_dir / "stack.log").open("w") as output:
        stack = Stack(data_dir, port=port, output=output)
        stack.environment |= SETTINGS
        with stack.prepared(_quietly):
            running = RunningStack(stack)
            try:
                for name in ("web", "worker", "evaluator"):
                    running.start(name)
                running.until_ready()
                yield running
            finally:
                running.stop_all()


@contextmanager
def _quietly(_title: str) -> Iterator[None]:
    yield


def solution_of(task: dict[str, Any]) -> str:
    """The reference solution in Python that the project ships for a task's problem."""
    place = f"catalog/problem_set/{task['module']}/{task['problem_id']}/solution.py"
    return (ROOT / place).read_text()
