"""Acts over HTTP beside the statements that they consist of: one transition, one batch of 50 tasks."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from statistics import median, quantiles
from uuid import uuid4

import orjson
from django.db import transaction

from benchmarks.installation import Installation
from benchmarks.load import request_bytes
from benchmarks.people import SERVICE, Person, new_person, new_task_ids, token_of
from benchmarks.processes import RAW_PROCESSES
from benchmarks.processor import CpuSeconds, cpu_seconds
from benchmarks.raw import Act, recorded
from benchmarks.results import Result, interleaved
from benchmarks.scales import Scale

BATCH = 50
WARM_UP_REQUESTS = 40


@dataclass(frozen=True, slots=True)
class Call:
    """A request of the API."""

    caller: Person
    path: str
    body: bytes
    status: int

    def as_bytes(self) -> bytes:
        headers = {**self.caller.headers, "Idempotency-Key": str(uuid4())}
        return request_bytes("POST", self.path, headers, self.body)

    def act(self, acts: list[Act]) -> None:
        """Append the statements that our code executes for it. They take effect: the caller rolls back."""
        client = self.caller.client()
        with recorded(acts):
            answer = client.post(
                self.path,
                self.body,
                content_type="application/json",
                headers={"Idempotency-Key": str(uuid4())},
            )
        if answer.status_code != self.status:
            raise RuntimeError(f"{self.path}: {answer.status_code} {answer.content!r}")


# For one learner, that many calls.
CallMaker = Callable[[Person, int], list[Call]]


def _starts(person: Person, count: int) -> list[Call]:
    ids = [
        task_id for part in range(0, count, 500) for task_id in new_task_ids(person, min(500, count - part))
    ]
    return [Call(person, f"/v1/study-tasks/{task_id}/start", b"", 200) for task_id in ids]


def _batches(person: Person, count: int) -> list[Call]:
    service = Person(token_of(SERVICE, "service"), person.learner_id, person.path_id)
    task = {
        "problem_id": "calm-spells",
        "problem_version": 1,
        "module": "arrays-strings",
        "topic_tags": ["string-scan"],
        "difficulty": 2,
        "scheduled_at": "2026-03-02T12:00:00Z",
        "expires_at": "2090-01-01T00:00:00Z",
        "metadata": {"source": "weekly-plan"},
    }
    body = orjson.dumps({"path_id": str(person.path_id), "tasks": [task] * BATCH})
    return [Call(service, "/v1/study-tasks/batch", body, 201)] * count


def transition(installation: Installation, scale: Scale) -> Iterator[Result]:
    """POST /v1/study-tasks/{id}/start with an Idempotency-Key."""
    yield _measured("transition", 0.35, _starts, scale.transitions, installation, scale)


def batch(installation: Installation, scale: Scale) -> Iterator[Result]:
    """POST /v1/study-tasks/batch with 50 tasks."""
    yield _measured(f"batch of {BATCH} tasks", 0.5, _batches, scale.batches, installation, scale)


def _measured(
    name: str, goal: float, make: CallMaker, acts: int, installation: Installation, scale: Scale
) -> Result:
    crew = installation.crew
    mark = uuid4().hex[:6]
    ours = [new_person(f"{mark}-ours-{number}") for number in range(scale.clients)]
    theirs = [new_person(f"{mark}-raw-{number}") for number in range(scale.clients)]
    each = acts // scale.clients
    latencies: list[float] = []
    cpu: dict[str, CpuSeconds] = {}

    def measure_ours(_: int) -> float:
        calls = [make(person, each) for person in ours]
        requests = [[call.as_bytes() for call in part] for part in calls]
        before = cpu_seconds(installation.postmaster)
        rate, seen = crew.requests_per_second(requests, status=calls[0][0].status)
        cpu["ours"] = cpu_seconds(installation.postmaster).since(before)
        latencies.extend(seen)
        return rate

    def measure_raw(_: int) -> float:
        shares: list[list[Act]] = [[] for _ in range(RAW_PROCESSES)]
        for number, person in enumerate(theirs):
            shares[number % RAW_PROCESSES].extend(_recorded_and_undone(make(person, each)))
        before = cpu_seconds(installation.postmaster)
        rate = crew.acts_per_second(shares)
        cpu["raw"] = cpu_seconds(installation.postmaster).since(before)
        return rate

    _warm_up(make, ours, installation)
    figures = interleaved(scale.rounds, measure_ours, measure_raw)
    by_cpu = cpu["raw"].total / cpu["ours"].total
    statements = len(_recorded_and_undone(make(theirs[0], 1))[0])
    notes = {
        "CPU of ours": cpu["ours"].per(each * scale.clients),
        "CPU of raw": f"{cpu['raw'].per(each * scale.clients)}, {by_cpu:.2f} of ours",
        "statements": f"{statements} and COMMIT in a transaction",
        "latency of ours": f"median {median(latencies) * 1000:.1f} ms, p95"
        f" {quantiles(latencies, n=20)[-1] * 1000:.1f} ms with {scale.clients} clients",
    }
    result = Result(
        name, "/s", *figures, goal=goal, score_unit="of raw (the lower of rate and CPU)", notes=notes
    )
    result.score = min(result.ratio, by_cpu)
    return result


def _warm_up(make: CallMaker, people: list[Person], installation: Installation) -> None:
    """Let every thread of the server have its connection, and every process its caches."""
    calls = [make(person, WARM_UP_REQUESTS) for person in people]
    requests = [[call.as_bytes() for call in part] for part in calls]
    installation.crew.requests_per_second(requests, status=calls[0][0].status)


def _recorded_and_undone(calls: list[Call]) -> list[Act]:
    """The statements of the calls, each continuing the one before; nothing of it stays."""
    acts: list[Act] = []
    with transaction.atomic():
        for call in calls:
            call.act(acts)
        transaction.set_rollback(True)
    return acts
