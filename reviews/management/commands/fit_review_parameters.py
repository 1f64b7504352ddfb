"""fit_review_parameters: the scheduler's parameters fitted to learners who have enough ratings."""

from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accounts.selectors import learner_id_of, user_id_of
from reviews.fitting import MIN_REVIEWS
from reviews.services.fitting import fit_parameters, learners_with_reviews

BY = "system:fit_review_parameters"


class Command(BaseCommand):
    help = (
        "Fit the parameters of FSRS to each learner's ratings; they are adopted when they predict the last 20 % of the"
        " ratings, which the fit does not see, better than the ones in force."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--learner", help="only this learner (user id or alias)")
        parser.add_argument(
            "--min-reviews",
            type=int,
            default=MIN_REVIEWS,
            help=f"ratings needed (default {MIN_REVIEWS}; with fewer the fit is noise)",
        )

    def handle(self, *_args: Any, learner: str | None, min_reviews: int, **_options: Any) -> None:
        if min_reviews < 2:
            raise CommandError("--min-reviews must be at least 2.")
        adopted = 0
        for learner_id in self._learners(learner, min_reviews):
            adopted += self._fit(learner_id, min_reviews)
        self.stdout.write(f"Adopted for {adopted} learners.")

    def _learners(self, name: str | None, min_reviews: int) -> list[UUID]:
        if name is None:
            return learners_with_reviews(min_reviews)
        learner_id = learner_id_of(name)
        if learner_id is None:
            raise CommandError(f"There is no learner {name!r}.")
        return [learner_id]

    def _fit(self, learner_id: UUID, min_reviews: int) -> bool:
        found = fit_parameters(learner_id=learner_id, by=BY, at=timezone.now(), min_reviews=min_reviews)
        name = user_id_of(learner_id)
        if found is None:
            self.stdout.write(f"{name}: fewer than {min_reviews} ratings.")
            return False
        self.stdout.write(
            f"{name}: {found.reviews} ratings, log loss on {found.held_out} held out"
            f" {found.loss_before:.4f} -> {found.loss_after:.4f},"
            f" {'adopted' if found.is_better else 'kept as they are'}."
        )
        return found.is_better
