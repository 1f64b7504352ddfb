"""Monthly partitions of the log, made ahead of time."""

from datetime import date, datetime

from django.db import connection, transaction

MONTHS_AHEAD = 3


def make_partitions(*, at: datetime, months_ahead: int = MONTHS_AHEAD) -> list[str]:
    """Make the partitions of this month and the next ones; the names of those that were missing, as `YYYY-MM`.

    Events that fell into the default partition meanwhile move into the new one in the same transaction.
    """
    made = []
    for offset in range(months_ahead + 1):
        month = _month(at, offset)
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "SET LOCAL statement_timeout = 0"
            )  # moving a long default partition takes its time
            cursor.execute("SELECT task_events_make_partition(%s)", [month])
            if cursor.fetchone()[0]:
                made.append(f"{month:%Y-%m}")
    return made


def _month(at: datetime, offset: int) -> date:
    years, month = divmod(at.month - 1 + offset, 12)
    return date(at.year + years, month + 1, 1)
