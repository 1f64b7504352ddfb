"""The states of an evaluation; verdicts are in judge.py."""

from enum import StrEnum


class EvaluationStatus(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"


EVALUATION_MOVES: dict[EvaluationStatus, frozenset[EvaluationStatus]] = {
    EvaluationStatus.QUEUED: frozenset({EvaluationStatus.RUNNING}),
    EvaluationStatus.RUNNING: frozenset({EvaluationStatus.DONE, EvaluationStatus.QUEUED}),
    EvaluationStatus.DONE: frozenset(),
}


class EvaluationCause(StrEnum):
    """Why an evaluation was asked for."""

    SUBMISSION = "submission"
    REPEAT = "repeat"
