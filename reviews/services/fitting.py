"""Fitting parameters to learners: adopted only when they predict what they have not seen better."""

from datetime import datetime
from uuid import UUID

from django.db.models import Count

from reviews.fitting import MIN_REVIEWS, Fit, Rated, fit
from reviews.models import ReviewLog
from reviews.scheduling import Rating
from reviews.selectors import preferences_of
from reviews.services.settings import adopt_parameters


def learners_with_reviews(min_reviews: int = MIN_REVIEWS) -> list[UUID]:
    """The learners who have that many ratings in force, in the order of their ids."""
    counted = ReviewLog.objects.filter(undone_at=None).values("learner_id").annotate(ratings=Count("id"))
    found = counted.filter(ratings__gte=min_reviews).order_by("learner_id")
    return list(found.values_list("learner_id", flat=True))


def fit_parameters(*, learner_id: UUID, by: str, at: datetime, min_reviews: int = MIN_REVIEWS) -> Fit | None:
    """Fit to the learner's ratings and adopt the result if it is better; None where there are too few ratings.

    The fit takes seconds and holds no lock; what is rated meanwhile counts in the next one.
    """
    ratings = _ratings_of(learner_id)
    if len(ratings) < min_reviews:
        return None
    found = fit(ratings, preferences_of([learner_id])[learner_id].settings.model.parameters)
    if found.is_better:
        adopt_parameters(
            learner_id=learner_id, parameters=found.parameters, fit=found.as_payload(), by=by, at=at
        )
    return found


def _ratings_of(learner_id: UUID) -> list[Rated]:
    rows = ReviewLog.objects.filter(learner_id=learner_id, undone_at=None).order_by("id")
    return [
        Rated(item_id, at, Rating(rating), elapsed_days)
        for item_id, at, rating, elapsed_days in rows.values_list(
            "item_id", "reviewed_at", "rating", "elapsed_days"
        )
    ]
