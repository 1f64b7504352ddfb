"""Submissions of many learners at once, made through the services by a process of the stack (`manage.py shell`).

It gets a plan in a file: who submits what to which problem.
"""

import json
import sys
from pathlib import Path
from uuid import UUID

from django.utils import timezone

from evaluations.languages import runtimes_here
from studypaths.projection import Row
from studypaths.services import tasks
from tests.conftest import new_learner
from tests.evaluations.scenes import submitted
from tests.studypaths.builders import me, new_path, new_tasks

COMMAND = "from tests.stack.load import main; main({path!r})"


def main(path: str) -> None:
    """Carry the plan out and print the ids of the evaluations, in its order, as JSON."""
    runtimes_here()
    plan = json.loads(Path(path).read_text())
    paths = {name: _learner_with_a_path(name) for name in {each["learner"] for each in plan}}
    started = [_started_task(*paths[each["learner"]], each["problem_id"]) for each in plan]
    ids = [
        str(submitted(task, each["code"], language=each["language"], at=timezone.now()))
        for task, each in zip(started, plan, strict=True)
    ]
    sys.stdout.write(json.dumps(ids))


def _learner_with_a_path(name: str) -> tuple[UUID, UUID]:
    learner_id = new_learner(name)
    return learner_id, new_path(learner_id, at=timezone.now())["id"]


def _started_task(learner_id: UUID, path_id: UUID, problem_id: str) -> Row:
    at = timezone.now()
    task = new_tasks(learner_id, path_id, at=at, problem_id=problem_id)[0]
    return tasks.start_task(learner_id=learner_id, task_id=task["id"], by=me(learner_id), at=at)
