"""The review log in parts: nothing is held in memory, nothing is left out."""

from datetime import timedelta
from uuid import UUID

from reviews.export import HEADER, revlog_lines
from reviews.models import ReviewLog
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


def test_lines_come_in_the_order_of_the_ratings_not_of_their_records(alice: UUID, path_id: UUID) -> None:
    """A rating that was corrected later has a newer id and keeps its time."""
    for minutes in (10, 20, 30):
        solved(alice, path_id, f"problem-{minutes}", at=NOON + timedelta(minutes=minutes))
    newest = ReviewLog.objects.order_by("-id").values_list("id", flat=True)[0]
    ReviewLog.objects.filter(id=newest).update(reviewed_at=NOON)

    lines = "".join(revlog_lines(alice, lines_at_once=2)).splitlines()[1:]

    times = [int(line.split(",")[1]) for line in lines]
    assert times == sorted(times)
    assert len(set(times)) == 3
