"""Apps above this one that follow up on tasks, inside the journal of the act: they register when they are ready."""

from collections.abc import Callable, Sequence

from studypaths.journal import Journal
from studypaths.projection import Row

Follower = Callable[[Journal, Sequence[Row]], None]

_of_ends: list[Follower] = []
_of_corrections: list[Follower] = []


def when_tasks_end(follower: Follower) -> None:
    """Call `follower` once an act with all tasks that reached a terminal status in it."""
    _add(_of_ends, follower)


def when_outcomes_are_corrected(follower: Follower) -> None:
    """Call `follower` once an act with all completed tasks whose score or `passed` was corrected in it."""
    _add(_of_corrections, follower)


def follow_ends(journal: Journal, tasks: Sequence[Row]) -> None:
    """Tell those who follow. `tasks` are rows as they are after the move, one or thousands."""
    _tell(_of_ends, journal, tasks)


def follow_corrections(journal: Journal, tasks: Sequence[Row]) -> None:
    """The same for corrected outcomes."""
    _tell(_of_corrections, journal, tasks)


def _add(followers: list[Follower], follower: Follower) -> None:
    if follower not in followers:
        followers.append(follower)


def _tell(followers: list[Follower], journal: Journal, tasks: Sequence[Row]) -> None:
    if tasks:
        for follower in followers:
            follower(journal, tasks)
