"""Questions about reviews."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Q
from orjson import loads

from catalog.models import Module, Problem
from common.errors import NotFound
from reviews.allowance import Settings, day_of, zone_of
from reviews.models import ReviewItem
from reviews.projection import REVIEW_ITEMS
from studypaths.journal import Journal
from studypaths.projection import Row

NO_ITEM = "There is no such review item."
LEARNERS_PER_LOOK = 50_000


@dataclass(frozen=True, slots=True)
class Preferences:
    """A learner's settings and time zone."""

    settings: Settings
    zone: ZoneInfo


@dataclass(frozen=True, slots=True)
class Load:
    """Review tasks of one learner: made on the learner's present day, and open since an earlier one."""

    offered_today: int = 0
    open_from_before: int = 0


PREFERENCES = """
    SELECT l.id, l.timezone, s.version, s.daily_cap, s.vacation_from, s.vacation_to, s.easy_days::text,
        s.desired_retention, s.parameters::text, s.parameters_version
    FROM learners l LEFT JOIN review_settings s ON s.learner_id = l.id WHERE l.id = ANY(%s)
"""


def preferences_of(learner_ids: Collection[UUID]) -> dict[UUID, Preferences]:
    """Settings (the defaults where there are none) and time zones of these learners; one query."""
    with connection.cursor() as cursor:
        cursor.execute(PREFERENCES, [list(learner_ids)])
        return {row[0]: Preferences(_settings(*row[2:]), zone_of(row[1])) for row in cursor.fetchall()}


def _settings(version: int | None, *values: Any) -> Settings:
    if version is None:
        return Settings()
    cap, start, end, easy_days, retention, parameters, parameters_version = values
    return Settings(
        cap, start, end, loads(easy_days), retention, tuple(loads(parameters)), parameters_version, version
    )


def item_in(journal: Journal, item_id: UUID) -> Row | None:
    """An item that the journal loaded or made; None when there is none. Asks no database."""
    try:
        return journal.recorded(REVIEW_ITEMS, item_id)
    except KeyError:
        return None


def minutes_targets(problem_ids: Collection[str]) -> dict[str, int]:
    """For how many minutes each problem is meant, for those that the catalogue here has; one query."""
    found = Problem.objects.filter(id__in=set(problem_ids))
    return dict(found.values_list("id", "minutes_target"))


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What making review tasks must know of the catalogue: current versions, retired problems, modules of tracks."""

    versions: Mapping[str, int]
    retired: frozenset[str]
    modules: Mapping[str, frozenset[str]]

    def path_for(self, track_id: str, module: str, paths: Sequence[tuple[UUID, str]]) -> UUID | None:
        """Of a learner's active paths (newest first) the one that a review belongs to: that of its track, else the
        newest whose track has its module."""
        same = (path_id for path_id, track in paths if track == track_id)
        fitting = (path_id for path_id, track in paths if module in self.modules.get(track, ()))
        return next(same, None) or next(fitting, None)


def catalogue_now() -> Catalogue:
    """The catalogue at present; two queries over a few thousand rows."""
    problems = list(Problem.objects.values_list("id", "current_version", "retired_at"))
    modules: dict[str, set[str]] = {}
    for track, module in Module.objects.values_list("track__slug", "slug"):
        modules.setdefault(track, set()).add(module)
    return Catalogue(
        versions={each: version for each, version, _ in problems},
        retired=frozenset(each for each, _, retired_at in problems if retired_at),
        modules={track: frozenset(slugs) for track, slugs in modules.items()},
    )


LEARNERS_DUE = """
    SELECT DISTINCT learner_id FROM review_queue
    WHERE open_task_id IS NULL AND due_at <= %(at)s AND learner_id > %(after)s
      AND (%(only)s::uuid[] IS NULL OR learner_id = ANY(%(only)s::uuid[]))
    ORDER BY learner_id LIMIT %(limit)s
"""


def learners_due(at: datetime, *, only: Collection[UUID] | None = None, chunk: int) -> Iterator[list[UUID]]:
    """The learners who have items due without a task, in the order of their ids, in chunks."""
    after = UUID(int=0)
    limit = max(LEARNERS_PER_LOOK, chunk)
    values: dict[str, Any] = {"at": at, "only": None if only is None else list(only), "limit": limit}
    while True:
        with connection.cursor() as cursor:
            cursor.execute(LEARNERS_DUE, {**values, "after": after})
            found = [learner_id for (learner_id,) in cursor.fetchall()]
        for start in range(0, len(found), chunk):
            yield found[start : start + chunk]
        if len(found) < limit:
            return
        after = found[-1]


OFFERED = """
    SELECT learner_id, open_task_id IS NOT NULL, offered_at FROM review_queue
    WHERE learner_id = ANY(%s) AND (open_task_id IS NOT NULL OR offered_at >= %s)
