"""Planning what comes next, in the transaction of what happened: the task to be served next, and those behind it."""

from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import structlog
from django.conf import settings
from django.db import InterfaceError, OperationalError, connection, transaction

from catalog.problem_bank import ProblemBankRefused, ProblemBankUnreachable
from studypaths import generation
from studypaths.generation import PROBLEM, REVIEW, WINDOW, Known, Offer, OpenTask, Settings, Situation, Step
from studypaths.journal import Journal, open_journal
from studypaths.models import StudyPath
from studypaths.offers import is_old, offer_at_hand, refresh_offer
from studypaths.projection import TASKS, Row
from studypaths.selectors import active_path_id, active_path_ids, path_row
from studypaths.services.recording import record_choice, record_replanned
from studypaths.services.wake_ups import ask_to_plan, ask_to_prefetch
from studypaths.states import PathStatus, TaskKind, TaskStatus

log = structlog.get_logger(__name__)

PLANNER = "system:planner"
# Tasks are served in about the order in which they are scheduled: the last ones to end are among these.
LOOKED_AT = 2 * WINDOW
OPEN_LOOKED_AT = 50

OPEN_TASKS = """
    SELECT id, problem_id, module, topic_tags, difficulty, status, decision->>'algorithm_version', decision->>'kind'
    FROM study_tasks
    WHERE path_id = %(path_id)s AND kind = 'problem'
      AND (status = 'in_progress' OR (status = 'scheduled' AND expires_at > %(at)s))
    ORDER BY status, scheduled_at, id LIMIT %(limit)s
"""
# Of all paths of the learner on the track: a new version of a path goes on where the old one was. A task that expired
# was never started: its problem may come again.
ENDED = """
    FROM study_tasks WHERE learner_id = %(learner_id)s
      AND path_id = ANY(ARRAY(
          SELECT id FROM study_paths WHERE learner_id = %(learner_id)s AND track_id = %(track_id)s))
      AND status IN ('completed', 'skipped') AND kind IN ('problem', 'review', 'mock')
"""
ENDED_AT = "coalesce(completed_at, started_at, updated_at)"
SERVED = f"""
    SELECT problem_id, module, topic_tags, difficulty, passed, score, kind, version, planned_as FROM (
        SELECT id, problem_id, module, topic_tags, difficulty, passed, score, kind,
               decision->>'algorithm_version' AS version, decision->>'kind' AS planned_as, {ENDED_AT} AS ended_at
        {ENDED} ORDER BY scheduled_at DESC, id DESC LIMIT %(limit)s
    ) newest ORDER BY ended_at, id
"""
DONE = f"SELECT problem_id, count(*), max({ENDED_AT}) AS last {ENDED} GROUP BY problem_id ORDER BY last, problem_id"
MASTERED = "SELECT topic, value, observations FROM mastery WHERE learner_id = %(learner_id)s ORDER BY topic"


class Planned(NamedTuple):
    """Tasks that were added or got another problem, as rows of the projection."""

    added: list[Row]
    replanned: list[Row]


NOTHING_PLANNED = Planned([], [])


def plan_ahead(*, learner_id: UUID, path_id: UUID, at: datetime, adds: bool = True) -> Planned:
    """Look again at the next task of a path and, if it `adds`, plan until `open_ahead` are open.

    Of a path that was closed, the active one of its track is planned: what was done on the old one counts there too.
    Joins the caller's transaction, after the block of its journal has ended. When no offer is at hand (a problem bank
    elsewhere that was not asked yet), a message asks a worker to do it.
    """
    with open_journal(learner_ids=[learner_id], by=PLANNER, at=at) as journal:
        path = _active_path(journal, path_id)
        if path is None:
            return NOTHING_PLANNED
        offer = offer_at_hand(path["track_id"])
        if offer is None:
            ask_to_plan([path["id"]], adds=adds)
            return NOTHING_PLANNED
        planned = _plan(journal, path, offer, adds)
    ask_to_prefetch([*planned.added, *planned.replanned])
    return planned


def _active_path(journal: Journal, path_id: UUID) -> Row | None:
    """The path, or the active one of the learner on its track."""
    path = journal.path(path_id)
    if path["status"] == PathStatus.ACTIVE:
        return path
    active = active_path_id(learner_id=path["learner_id"], track_id=path["track_id"])
    return journal.path(active) if active else None


def plan_after(*, learner_id: UUID, path_id: UUID, at: datetime) -> None:
    """`plan_ahead` as what follows an act, in its transaction: a defect of planning does not undo what was done."""
    try:
        with transaction.atomic():
            plan_ahead(learner_id=learner_id, path_id=path_id, at=at)
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        log.exception("planning_failed", path=str(path_id))
    if settings.PROBLEM_BANK_URL:
        _ask_for_a_newer_offer(path_id)


def _ask_for_a_newer_offer(path_id: UUID) -> None:
    """Who only records acts never asks the bank: what was planned from an old answer, a worker looks at again."""
    if is_old(StudyPath.objects.values_list("track_id", flat=True).get(id=path_id)):
        ask_to_plan([path_id])


