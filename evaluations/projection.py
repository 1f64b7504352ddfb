"""What the log says about evaluations. Pure, like studypaths.projection; registered with it when the app is ready."""

from uuid import UUID

from studypaths.events import Event
from studypaths.projection import Key, Projection, Row, existing

RESULT_COLUMNS = (
    "verdict", "attempt", "score", "test_cases_passed", "test_cases_total", "runtime_ms", "memory_mb",
    "error_message", "cases",
)  # fmt: skip


def _keys(event: Event) -> list[Key]:
    evaluation_id = event.payload.get("evaluation_id")
    return [(UUID(evaluation_id),)] if evaluation_id else []


def _rejudged(event: Event, key: Key) -> Row:
    """A whole evaluation in one event. Its code is that of the submission, which the log holds already."""
    payload = event.payload
    return {
        "id": key[0],
        "task_id": event.task_id,
        "learner_id": event.learner_id,
        "submission_id": UUID(payload["submission_id"]),
        "cause": "rejudge",
        "status": "done",
        "language": payload["language"],
        "code": None,
        "problem_id": payload["problem_id"],
        "problem_version": payload["problem_version"],
        **{column: payload[column] for column in RESULT_COLUMNS},
        "report": event.sealed,
        "created_at": event.occurred_at,
        "finished_at": event.occurred_at,
    }


def apply_to_evaluation(row: Row | None, event: Event, key: Key) -> Row:
    """An evaluation after `submitted`, `evaluation_requested`, `evaluated` or `rejudged`."""
    if event.event_type == "rejudged":
        return _rejudged(event, key)
    if event.event_type == "evaluated":
        evaluation = existing(row, event)
        evaluation.update({column: event.payload[column] for column in RESULT_COLUMNS})
        evaluation.update(status="done", report=event.sealed, finished_at=event.occurred_at)
        return evaluation
    payload = event.payload
    return {
        "id": key[0],
        "task_id": event.task_id,
        "learner_id": event.learner_id,
        "submission_id": UUID(payload["submission_id"]),
        "cause": "submission" if event.event_type == "submitted" else "repeat",
        "status": "queued",
        "language": payload["language"],
        "code": event.sealed,
        "problem_id": payload["problem_id"],
        "problem_version": payload["problem_version"],
        **dict.fromkeys(RESULT_COLUMNS),
        "error_message": "",
        "cases": [],
        "report": None,
        "created_at": event.occurred_at,
        "finished_at": None,
    }


EVALUATIONS = Projection(
    table="task_evaluations",
    key_columns=("id",),
    columns=(
        "id", "task_id", "learner_id", "submission_id", "cause", "status", "language", "code", "problem_id",
        "problem_version", *RESULT_COLUMNS, "report", "created_at", "finished_at",
    ),
    json_columns=frozenset({"cases"}),
    binary_columns=frozenset({"code", "report"}),
    event_types=frozenset({"submitted", "evaluation_requested", "evaluated", "rejudged"}),
    creates=frozenset({"submitted", "evaluation_requested", "rejudged"}),
    keys=_keys,
    apply=apply_to_evaluation,
    read_as={"status": "CASE status WHEN 'running' THEN 'queued' ELSE status END"},
    resets=("claim", "lease_expires_at", "not_before"),
)  # fmt: skip