"""


def loads_of(preferences: Mapping[UUID, Preferences], at: datetime) -> dict[UUID, Load]:
    """How many review tasks these learners were offered today and have open from before; one query."""
    today = {learner_id: day_of(at, each.zone) for learner_id, each in preferences.items()}
    counts: dict[UUID, list[int]] = {learner_id: [0, 0] for learner_id in preferences}
    with connection.cursor() as cursor:
        # No zone is further than 26 hours from another: whatever any of them calls today began later than that.
        cursor.execute(OFFERED, [list(preferences), at - timedelta(hours=50)])
        for learner_id, is_open, offered_at in cursor.fetchall():
            if day_of(offered_at, preferences[learner_id].zone) == today[learner_id]:
                counts[learner_id][0] += 1
            elif is_open:
                counts[learner_id][1] += 1
    return {learner_id: Load(*each) for learner_id, each in counts.items()}


ACTIVE_PATHS = """
    SELECT learner_id, id, track_id FROM study_paths WHERE learner_id = ANY(%s) AND status = 'active'
    ORDER BY learner_id, created_at DESC
"""


def active_paths_of(learner_ids: Collection[UUID]) -> dict[UUID, list[tuple[UUID, str]]]:
    """(id, track) of the active paths of these learners, newest first; one query."""
    paths: dict[UUID, list[tuple[UUID, str]]] = {}
    with connection.cursor() as cursor:
        cursor.execute(ACTIVE_PATHS, [list(learner_ids)])
        for learner_id, path_id, track_id in cursor.fetchall():
            paths.setdefault(learner_id, []).append((path_id, track_id))
    return paths


WAITING = """
    SELECT learner_id, id, problem_id, track_id, module, stability, last_reviewed_at, due_at FROM review_queue
    WHERE learner_id = ANY(%s) AND open_task_id IS NULL AND due_at <= %s ORDER BY learner_id, due_at, id
"""


def waiting_items(learner_ids: Collection[UUID], at: datetime) -> list[tuple[Any, ...]]:
    """What is due of these learners and has no task, as `WAITING` selects it; one query."""
    with connection.cursor() as cursor:
        cursor.execute(WAITING, [list(learner_ids), at])
        return list(cursor.fetchall())


def item_by_id(item_id: UUID) -> ReviewItem:
    """An item. Raises `NotFound`."""
    found = ReviewItem.objects.filter(id=item_id).first()
    if found is None:
        raise NotFound(NO_ITEM)
    return found


def in_state(state: str | None, at: datetime) -> Q:
    """The condition on items in a state of presenters.state_of; None: due or open, any other name: all."""
    is_open, is_due = Q(open_task__isnull=False), Q(due_at__lte=at)
    conditions = {
        None: is_open | is_due,
        "open": is_open,
        "due": ~is_open & is_due,
        "upcoming": ~is_open & ~is_due,
    }
    return conditions.get(state, Q())


def learner_of_item(item_id: UUID) -> UUID | None:
    """Whose item it is, or None."""
    return ReviewItem.objects.filter(id=item_id).values_list("learner_id", flat=True).first()


COUNTS = """
    SELECT count(*) FILTER (WHERE open_task_id IS NULL AND due_at <= %(at)s),
        count(*) FILTER (WHERE open_task_id IS NOT NULL),
        count(*) FILTER (WHERE open_task_id IS NULL AND due_at > %(at)s),
        min(due_at) FILTER (WHERE open_task_id IS NULL AND due_at > %(at)s)
    FROM review_queue WHERE learner_id = %(learner_id)s
"""


@dataclass(frozen=True, slots=True)
class Counts:
    """Items of one learner: due without a task, with an open task, due later; and when the next becomes due."""

    due: int
    open: int
    upcoming: int
    next_due_at: datetime | None


def counts_of(learner_id: UUID, at: datetime) -> Counts:
    """The state of a learner's queue; one query over the learner's items."""
    with connection.cursor() as cursor:
        cursor.execute(COUNTS, {"learner_id": learner_id, "at": at})
        return Counts(*cursor.fetchone())
