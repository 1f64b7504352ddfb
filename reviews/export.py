"""The review log as FSRS tools read it: one CSV line for each rating.

Columns and their meaning are those of the revlog of github.com/open-spaced-repetition/fsrs-optimizer: times in
milliseconds since 1970, ratings 1 (Again) to 4 (Easy), states 0 (New) and 2 (Review), for there are no learning steps.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db import connection

HEADER = "card_id,review_time,review_rating,review_state,review_duration\n"
LINES_AT_ONCE = 5_000
NEW, REVIEW = 0, 2
MILLISECONDS = 1_000

# Not by id alone: a rating that was corrected later keeps its time and has a newer id.
RATINGS = """
    SELECT reviewed_at, id, item_id, rating, elapsed_days IS NULL, duration_seconds FROM review_logs
    WHERE learner_id = %s AND (reviewed_at, id) > (%s, %s) AND undone_at IS NULL ORDER BY reviewed_at, id LIMIT %s
"""
Place = tuple[datetime, UUID]
BEGINNING: Place = (datetime(1970, 1, 1, tzinfo=UTC), UUID(int=0))


def revlog_lines(learner_id: UUID, *, lines_at_once: int = LINES_AT_ONCE) -> Iterator[str]:
    """The learner's ratings in the order in which they were given, in parts of the file; undone ones are left out."""
    yield HEADER
    after = BEGINNING
    while rows := _ratings(learner_id, after, lines_at_once):
        yield "".join(_line(reviewed_at, *row) for reviewed_at, _, *row in rows)
        after = rows[-1][:2]


def _ratings(learner_id: UUID, after: Place, limit: int) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(RATINGS, [learner_id, *after, limit])
        return list(cursor.fetchall())


def _line(reviewed_at: datetime, item_id: UUID, rating: int, is_first: bool, seconds: int) -> str:
    state = NEW if is_first else REVIEW
    return f"{item_id},{milliseconds(reviewed_at)},{rating},{state},{seconds * MILLISECONDS}\n"


def milliseconds(at: datetime) -> int:
    """An instant in whole milliseconds since 1970."""
    return int(at.timestamp()) * MILLISECONDS + at.microsecond // 1_000
