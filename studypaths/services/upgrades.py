"""Paths that go on under another version of the planner: a new path takes the old one's place, history stays."""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from common.ids import uuid7
from studypaths.generation import NEWEST_VERSION, VERSIONS
from studypaths.journal import one_transaction, open_journal
from studypaths.models import StudyPath
from studypaths.path_config import complete_config
from studypaths.projection import Row
from studypaths.services.paths import PathPlan, record_path
from studypaths.services.planning import plan_ahead
from studypaths.states import PathStatus

AT_ONCE = 1_000


class UnknownVersion(ValueError):
    """There is no such planner."""


class Upgradable(NamedTuple):
    """An active path that another version plans."""

    path_id: UUID
    learner_id: UUID
    track_id: str


def upgradable_paths(
    *, to: str = NEWEST_VERSION, from_version: str | None = None, track_id: str | None = None
) -> Iterator[Upgradable]:
    """Active paths that `to` does not plan, in the order of their ids; those made meanwhile may be among them.

    Raises `UnknownVersion`.
    """
    if to not in VERSIONS:
        raise UnknownVersion(f"There is no {to!r}; versions are {', '.join(sorted(VERSIONS))}.")
    paths = StudyPath.objects.filter(status=PathStatus.ACTIVE).exclude(algorithm_version=to)
    if from_version is not None:
        paths = paths.filter(algorithm_version=from_version)
    if track_id is not None:
        paths = paths.filter(track_id=track_id)
    last = UUID(int=0)
    while found := list(
        paths.filter(id__gt=last).order_by("id").values_list("id", "learner_id", "track_id")[:AT_ONCE]
    ):
        yield from (Upgradable(*each) for each in found)
        last = found[-1][0]


def upgrade_path(*, learner_id: UUID, path_id: UUID, to: str, by: str, at: datetime) -> Row | None:
    """Let a new path planned by `to` take the place of an active one, with its settings; the new path.

    None when the path was closed meanwhile or is planned by that version. Tasks of the old path stay in its history,
    the open ones too; the next tasks are planned from all that the learner did on the track.
    """
    with one_transaction():
        with open_journal(learner_ids=[learner_id], by=by, at=at) as journal:
            old = journal.path(path_id)
            if old["status"] != PathStatus.ACTIVE or old["algorithm_version"] == to:
                return None
            settings = complete_config({}, old["config"])
            plan = PathPlan(uuid7(), old["track_id"], settings, [], algorithm_version=to)
            record_path(journal, learner_id, plan, path_id)
            new = journal.path(plan.path_id)
        plan_ahead(learner_id=learner_id, path_id=plan.path_id, at=at)
    return new
