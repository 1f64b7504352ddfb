"""Acts on paths: create (superseding the active one of the track) and configure."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from catalog.problem_bank import ProblemSummary, problem_bank
from catalog.selectors import modules_of_track, track_preset
from common.errors import Conflict, InvalidRequest
from common.ids import uuid7
from studypaths.generation import NEWEST_VERSION, VERSIONS, Candidate, Choice, choose_first_batch
from studypaths.journal import Journal, VersionCheck, any_version, one_transaction, open_journal
from studypaths.offers import FIRST_MODULE, candidates_of, refresh_offer
from studypaths.path_config import complete_config, merged_config
from studypaths.projection import Row
from studypaths.selectors import active_path_id, has_history
from studypaths.services.completion import complete_all_due
from studypaths.services.followers import follow_ends
from studypaths.services.planning import plan_ahead
from studypaths.services.recording import record_choice
from studypaths.services.wake_ups import ask_to_plan
from studypaths.states import PathStatus

FIRST_DIFFICULTIES = (1, 2)
ALL_DIFFICULTIES = (1, 5)
FIRST_CANDIDATES = 50


class PathNotActive(Conflict):
    """The path was superseded or archived: it gets no new tasks or settings. Tasks it has can still be worked on."""

    code = "path_not_active"
    title = "The path is no longer active"


@dataclass(frozen=True, slots=True)
class NewPath:
    """A path and its first tasks, as rows of the projection."""

    path: Row
    tasks: list[Row]


@dataclass(frozen=True, slots=True)
class PathPlan:
    """What a new path will be: asked of the catalogue before any transaction, recorded by `create_path`."""

    path_id: UUID
    track_id: str
    config: dict[str, Any]
    choices: list[Choice]
    algorithm_version: str = NEWEST_VERSION


def plan_path(*, track_id: str, config: dict[str, Any], algorithm_version: str = NEWEST_VERSION) -> PathPlan:
    """Choose the first 5 to 10 tasks of a path (R085), which then is planned by `algorithm_version`.

    Asks the problem bank: never inside a transaction. `InvalidRequest` for a track or version that there is not.
    """
    if algorithm_version not in VERSIONS:
        detail = f"Versions are {', '.join(sorted(VERSIONS))}."
        raise InvalidRequest.at("#/algorithm_version", "unknown_algorithm_version", detail)
    preset = track_preset(track_id)
    if preset is None:
        raise InvalidRequest.at("#/track_id", "unknown_track", f"There is no track {track_id!r}.")
    refresh_offer(track_id)
    path_id = uuid7()
    complete = complete_config(preset, config)
    module = _first_module(track_id)
    choices = choose_first_batch(
        _first_candidates(track_id, module, complete["initial_tasks"]),
        module=module,
        count=complete["initial_tasks"],
        weights=complete["weights"],
        seed=str(path_id),
    )
    return PathPlan(path_id, track_id, complete, choices, algorithm_version)


def _first_module(track_id: str) -> str:
    """Where a path begins (R085): arrays-strings where the track has it, else the track's first module."""
    modules = modules_of_track(track_id)
    return FIRST_MODULE if FIRST_MODULE in modules or not modules else modules[0]


def _first_candidates(track_id: str, module: str, wanted: int) -> list[Candidate]:
    """Easy problems of the module; harder ones too where there are not enough."""
    found: list[ProblemSummary] = []
    for difficulties in (FIRST_DIFFICULTIES, ALL_DIFFICULTIES):
        if len(found) < wanted:
            found = problem_bank().problems(
                track=track_id, module=module, difficulty=difficulties, limit=FIRST_CANDIDATES
            )
    return candidates_of(found)


def create_path(*, learner_id: UUID, plan: PathPlan, by: str, at: datetime) -> NewPath:
    """Record a planned path and its first tasks (R068, R084); the active path of that track is superseded.

    A learner who has done tasks of that track goes on from there: the first tasks follow from those.
    """
    with one_transaction():
        with open_journal(learner_ids=[learner_id], by=by, at=at) as journal:
            previous = active_path_id(learner_id=learner_id, track_id=plan.track_id)
            experienced = previous and has_history(learner_id=learner_id, track_id=plan.track_id)
            record_path(journal, learner_id, plan, previous)
            choices = [] if experienced else plan.choices
            tasks = [
                record_choice(journal, learner_id=learner_id, path_id=plan.path_id, choice=choice)
                for choice in choices
            ]
            path = journal.path(plan.path_id)
        if experienced:
            tasks = plan_ahead(learner_id=learner_id, path_id=plan.path_id, at=at).added
    return NewPath(path, tasks)


def record_path(journal: Journal, learner_id: UUID, plan: PathPlan, previous: UUID | None) -> None:
    """Record a path that takes the place of `previous`, the active one of its track."""
    if previous:
        supersede(journal, learner_id=learner_id, path_id=previous, by_path=plan.path_id)
    journal.record(
        "path_created",
        learner_id=learner_id,
        path_id=plan.path_id,
        payload={
            "track_id": plan.track_id,
            "config": plan.config,
            "algorithm_version": plan.algorithm_version,
            "supersedes": previous,
        },
    )


def supersede(journal: Journal, *, learner_id: UUID, path_id: UUID, by_path: UUID) -> None:
    """Close a path in favour of another. Its tasks and their history stay as they are."""
    journal.record(
        "path_superseded", learner_id=learner_id, path_id=path_id, payload={"superseded_by": by_path}
    )


def update_path_config(
    *,
    learner_id: UUID,
    path_id: UUID,
    config: dict[str, Any],
    by: str,
    at: datetime,
    check: VersionCheck = any_version,
) -> Row:
    """Change settings of an active path (R103). Settings that are not named keep their values.

    A change that changes nothing leaves no event. Tasks in progress that are out of attempts under the new policy are
    completed with the best score they have.
    """
    with open_journal(learner_ids=[learner_id], by=by, at=at) as journal:
        path = active_path(journal, path_id)
        check(path["version"])
        settings = merged_config(path["config"], config)
        if settings == path["config"]:
            return path
        journal.record(
            "path_config_changed",
            learner_id=learner_id,
            path_id=path_id,
            payload={"config": settings, "changed": config},
        )
        follow_ends(journal, complete_all_due(journal, path_id))
        ask_to_plan([path_id])
        return journal.path(path_id)


def active_path(journal: Journal, path_id: UUID) -> Row:
    """The path under the lock; `PathNotActive` when it was closed."""
    path = journal.path(path_id)
    if path["status"] != PathStatus.ACTIVE:
        raise PathNotActive(f"The path is {path['status']}.")
    return path
