"""Submit to verdict on the idle system, beside judging the same code alone."""

import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from uuid import UUID, uuid4

import orjson
import requests

from benchmarks.installation import Installation
from benchmarks.people import Person, new_person, new_task_ids, start
from benchmarks.results import Result
from benchmarks.scales import Scale
from evaluations.bundles import bundle_for
from evaluations.judge import Verdict
from evaluations.sandbox import judge_locally

PROBLEM = ("arrays-strings", "calm-spells")
GOAL_MS = 60
WARM_UP = 3
WAIT_SECONDS = 30


class NoVerdict(RuntimeError):
    """The submission was not accepted within the time that the caller waited."""


def verdict(installation: Installation, scale: Scale) -> Iterator[Result]:
    """POST submit with Prefer: wait; judged by the milliseconds beside the evaluation itself."""
    module, problem = PROBLEM
    root = Path(__file__).resolve().parents[1]
    code = (root / "catalog" / "problem_set" / module / problem / "solution.py").read_text()
    bundle = bundle_for(problem, 1, "python")
    person = new_person(f"submitter-{uuid4().hex[:6]}")
    task_ids = new_task_ids(person, scale.submissions + WARM_UP, problem_id=problem)
    session = requests.Session()
    ours, raw = [], []
    for task_id in task_ids:
        start(person, task_id)
        ours.append(_submitted(session, installation.port, person, task_id, code))
        started = time.perf_counter()
        if judge_locally(bundle, "python", code).verdict is not Verdict.ACCEPTED:
            raise NoVerdict("the local judge did not accept the reference solution")
        raw.append((time.perf_counter() - started) * 1000)
    ours, raw = ours[WARM_UP:], raw[WARM_UP:]
    yield Result(
        "submit to verdict",
        "ms",
        ours,
        raw,
        goal=GOAL_MS,
        bound="at_most",
        score=median(a - b for a, b in zip(ours, raw, strict=True)),
        score_unit="ms beside it",
        notes={"spread": f"{min(ours):.0f} to {max(ours):.0f} ms; alone {min(raw):.0f} to {max(raw):.0f} ms"},
    )


def _submitted(session: requests.Session, port: int, person: Person, task_id: UUID, code: str) -> float:
    """Milliseconds from the request to the answer with the verdict."""
    headers = {
        **person.headers,
        "Content-Type": "application/json",
        "Idempotency-Key": str(uuid4()),
        "Prefer": f"wait={WAIT_SECONDS}",
    }
    body = orjson.dumps({"language": "python", "code": code})
    started = time.perf_counter()
    answer = session.post(
        f"http://127.0.0.1:{port}/v1/study-tasks/{task_id}/submit", body, headers=headers, timeout=60
    )
    milliseconds = (time.perf_counter() - started) * 1000
    if answer.status_code != 200 or answer.json()["verdict"] != Verdict.ACCEPTED:
        raise NoVerdict(answer.text[:500])
    return milliseconds
