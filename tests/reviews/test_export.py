"""The review log in parts: nothing is held in memory, nothing is left out."""

from datetime import timedelta
from uuid import UUID

from reviews.export import HEADER, revlog_lines
from tests.reviews.builders import NOON, solved


def test_the_file_comes_in_parts(alice: UUID, path_id: UUID) -> None:
    for number in range(5):
        solved(alice, path_id, f"problem-{number}", at=NOON + timedelta(minutes=number))

    parts = list(revlog_lines(alice, lines_at_once=2))

    assert [part.count("\n") for part in parts] == [1, 2, 2, 1]
    assert parts[0] == HEADER
    assert len(set("".join(parts).splitlines())) == 6


def test_a_learner_without_ratings_gets_the_header(alice: UUID) -> None:
    assert list(revlog_lines(alice)) == [HEADER]
