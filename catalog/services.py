"""What changes the catalogue: tracks from their files, imports of problems, retiring and restoring one."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import F

from catalog.bank import ProblemNotFound
from catalog.models import Module, Problem, ProblemVersion, Topic, Track
from catalog.problem_files import Fault
from catalog.records import ProblemRecord
from catalog.track_files import TrackFile, read_tracks

BATCH = 100
# Imports and syncs happen one after the other: two at once would number versions and positions alike.
CATALOGUE_LOCK = 0x63617461


class ImportRefused(ValueError):
    """At least one problem does not fit the catalogue; nothing was changed."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(f"{len(faults)} faults; nothing was imported")
        self.faults = faults


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did, or would do: problem ids in the order of the records."""

    new: tuple[str, ...]
    changed: tuple[str, ...]
    unchanged: tuple[str, ...]


def sync_tracks(tracks: Iterable[TrackFile] | None = None) -> None:
    """Make tracks, modules and topics what the files say; what left the files stays, behind the rest."""
    files = read_tracks() if tracks is None else list(tracks)
    with transaction.atomic():
        _one_at_a_time()
        for file in files:
            _sync_track(file)


def _one_at_a_time() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [CATALOGUE_LOCK])


def _sync_track(file: TrackFile) -> None:
    track, _ = Track.objects.update_or_create(
        slug=file.slug,
        defaults={"title": file.title, "description": file.description, "preset": file.preset},
    )
    _sync_modules(track, file)
    modules = {module.slug: module for module in Module.objects.filter(track=track)}
    topics = [
        Topic(module=modules[module.slug], slug=topic.slug, title=topic.title, position=position)
        for module in file.modules
        for position, topic in enumerate(module.topics, start=1)
    ]
    Topic.objects.bulk_create(
        topics, update_conflicts=True, unique_fields=["slug"], update_fields=["module", "title", "position"]
    )


def _sync_modules(track: Track, file: TrackFile) -> None:
    slugs = [module.slug for module in file.modules]
    titles = {module.slug: module.title for module in file.modules}
    kept = {module.slug: module for module in Module.objects.filter(track=track).order_by("position")}
    order = slugs + [slug for slug in kept if slug not in titles]
    if [kept[slug].position if slug in kept else None for slug in order] != list(range(1, len(order) + 1)):
        # Positions are unique in every moment: move all out of the way before numbering anew.
        Module.objects.filter(track=track).update(position=F("position") + 10_000)
    modules = [
        Module(track=track, slug=slug, title=titles.get(slug) or kept[slug].title, position=position)
        for position, slug in enumerate(order, start=1)
    ]
    Module.objects.bulk_create(
        modules,
        update_conflicts=True,
        unique_fields=["track", "slug"],
        update_fields=["title", "position"],
    )


def import_problems(records: Sequence[ProblemRecord], *, at: datetime, dry_run: bool = False) -> ImportReport:
    """Add new problems, give changed ones a new version, leave equal ones alone; all or nothing.

    Idempotent by id and content digest. Topics that no track file names are created in the problem's module.
    Raises `ImportRefused` with every fault when a record does not fit the catalogue. `dry_run` only reports.
    """
    with transaction.atomic():
        _one_at_a_time()
        modules = _module_of_slug()
        faults = list(_catalogue_faults(records, modules))
        if faults:
            raise ImportRefused(faults)
        digests = {record.id: record.digest() for record in records}
        current = _current_digests(list(digests))
        report = _report(records, lambda record: current.get(record.id, (0, ""))[1], digests)
        if not dry_run:
            touched = {*report.new, *report.changed}
            _write([record for record in records if record.id in touched], digests, current, modules, at)
    return report


def catalogue_faults(records: Sequence[ProblemRecord]) -> list[Fault]:
    """What keeps valid records out of this catalogue: unknown modules, topics that belong elsewhere."""
    return list(_catalogue_faults(records, _module_of_slug()))


def _module_of_slug() -> dict[str, Module]:
    """The modules that problems may name. Where tracks share a slug, the first track's own new topics."""
    modules: dict[str, Module] = {}
    for module in Module.objects.order_by("track__slug", "position"):
        modules.setdefault(module.slug, module)
    return modules


