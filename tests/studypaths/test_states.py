"""The table of moves (R015, R058, K-08)."""

from hypothesis import given
from hypothesis import strategies as st

from studypaths.states import OPEN_STATUSES, TASK_MOVES, TERMINAL_STATUSES, TaskStatus, may_move


def test_every_status_has_its_moves() -> None:
    assert set(TASK_MOVES) == set(TaskStatus)


def test_the_moves_are_those_of_the_design() -> None:
    moves = {(source.value, target.value) for source, targets in TASK_MOVES.items() for target in targets}

    assert moves == {
        ("scheduled", "in_progress"),
        ("scheduled", "skipped"),
        ("scheduled", "expired"),
        ("in_progress", "completed"),
        ("in_progress", "skipped"),
    }


@given(st.sampled_from(sorted(TERMINAL_STATUSES)), st.sampled_from(list(TaskStatus)))
def test_nothing_leaves_a_terminal_status(source: TaskStatus, target: TaskStatus) -> None:
    assert not may_move(source, target)


def test_open_and_terminal_statuses_are_all_there_are() -> None:
    assert {TaskStatus.SCHEDULED, TaskStatus.IN_PROGRESS} == OPEN_STATUSES
    assert set(TaskStatus) == OPEN_STATUSES | TERMINAL_STATUSES
