"""The scheduler against the reference implementation, ratings, spread (requirements 6.9 to 6.11, 012-6)."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

import fsrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviews.scheduling import (
    DEFAULTS,
    MAXIMUM_INTERVAL_DAYS,
    Memory,
    Model,
    Outcome,
    Rating,
    Reason,
    after_rating,
    due_day,
    first_interval,
    item_id_of,
    rating_of,
    reason_of,
    retrievability,
    spread_window,
    usable_parameters,
    wait_days,
)

ALICE = UUID("019a9e5b-0000-7000-8000-000000000001")
BOB = UUID("019a9e5b-0000-7000-8000-000000000002")
MONDAY = date(2026, 3, 2)
SEQUENCES = 1_000


def outcome(**facts: Any) -> Outcome:
    return Outcome(
        **{"passed": True, "attempts": 1, "hints": 0, "seconds": 900, "minutes_target": 20, **facts}
    )


@pytest.mark.parametrize(
    ("facts", "rating"),
    [
        ({"passed": False}, Rating.AGAIN),
        ({"passed": False, "hints": 3, "seconds": 9_999}, Rating.AGAIN),
        ({"hints": 1}, Rating.HARD),
        ({"attempts": 2}, Rating.HARD),
        ({"seconds": 1_801}, Rating.HARD),
        ({"seconds": 1_800}, Rating.GOOD),
        ({"seconds": 600}, Rating.GOOD),
        ({"seconds": 599}, Rating.EASY),
        ({"seconds": 599, "attempts": 2}, Rating.HARD),
        ({"seconds": 599, "hints": 1}, Rating.HARD),
        ({"seconds": 1, "minutes_target": None}, Rating.GOOD),
        ({"seconds": 99_999, "minutes_target": None}, Rating.GOOD),
    ],
)
def test_a_result_stands_for_a_rating(facts: dict[str, Any], rating: Rating) -> None:
    assert rating_of(outcome(**facts)) == rating


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"passed": False}, Reason.FAIL),
        ({"passed": False, "is_mock": True}, Reason.MOCK_GAP),
        ({"is_mock": True}, Reason.RETENTION),
        ({"seconds": 1_801, "hints": 2}, Reason.SLOW),
        ({"hints": 2}, Reason.HEAVY_HINT),
        ({"hints": 1}, Reason.RETENTION),
        ({}, Reason.RETENTION),
    ],
)
def test_a_result_gives_a_reason_to_review(facts: dict[str, Any], reason: Reason) -> None:
    assert reason_of(outcome(**facts)) == reason


def random_model(random: Random) -> Model:
    """The defaults, or other parameters within a fifth of them; retention 0.7 to 0.97."""
    factors = [random.uniform(0.8, 1.2) if random.random() < 0.5 else 1.0 for _ in DEFAULTS]
    parameters = usable_parameters([value * by for value, by in zip(DEFAULTS, factors, strict=True)])
    return Model(parameters, round(random.uniform(0.7, 0.97), 3))


def test_states_and_intervals_are_those_of_the_fsrs_package() -> None:
    """1,000 random sequences of ratings, same-day reviews included."""
    random = Random(20_260_302)
    for _ in range(SEQUENCES):
        model = random_model(random)
        reference = fsrs.Scheduler(
            model.parameters, model.retention, (), (), MAXIMUM_INTERVAL_DAYS, enable_fuzzing=False
        )
        at = datetime(2026, 3, 2, tzinfo=UTC)
        card, memory = fsrs.Card(card_id=1, due=at), None
        for _ in range(random.randint(1, 12)):
            elapsed = random.choice((0, 1, 2, 7, 30, 200))
            rating = random.choice(list(Rating))
            at += timedelta(days=elapsed)
            card, _ = reference.review_card(card, fsrs.Rating(rating), at)

            memory, interval = after_rating(memory, rating, elapsed_days=elapsed, model=model)

            assert memory == Memory(card.stability or 0, card.difficulty or 0)
            assert timedelta(days=interval) == card.due - at
            later = at + timedelta(days=11)
            assert retrievability(memory.stability, 11, model.parameters) == pytest.approx(
                reference.get_card_retrievability(card, later), abs=1e-12
            )


def test_what_failed_at_first_comes_back_the_next_day_whatever_the_retention() -> None:
    _, interval = after_rating(None, Rating.AGAIN, elapsed_days=0, model=Model(retention=0.7))

    assert interval == 2
    assert first_interval(Rating.AGAIN, interval) == 1
    assert first_interval(Rating.GOOD, 5) == 5


@pytest.mark.parametrize(
    ("interval", "window"),
    [(1, (1, 1)), (2, (2, 2)), (3, (2, 4)), (7, (5, 9)), (30, (27, 33)), (180, (169, 180))],
)
def test_an_interval_is_spread_over_a_window(interval: int, window: tuple[int, int]) -> None:
    assert spread_window(interval) == window


def due(
    interval: int, problem_id: str = "p", learner_id: UUID = ALICE, easy_days: dict[str, float] | None = None
) -> date:
    return due_day(MONDAY, interval, learner_id=learner_id, problem_id=problem_id, easy_days=easy_days or {})


def test_the_spread_is_the_same_every_time_and_differs_between_problems_and_learners() -> None:
    days = [due(30, f"problem-{n}") for n in range(40)]

    assert days == [due(30, f"problem-{n}") for n in range(40)]
    assert days != [due(30, f"problem-{n}", BOB) for n in range(40)]
    assert set(days) == {MONDAY + timedelta(days=n) for n in range(27, 34)}


def test_easy_days_get_their_share() -> None:
    """30 days after a Monday is a Wednesday; its window of seven days has one Saturday and one Sunday."""
    found = Counter(
        due(30, f"problem-{n}", easy_days={"saturday": 0.5, "sunday": 0.0}).weekday() for n in range(2_000)
    )

    assert found[6] == 0
    assert 0.35 < found[5] / (sum(found.values()) - found[5]) * 5 < 0.65


def test_when_every_day_is_easy_the_spread_is_as_ever() -> None:
    names = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

    assert due(30, easy_days=dict.fromkeys(names, 0.0)) == due(30)


@given(
    interval=st.integers(1, 180),
    problem=st.text(max_size=20),
    easy=st.dictionaries(st.sampled_from(["monday", "friday", "sunday"]), st.floats(0, 1)),
)
def test_a_due_day_is_always_in_its_window(interval: int, problem: str, easy: dict[str, float]) -> None:
    first, last = spread_window(interval)

    found = due(interval, problem, easy_days=easy)

    assert MONDAY + timedelta(days=first) <= found <= MONDAY + timedelta(days=last)


def test_who_is_away_is_asked_less_and_less_often() -> None:
    assert [wait_days(misses) for misses in range(9)] == [1, 1, 2, 4, 8, 16, 32, 32, 32]


def test_an_item_has_the_id_that_learner_and_problem_give_it() -> None:
    found = item_id_of(ALICE, "longest-climb")

    assert found == item_id_of(ALICE, "longest-climb")
    assert len({found, item_id_of(BOB, "longest-climb"), item_id_of(ALICE, "longest-climbs")}) == 3
    assert (found.version, found.variant) == (8, "specified in RFC 4122")
    assert found.int >> 80 == ALICE.int >> 80


def test_fitted_parameters_are_brought_within_the_bounds_of_the_scheduler() -> None:
    """float32 makes 0.8 a little more than the scheduler allows."""
    wild = [-1.0, *DEFAULTS[1:20], 0.800000011920929]

    found = usable_parameters(wild)

    assert (found[0], found[20]) == (0.001, 0.8)
    fsrs.Scheduler(found)
