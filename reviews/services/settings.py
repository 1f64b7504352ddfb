"""Changing what a learner wants of reviews, and adopting parameters that fit the learner better."""

from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from common.errors import InvalidRequest
from reviews.allowance import Settings
from reviews.selectors import preferences_of
from studypaths.journal import Journal, VersionCheck, any_version, open_journal


def update_settings(
    *,
    learner_id: UUID,
    changes: dict[str, Any],
    by: str,
    at: datetime,
    check: VersionCheck = any_version,
) -> Settings:
    """Change the named settings; a change that changes nothing leaves no event. Returns all settings.

    Due dates that exist stay: retention and easy days count from the next rating on, cap and vacation at once. Raises
    `InvalidRequest` for a vacation that ends before it begins.
    """
    with open_journal(learner_ids=[learner_id], by=by, at=at) as journal:
        current = preferences_of([learner_id])[learner_id].settings
        check(current.version)
        wanted = replace(current, **changes)
        _check_vacation(wanted)
        if wanted == current:
            return current
        _record(journal, learner_id, wanted, {"changed": sorted(changes)})
        return replace(wanted, version=current.version + 1)


def _check_vacation(settings: Settings) -> None:
    start, end = settings.vacation_from, settings.vacation_to
    if end is not None and (start is None or end <= start):
        raise InvalidRequest.at(
            "#/vacation_to", "vacation", "The first day back comes after the first day away."
        )


def adopt_parameters(
    *, learner_id: UUID, parameters: tuple[float, ...], fit: dict[str, Any], by: str, at: datetime
) -> Settings:
    """Compute this learner's reviews with these parameters from the next rating on.

    `fit` tells why: how many reviews, and the log loss on the held-out ones before and after.
    """
    with open_journal(learner_ids=[learner_id], by=by, at=at) as journal:
        current = preferences_of([learner_id])[learner_id].settings
        wanted = replace(current, parameters=parameters, parameters_version=current.parameters_version + 1)
        _record(journal, learner_id, wanted, {"changed": ["parameters"], "fit": fit})
        return replace(wanted, version=current.version + 1)


def _record(journal: Journal, learner_id: UUID, settings: Settings, facts: dict[str, Any]) -> None:
    journal.record(
        "review_settings_changed",
        learner_id=learner_id,
        payload={"settings": settings.as_payload(), **facts},
    )
