"""Identifiers follow RFC 9562 and time."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from uuid import RFC_4122, UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.ids import EPOCH, first_uuid7_of, uuid7


def test_an_identifier_is_a_uuid7_of_now() -> None:
    before = time.time_ns() // 1_000_000
    identifier = uuid7()
    after = time.time_ns() // 1_000_000

    assert type(identifier) is UUID
    assert (identifier.version, identifier.variant) == (7, RFC_4122)
    assert before <= identifier.int >> 80 <= after


def test_identifiers_of_a_process_increase() -> None:
    made = [uuid7() for _ in range(20_000)]

    assert made == sorted(made)
    assert len(set(made)) == len(made)


def test_threads_make_different_identifiers() -> None:
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: uuid7(), range(20_000)))

    assert len(set(made)) == len(made)


def test_a_clock_that_is_set_back_a_little_does_not_disturb_the_order(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first = uuid7()
    monkeypatch.setattr(time, "time_ns", lambda: ((first.int >> 80) - 5_000) * 1_000_000)

    assert uuid7() > first


def test_a_clock_that_was_far_ahead_is_followed_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """Otherwise events of today would go into the partition of a month to come."""
    today = time.time_ns()
    monkeypatch.setattr(time, "time_ns", lambda: today + 40 * 86_400 * 10**9)
    ahead = uuid7()
    monkeypatch.setattr(time, "time_ns", lambda: today)

    assert uuid7() < ahead


instants = st.datetimes(min_value=EPOCH.replace(tzinfo=None), timezones=st.just(UTC))


@given(instants)
def test_the_bound_of_an_instant_is_in_its_millisecond(at: datetime) -> None:
    bound = first_uuid7_of(at)

    assert bound.version == 7
    assert EPOCH + timedelta(milliseconds=bound.int >> 80) == at.replace(
        microsecond=at.microsecond // 1000 * 1000
    )


@given(instants, st.integers(1, 10**6))
def test_bounds_are_ordered_like_instants(at: datetime, milliseconds: int) -> None:
    earlier = at - timedelta(milliseconds=milliseconds)

    assert first_uuid7_of(earlier) <= first_uuid7_of(at)


def test_nothing_was_made_before_1970() -> None:
    assert first_uuid7_of(datetime(1, 1, 1, tzinfo=UTC)) == first_uuid7_of(EPOCH)


def test_everything_made_from_now_on_is_above_the_bound_of_now() -> None:
    bound = first_uuid7_of(datetime.now(UTC))

    assert uuid7() > bound
