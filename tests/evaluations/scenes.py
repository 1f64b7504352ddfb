"""What the tests of the queue share: a problem, tasks in progress, submissions, claims and hand-made judgements."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from django.db import connection

from catalog.services import sync_tracks
from evaluations import queue, services
from evaluations.judge import CaseResult, Judgement, Verdict
from evaluations.models import TaskEvaluation
from studypaths.models import StudyTask, TaskEvent
from studypaths.projection import Row
from studypaths.services import tasks
from tests.catalog.samples import imported
from tests.studypaths.builders import MINUTE, NOON, me, new_path, new_tasks

T = TypeVar("T")

HIDDEN_INPUT = "hidden-marker-7f3a"
HIDDEN_EXPECTED = HIDDEN_INPUT.upper()
RIGHT = "def shout(text):\n    return text.upper()\n"
HALF_RIGHT = "def shout(text):\n    return text.upper() if len(text) < 3 else text\n"
BROKEN = "def shout(text:\n"
TESTS = 4


def import_shout() -> None:
    """The problem `shout` in the catalogue: upper case, two visible tests, two hidden ones with a marker in them."""
    sync_tracks()
    imported(
        {
            "id": "shout",
            "title": "Shout",
            "statement": "Return the text in upper case.",
            "params": ["text"],
            "entry_points": {"python": "shout", "javascript": "shout"},
            "starter": ...,
            "visible_tests": [
                {"input": {"text": "ab"}, "expected": "AB"},
                {"input": {"text": "abc"}, "expected": "ABC"},
            ],
            "hidden_tests": [
                {"input": {"text": HIDDEN_INPUT}, "expected": HIDDEN_EXPECTED, "category": "edge"},
                {"input": {"text": HIDDEN_INPUT * 9}, "expected": HIDDEN_EXPECTED * 9, "category": "large"},
            ],
            "solutions": {"python": RIGHT, "javascript": "const shout = (text) => text.toUpperCase();\n"},
        }
    )


def tasks_in_progress(learner_id: UUID, count: int, *, at: datetime = NOON, **config: Any) -> list[Row]:
    """Tasks that the learner has started, on one new path with three attempts each unless `config` says otherwise."""
    settings = {"completion_policy": "pass_or_exhausted", "max_attempts": 3} | config
    path = new_path(learner_id, at=at, **settings)
    planned = new_tasks(learner_id, path["id"], count, at=at, problem_id="shout")
    return [
        tasks.start_task(learner_id=learner_id, task_id=task["id"], by=me(learner_id), at=at + MINUTE)
        for task in planned
    ]


def task_in_progress(learner_id: UUID, *, at: datetime = NOON, **config: Any) -> Row:
    return tasks_in_progress(learner_id, 1, at=at, **config)[0]


def submitted(
    task: Row, code: str = RIGHT, *, language: str = "python", at: datetime = NOON + 2 * MINUTE
) -> UUID:
    """The id of the evaluation of a new submission."""
    submission = services.prepare_submission(
        learner_id=task["learner_id"], task_id=task["id"], language=language, code=code
    )
    evaluation_id: UUID = services.submit(submission=submission, by=me(task["learner_id"]), at=at)["id"]
    return evaluation_id


def asked_again(task: Row, *, at: datetime = NOON + 5 * MINUTE) -> UUID:
    """The id of another evaluation of the latest submission."""
    learner_id = task["learner_id"]
    row = services.evaluate_again(learner_id=learner_id, task_id=task["id"], by=me(learner_id), at=at)
    evaluation_id: UUID = row["id"]
    return evaluation_id


def claimed(at: datetime = NOON + 3 * MINUTE) -> queue.Claimed:
    """The next evaluation, claimed; there must be one."""
    found = queue.claim_next(at=at)
    assert found is not None
    return found


def judged(verdict: Verdict, passed: int = 0) -> Judgement:
    """A judgement of `shout` whose first tests passed."""
    if verdict == Verdict.ACCEPTED:
        passed = TESTS
    verdicts = [Verdict.ACCEPTED] * passed + [verdict] * (TESTS - passed)
    cases = [
        CaseResult(
            name, name.startswith("visible"), "" if name.startswith("visible") else "edge", each, 3, 9000
        )
        for name, each in zip(("visible-1", "visible-2", "hidden-1", "hidden-2"), verdicts, strict=True)
    ]
    return Judgement(verdict, tuple(cases), passed, TESTS, 3, 9, "")


def finish(
    running: queue.Claimed, verdict: Verdict = Verdict.WRONG_ANSWER, at: datetime = NOON + 3 * MINUTE
) -> None:
    """Record that a worker found this verdict."""
    services.finish(running, judged(verdict), at=at)


def decided(
    task: Row, verdict: Verdict, passed: int = 0, *, at: datetime = NOON + 2 * MINUTE
) -> TaskEvaluation:
    """A submission of the task that gets this verdict at once; nothing else may be waiting."""
    evaluation_id = submitted(task, at=at)
    services.finish(claimed(at), judged(verdict, passed), at=at)
    return TaskEvaluation.objects.get(id=evaluation_id)


def stored(task: Row) -> StudyTask:
    return StudyTask.objects.get(id=task["id"])


def evaluation(evaluation_id: UUID) -> TaskEvaluation:
    return TaskEvaluation.objects.get(id=evaluation_id)


def events_of(task: Row, event_type: str) -> list[TaskEvent]:
    return list(TaskEvent.objects.filter(task_id=task["id"], event_type=event_type).order_by("sequence"))


def at_once(count: int, act: Callable[[], T]) -> list[T]:
    """What `act` returns in each of `count` threads that set out together."""
    start = threading.Barrier(count)

    def run(_: int) -> T:
        start.wait(timeout=30)
        try:
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as threads:
        return list(threads.map(run, range(count)))
