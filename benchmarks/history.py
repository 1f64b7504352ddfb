"""A page of 50 out of a long history, and its 304, beside the same query alone and beside a bare WSGI function."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

import requests

from benchmarks.installation import Installation
from benchmarks.load import request_bytes
from benchmarks.people import Person, token_of
from benchmarks.processes import RAW_PROCESSES
from benchmarks.raw import Act, recorded
from benchmarks.record import LOG_NAME, big_log
from benchmarks.results import Result
from benchmarks.scales import Scale

ROOT = Path(__file__).resolve().parents[1]
PAGE = "/v1/study-tasks?limit=50"
READY_SECONDS = 30
WARM_UP_SHARE = 8


def history(installation: Installation, scale: Scale) -> Iterator[Result]:
    """GET /v1/study-tasks?limit=50 by eight learners, first without and then with a matching If-None-Match."""
    ids, _ = big_log(scale)
    people = [Person(token_of(f"{LOG_NAME}-{n}"), ids[n], ids[n]) for n in range(scale.clients)]
    each = scale.pages // scale.clients
    acts = [_recorded(person) for person in people[:RAW_PROCESSES]]
    crew = installation.crew
    pages = [[_request(person)] * each for person in people]
    repeats = [[_request(person, etag=_etag(installation, person))] * each for person in people]
    ours, raw, unchanged, bare = [], [], [], []
    with _bare_server(installation, acts[0]) as bare_port:
        crew.requests_per_second([part[: each // WARM_UP_SHARE] for part in pages], status=200)
        crew.requests_per_second(
            [part[: each // WARM_UP_SHARE] for part in pages], status=200, port=bare_port
        )
        for _ in range(scale.rounds):
            ours.append(crew.requests_per_second(pages, status=200)[0])
            raw.append(crew.reads_per_second(acts, scale.pages // RAW_PROCESSES))
            unchanged.append(crew.requests_per_second(repeats, status=304)[0])
            bare.append(crew.requests_per_second(pages, status=200, port=bare_port)[0])
    through_wsgi = f"{median(a / b for a, b in zip(ours, bare, strict=True)):.2f} of the bare WSGI function"
    tasks = f"{scale.learners * scale.tasks_per_learner:,} tasks"
    yield Result(
        "history page of 50", "/s", ours, raw, goal=0.25, notes={"out of": tasks, "also": through_wsgi}
    )
    yield Result(
        "the same, 304", "/s", unchanged, bare, goal=0.5, notes={"raw": "bare WSGI function with the page"}
    )


def _recorded(person: Person) -> Act:
    """The statements of the page itself: the chain head's version is ours alone, the raw side needs none."""
    acts: list[Act] = []
    person.client().get(PAGE)
    with recorded(acts):
        answer = person.client().get(PAGE)
    if answer.status_code != 200:
        raise RuntimeError(answer.content)
    return acts[0][-1:]


def _etag(installation: Installation, person: Person) -> str:
    answer = requests.get(f"http://127.0.0.1:{installation.port}{PAGE}", headers=person.headers, timeout=30)
    answer.raise_for_status()
    return answer.headers["ETag"]


def _request(person: Person, etag: str = "") -> bytes:
    return request_bytes("GET", PAGE, {**person.headers, **({"If-None-Match": etag} if etag else {})})


@contextmanager
def _bare_server(installation: Installation, act: Act) -> Iterator[int]:
    """Granian with benchmarks.bare_wsgi, as many workers and threads as the stack has."""
    from config.embedded.servers import free_port

    port = free_port(0)
    (sql, values), *_ = act
    environment = {
        **os.environ,
        "BARE_DSN": " ".join(f"{name}='{value}'" for name, value in installation.dsn.items()),
        "BARE_SQL": _mogrified(sql, values),
    }
    command = [
        "granian",
        "--interface",
        "wsgi",
        "--port",
        str(port),
        "--workers",
        "2",
        "--blocking-threads",
        "8",
    ]
    server = subprocess.Popen(
        [
            str(Path(sys.executable).with_name(command[0])),
            *command[1:],
            "--no-log",
            "benchmarks.bare_wsgi:application",
        ],
        cwd=ROOT,
        env=environment,
    )
    try:
        _wait_for(port)
        yield port
    finally:
        server.terminate()
        server.wait()


def _mogrified(sql: str, values: object) -> str:
    from django.db import connection

    with connection.cursor() as cursor:
        text: bytes = cursor.mogrify(sql, values)
    return text.decode()


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while True:
        try:
            requests.get(f"http://127.0.0.1:{port}/", timeout=5).raise_for_status()
        except requests.ConnectionError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        else:
            return
