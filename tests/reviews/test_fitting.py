"""Parameters of a learner's own: adopted when they predict unseen reviews better, and only then (requirement 6.12)."""

from collections.abc import Sequence
from datetime import timedelta
from io import StringIO
from random import Random
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command

from common.ids import uuid7
from reviews.fitting import Fit, Rated, fit, training_histories
from reviews.models import ReviewLog, ReviewSettings
from reviews.scheduling import DEFAULTS, Memory, Model, Rating, after_rating, retrievability
from reviews.selectors import preferences_of
from reviews.services.fitting import fit_parameters
from studypaths.models import TaskEvent
from studypaths.rebuild import check_learners
from tests.reviews.builders import BEAT, NOON, solved
from tests.reviews.simulated import store

ITEMS = 120
#: Somebody who forgets much faster than the defaults say: low initial stabilities, small growth.
FORGETFUL = (0.1, 0.15, 0.3, 0.8, *DEFAULTS[4:8], 0.6, *DEFAULTS[9:])


def simulated(
    parameters: tuple[float, ...], *, seed: int, items: int = ITEMS, reviews: int = 10
) -> list[Rated]:
    """Ratings of a learner whose memory works by these parameters, scheduled by the defaults."""
    random = Random(seed)
    found = []
    for _ in range(items):
        item, at = uuid7(), NOON + timedelta(days=random.randrange(60), minutes=random.randrange(600))
        rating = random.choice([Rating.AGAIN, Rating.HARD, Rating.GOOD, Rating.GOOD, Rating.EASY])
        found.append(Rated(item, at, rating, None))
        true, _ = after_rating(None, rating, elapsed_days=0, model=Model(parameters))
        believed, interval = after_rating(None, rating, elapsed_days=0, model=Model())
        for _ in range(reviews - 1):
            at += timedelta(days=interval)
            knows = random.random() < retrievability(true.stability, interval, parameters)
            rating = Rating.GOOD if knows else Rating.AGAIN
            found.append(Rated(item, at, rating, interval))
            true, believed, interval = _next(true, believed, rating, interval, parameters)
    return found


def _next(
    true: Memory, believed: Memory, rating: Rating, interval: int, parameters: tuple[float, ...]
) -> tuple[Memory, Memory, int]:
    remembered, _ = after_rating(true, rating, elapsed_days=interval, model=Model(parameters))
    scheduled, following = after_rating(believed, rating, elapsed_days=interval, model=Model())
    return remembered, scheduled, following


def test_who_forgets_faster_gets_parameters_that_predict_it() -> None:
    found = fit(simulated(FORGETFUL, seed=1))

    assert found.is_better
    assert found.loss_after < 0.95 * found.loss_before
    assert found.held_out > 100


def test_parameters_that_are_right_already_are_kept() -> None:
    """The ratings come from the parameters in force: no fit to a part of them predicts the rest better."""
    found = fit(simulated(FORGETFUL, seed=2), FORGETFUL)

    assert not found.is_better
    assert found.loss_after > found.loss_before


def test_equal_losses_change_nothing() -> None:
    assert not Fit(DEFAULTS, 600, 100, 0.3, 0.3).is_better
    assert not Fit(DEFAULTS, 600, 0, 0.0, 0.0).is_better


def test_the_held_out_reviews_are_later_than_everything_that_was_learned_from() -> None:
    """Whatever happens in the last fifth, the fit is the same."""
    ratings = sorted(simulated(FORGETFUL, seed=3), key=lambda each: each.at)
    cut = ratings[int(len(ratings) * 0.8)].at
    upside_down = [_failed(each) if each.at >= cut else each for each in ratings]

    assert fit(upside_down).parameters == fit(ratings).parameters
    assert fit(upside_down).loss_before > fit(ratings).loss_before


def _failed(rated: Rated) -> Rated:
    return Rated(rated.item_id, rated.at, Rating.AGAIN, rated.elapsed_days)


def test_the_optimizer_learns_from_each_review_with_its_history() -> None:
    item, other = uuid7(), uuid7()
    ratings = [
        Rated(item, NOON, Rating.GOOD, None),
        Rated(item, NOON, Rating.GOOD, 0),  # the same day: only part of the history of later ones
        Rated(item, NOON + timedelta(days=3), Rating.AGAIN, 3),
        Rated(other, NOON, Rating.GOOD, 5),  # its beginning is missing
    ]

    assert training_histories(ratings) == [[(3, 0), (3, 0), (1, 3)]]


def adopted(learner_id: UUID) -> Sequence[float]:
    return preferences_of([learner_id])[learner_id].settings.parameters


def test_better_parameters_are_adopted_by_an_event_that_says_why(alice: UUID, path_id: UUID) -> None:
    store(alice, path_id, simulated(FORGETFUL, seed=4))

    found = fit_parameters(learner_id=alice, by=BEAT, at=NOON)

    assert found is not None
    event = TaskEvent.objects.get(event_type="review_settings_changed")
    assert event.payload["fit"]["log_loss_after"] < event.payload["fit"]["log_loss_before"]
    assert tuple(adopted(alice)) == found.parameters
    assert ReviewSettings.objects.get().parameters_version == 1
    item = solved(alice, path_id, "after-the-fit")
    assert item.stability == found.parameters[Rating.GOOD - 1]
    assert ReviewLog.objects.get(item=item).scheduler["parameters_version"] == 1
    assert [d for d in check_learners([alice]).differences if d.table == "review_settings"] == []


def test_the_command_says_what_it_adopts_and_what_it_keeps(alice: UUID, path_id: UUID) -> None:
    store(alice, path_id, simulated(FORGETFUL, seed=5))
    output = StringIO()

    call_command("fit_review_parameters", stdout=output)
    call_command("fit_review_parameters", "--learner", "alice", "--min-reviews", "5000", stdout=output)

    first, total, few, none = output.getvalue().splitlines()
    assert "1200 ratings" in first
    assert first.endswith("adopted.")
    assert (total, few, none) == (
        "Adopted for 1 learners.",
        "alice: fewer than 5000 ratings.",
        "Adopted for 0 learners.",
    )


@pytest.mark.django_db
def test_the_command_refuses_a_learner_that_there_is_not() -> None:
    with pytest.raises(CommandError, match="no learner"):
        call_command("fit_review_parameters", "--learner", "nobody")
