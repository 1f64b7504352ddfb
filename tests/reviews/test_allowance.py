"""Caps, vacation, easy days, time zones and the order of a backlog: pure rules."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from reviews.allowance import (
    Settings,
    Waiting,
    day_of,
    days_between,
    first_of_backlog,
    next_offer,
    room,
    start_of,
    zone_of,
)
from reviews.scheduling import Model

FRIDAY, SATURDAY, SUNDAY = date(2026, 3, 6), date(2026, 3, 7), date(2026, 3, 8)
BERLIN, NEW_YORK = ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York")
EASY = {"saturday": 0.5, "sunday": 0.0}


def test_easy_days_take_their_share_of_the_cap() -> None:
    settings = Settings(daily_cap=5, easy_days=EASY)

    assert [settings.cap_on(day) for day in (FRIDAY, SATURDAY, SUNDAY)] == [5, 3, 0]


def test_vacation_is_from_its_first_day_to_the_first_day_back() -> None:
    settings = Settings(vacation_from=SATURDAY, vacation_to=SUNDAY)

    assert [settings.cap_on(day) for day in (FRIDAY, SATURDAY, SUNDAY)] == [10, 0, 10]
    assert Settings(vacation_from=SATURDAY).cap_on(SUNDAY + timedelta(days=400)) == 0


def test_what_is_open_from_before_takes_room() -> None:
    assert room(Settings(), FRIDAY, offered_today=3, open_from_before=4) == 3
    assert room(Settings(), FRIDAY, offered_today=3, open_from_before=9) == 0


def test_a_learners_day_is_that_of_the_time_zone() -> None:
    at = datetime(2026, 3, 7, 3, 0, tzinfo=UTC)

    assert (day_of(at, BERLIN), day_of(at, NEW_YORK)) == (SATURDAY, FRIDAY)
    assert start_of(SATURDAY, BERLIN) == datetime(2026, 3, 6, 23, tzinfo=UTC)


def test_days_are_midnights_not_spans_of_24_hours() -> None:
    evening, morning = datetime(2026, 3, 6, 21, tzinfo=UTC), datetime(2026, 3, 7, 6, tzinfo=UTC)

    assert days_between(evening, morning, BERLIN) == 1
    assert days_between(morning, evening, BERLIN) == 0


def test_a_day_begins_after_a_midnight_that_does_not_exist() -> None:
    """In 2018 clocks in São Paulo went from 23:59:59 on 3 November to 01:00."""
    day = date(2018, 11, 4)

    begins = start_of(day, zone_of("America/Sao_Paulo"))

    assert day_of(begins, zone_of("America/Sao_Paulo")) == day
    assert day_of(begins - timedelta(seconds=1), zone_of("America/Sao_Paulo")) == day - timedelta(days=1)


@pytest.mark.parametrize("name", ["Mars/Olympus", "", "../../etc/passwd", "x" * 64])
def test_a_time_zone_that_does_not_exist_counts_as_utc(name: str) -> None:
    assert zone_of(name).key == "UTC"


def waiting(number: int, *, stability: float, days_ago: int, due_days_ago: int = 1) -> Waiting:
    due_at = datetime(2026, 3, 6, tzinfo=UTC) - timedelta(days=due_days_ago)
    return Waiting(UUID(int=number), stability, FRIDAY - timedelta(days=days_ago), due_at)


def test_of_a_backlog_what_is_most_likely_forgotten_comes_first() -> None:
    fresh = waiting(1, stability=30, days_ago=30)
    fading = waiting(2, stability=30, days_ago=60)
    nearly_gone = waiting(3, stability=1, days_ago=40)

    chosen = first_of_backlog([fresh, fading, nearly_gone], 2, day=FRIDAY, model=Model())

    assert chosen == [nearly_gone, fading]


def test_of_equally_remembered_ones_the_longest_due_comes_first() -> None:
    first, second = waiting(2, stability=5, days_ago=5, due_days_ago=3), waiting(1, stability=5, days_ago=5)

    assert first_of_backlog([second, first], 1, day=FRIDAY, model=Model()) == [first]


def test_the_next_offer_is_after_vacation_on_a_day_with_a_cap() -> None:
    settings = Settings(vacation_from=FRIDAY, vacation_to=SUNDAY, easy_days=EASY)

    assert next_offer(settings, FRIDAY) == SUNDAY + timedelta(days=1)
    assert next_offer(Settings(daily_cap=0), FRIDAY) is None
