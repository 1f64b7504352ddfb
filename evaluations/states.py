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
    REJUDGE = "rejudge"


class RejudgingState(StrEnum):
    """Where a rejudging stands. `ready`: everything is judged, and somebody has to decide."""

    JUDGING = "judging"
    READY = "ready"
    APPLYING = "applying"
    APPLIED = "applied"
    DISCARDED = "discarded"


REJUDGING_MOVES: dict[RejudgingState, frozenset[RejudgingState]] = {
    RejudgingState.JUDGING: frozenset({RejudgingState.READY, RejudgingState.DISCARDED}),
    RejudgingState.READY: frozenset({RejudgingState.APPLYING, RejudgingState.DISCARDED}),
    RejudgingState.APPLYING: frozenset({RejudgingState.APPLIED}),
    RejudgingState.APPLIED: frozenset(),
    RejudgingState.DISCARDED: frozenset(),
}


class ItemState(StrEnum):
    """Where one submission of a rejudging stands, and from `failed` on what came of it.

    `failed`: it could not be judged, or its change not be recorded; `erased`: the learner's data key is gone;
    `stale`: judged anew or being judged since, so it was left as it is;
    `confirmed`: the same result; `applied`: recorded; `cancelled`: the rejudging was discarded before it was judged.
    """

    WAITING = "waiting"
    RUNNING = "running"
    JUDGED = "judged"
    FAILED = "failed"
    ERASED = "erased"
    STALE = "stale"
    CONFIRMED = "confirmed"
    APPLIED = "applied"
    CANCELLED = "cancelled"