def prepare_to_plan(*, task_id: UUID) -> None:
    """Have the offer of a task's track at hand, before the transaction of its result.

    Asks nobody with our own catalogue. A problem bank that is away is no obstacle: a message asks again later.
    """
    if not settings.PROBLEM_BANK_URL:
        return
    track_id = StudyPath.objects.values_list("track_id", flat=True).get(tasks=task_id)
    try:
        refresh_offer(track_id)
    except (ProblemBankUnreachable, ProblemBankRefused) as error:
        log.warning("offer_not_refreshed", track=track_id, why=error.detail)


def plan_path_ahead(*, path_id: UUID, at: datetime, adds: bool = True) -> Planned:
    """`plan_ahead` in a transaction of its own, after asking the problem bank what there is.

    A bank that is away is no obstacle where its last good answer is at hand. Raises `NotFound`, and
    `ProblemBankUnreachable` or `ProblemBankRefused` where none is.
    """
    path = path_row(path_id)
    try:
        refresh_offer(path["track_id"])
    except (ProblemBankUnreachable, ProblemBankRefused) as error:
        if offer_at_hand(path["track_id"]) is None:
            raise
        log.warning("offer_not_refreshed", track=path["track_id"], why=error.detail)
    return plan_ahead(learner_id=path["learner_id"], path_id=path_id, at=at, adds=adds)


def plan_next(*, learner_id: UUID, track_id: str | None, at: datetime) -> None:
    """Plan for a learner who has nothing open, on the newest active path that has something to offer (of that track).

    Not inside a transaction. Raises as `plan_path_ahead` does.
    """
    for path_id in active_path_ids(learner_id=learner_id, track_id=track_id):
        if plan_path_ahead(path_id=path_id, at=at).added:
            return


def _plan(journal: Journal, path: Row, offer: Offer, adds: bool) -> Planned:
    values = {"learner_id": path["learner_id"], "path_id": path["id"], "track_id": path["track_id"]}
    open_ids, open_tasks = _open_tasks({**values, "at": journal.at})
    settings_of_path = Settings.of(path["config"])
    wanted = settings_of_path if adds else replace(settings_of_path, open_ahead=0)
    situation = _situation(path, offer, wanted, values)
    changes = generation.plan(situation, open_tasks)
    replaced = [(open_ids[c.position], c.choice) for c in changes if c.position is not None]
    journal.load(TASKS, [(task_id,) for task_id, _ in replaced])
    return Planned(
        replanned=[record_replanned(journal, task_id=each, choice=choice) for each, choice in replaced],
        added=[
            record_choice(journal, learner_id=path["learner_id"], path_id=path["id"], choice=change.choice)
            for change in changes
            if change.position is None
        ],
    )


def _open_tasks(values: dict[str, Any]) -> tuple[list[UUID], list[OpenTask]]:
    """Tasks that stay as they are before those that may be planned anew, each in the order of `next`."""
    fixed: list[tuple[UUID, OpenTask]] = []
    provisional: list[tuple[UUID, OpenTask]] = []
    for task_id, problem_id, module, topics, difficulty, status, version, kind in _rows(
        OPEN_TASKS, {**values, "limit": OPEN_LOOKED_AT}
    ):
        ours = version in generation.VERSIONS
        stays = status == TaskStatus.IN_PROGRESS or not ours
        task = OpenTask(
            problem_id, module, _primary(topics, module), difficulty, _kind(ours, kind), started=stays
        )
        (fixed if stays else provisional).append((task_id, task))
    both = [*fixed, *provisional]
    return [task_id for task_id, _ in both], [task for _, task in both]


def _situation(path: Row, offer: Offer, wanted: Settings, values: dict[str, Any]) -> Situation:
    done = _rows(DONE, values)
    return Situation(
        algorithm_version=path["algorithm_version"],
        offer=offer,
        settings=wanted,
        mastery={topic: Known(value, count) for topic, value, count in _rows(MASTERED, values)},
        served=[_step(*row) for row in _rows(SERVED, {**values, "limit": LOOKED_AT})][-WINDOW:],
        done={problem_id: place for place, (problem_id, _, _) in enumerate(done)},
        seed=str(path["id"]),
        ordinal=sum(count for _, count, _ in done),
    )


def _step(
    problem_id: str,
    module: str,
    topics: list[str],
    difficulty: int,
    passed: bool | None,
    score: float | None,
    kind: str,
    version: str | None,
    planned_as: str | None,
) -> Step:
    ours = kind == TaskKind.PROBLEM and version in generation.VERSIONS
    topic, skipped = _primary(topics, module), passed is None
    return Step(problem_id, module, topic, difficulty, passed, score, _kind(ours, planned_as), skipped)


def _kind(ours: bool, planned_as: str | None) -> str:
    """The kind of a step: what no planner chose is bound by none of its rails."""
    return planned_as or PROBLEM if ours else REVIEW


def _primary(topics: list[str], module: str) -> str:
    return topics[0] if topics else module


def _rows(sql: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())
