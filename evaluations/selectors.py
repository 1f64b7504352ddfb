"""Questions about evaluations."""

import time
from uuid import UUID

from common.errors import NotFound
from evaluations.models import TaskEvaluation
from evaluations.states import EvaluationStatus

FIRST_LOOK_SECONDS = 0.02
LONGEST_PAUSE_SECONDS = 0.25


def evaluation_by_id(evaluation_id: UUID) -> TaskEvaluation:
    """An evaluation. Raises `NotFound`."""
    found = TaskEvaluation.objects.filter(id=evaluation_id).first()
    if found is None:
        raise NotFound("There is no such evaluation.")
    return found


def is_done(evaluation_id: UUID) -> bool:
    """Whether the evaluation has its verdict."""
    return TaskEvaluation.objects.filter(id=evaluation_id, status=EvaluationStatus.DONE).exists()


def wait_until_done(evaluation_id: UUID, *, seconds: float) -> bool:
    """Look again and again, at growing intervals, until the evaluation is done or `seconds` have passed.

    Holds no transaction and no lock while it waits.
    """
    end = time.monotonic() + seconds
    pause = FIRST_LOOK_SECONDS
    while not is_done(evaluation_id):
        left = end - time.monotonic()
        if left <= 0:
            return False
        time.sleep(min(pause, left))
        pause = min(pause * 1.3, LONGEST_PAUSE_SECONDS)
    return True