def _catalogue_faults(records: Sequence[ProblemRecord], modules: dict[str, Module]) -> Iterator[Fault]:
    homes = dict(Topic.objects.values_list("slug", "module__slug"))
    for record in records:
        module, primary = record.fields["module"], record.fields["topics"][0]
        if module not in modules:
            yield Fault(record.place, "/module", f"{module} is not a module of a track")
        elif homes.setdefault(primary, module) != module:
            yield Fault(record.place, "/topics/0", f"the first topic, {primary}, belongs to {homes[primary]}")


def _current_digests(ids: list[str]) -> dict[str, tuple[int, str]]:
    rows = ProblemVersion.objects.filter(
        problem_id__in=ids, version=F("problem__current_version")
    ).values_list("problem_id", "version", "digest")
    return {problem_id: (version, digest) for problem_id, version, digest in rows}


def _report(
    records: Sequence[ProblemRecord], stored: Callable[[ProblemRecord], str], digests: dict[str, str]
) -> ImportReport:
    groups: dict[str, list[str]] = {"new": [], "changed": [], "unchanged": []}
    for record in records:
        kept = stored(record)
        groups["new" if not kept else "unchanged" if kept == digests[record.id] else "changed"].append(
            record.id
        )
    return ImportReport(**{name: tuple(ids) for name, ids in groups.items()})


def _write(
    records: Sequence[ProblemRecord],
    digests: dict[str, str],
    current: dict[str, tuple[int, str]],
    modules: dict[str, Module],
    at: datetime,
) -> None:
    versions = {record.id: current.get(record.id, (0, ""))[0] + 1 for record in records}
    _create_topics(records, modules)
    Problem.objects.bulk_create(
        [_problem(record, versions[record.id], at) for record in records],
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=[
            "title", "subject", "module", "topics", "difficulty", "minutes_target", "current_version"
        ],
    )  # fmt: skip
    ProblemVersion.objects.bulk_create(
        [_version(record, versions[record.id], digests[record.id], at) for record in records],
        batch_size=BATCH,
    )


def _create_topics(records: Sequence[ProblemRecord], modules: dict[str, Module]) -> None:
    named = {
        slug: record.fields["module"] for record in reversed(records) for slug in record.fields["topics"]
    } | {record.fields["topics"][0]: record.fields["module"] for record in records}
    Topic.objects.bulk_create(
        [
            Topic(module=modules[module], slug=slug, title=slug.replace("-", " ").capitalize(), position=1000)
            for slug, module in sorted(named.items())
        ],
        ignore_conflicts=True,
    )


def _problem(record: ProblemRecord, version: int, at: datetime) -> Problem:
    names = ("id", "title", "subject", "module", "topics", "difficulty", "minutes_target")
    values: dict[str, Any] = {name: record.fields[name] for name in names}
    return Problem(**values, current_version=version, created_at=at)


def _version(record: ProblemRecord, version: int, digest: str, at: datetime) -> ProblemVersion:
    names = ("hidden_tests", "checker", "hints", "solutions")
    values: dict[str, Any] = {name: record.fields[name] for name in names}
    return ProblemVersion(
        problem_id=record.id, version=version, content=record.content, digest=digest, created_at=at, **values
    )


def retire_problem(*, problem_id: str, at: datetime) -> None:
    """Keep a problem out of planning from now on; tasks that have it keep it. Raises `ProblemNotFound`."""
    _set_retired(problem_id, at)


def restore_problem(*, problem_id: str) -> None:
    """Let planning choose a retired problem again. Raises `ProblemNotFound`."""
    _set_retired(problem_id, None)


def _set_retired(problem_id: str, at: datetime | None) -> None:
    known = Problem.objects.filter(id=problem_id)
    rows = known.filter(retired_at=None).update(retired_at=at) if at else known.update(retired_at=None)
    if not rows and not known.exists():
        raise ProblemNotFound(problem_id)
