"""How a task changes its status: only along the table of moves, each with its event."""

from typing import Any

from common.errors import Conflict
from studypaths.journal import Journal
from studypaths.projection import Row
from studypaths.states import TaskStatus, may_move


class IllegalTransition(Conflict):
    """The task's state does not allow the move (states.TASK_MOVES). Nothing was recorded."""

    code = "illegal_transition"
    title = "The task cannot move to that state"


def check_move(task: Row, target: TaskStatus) -> None:
    """`IllegalTransition` unless the table of moves allows it."""
    if not may_move(TaskStatus(task["status"]), target):
        raise IllegalTransition(f"The task is {task['status']} and cannot become {target}.")


def change_status(journal: Journal, task: Row, target: TaskStatus, **facts: Any) -> None:
    """Record `status_changed` for a legal move (R063); `IllegalTransition` otherwise."""
    check_move(task, target)
    record_on(journal, task, "status_changed", {"from": task["status"], "to": target, **facts})


def record_on(
    journal: Journal, task: Row, event_type: str, payload: dict[str, Any], sealed: bytes | None = None
) -> None:
    """Record an event about a task."""
    journal.record(
        event_type,
        learner_id=task["learner_id"],
        task_id=task["id"],
        path_id=task["path_id"],
        payload=payload,
        sealed=sealed,
    )
