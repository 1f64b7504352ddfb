"""The problem bank in our own tables."""

from typing import Any

from django.db.models import F, Func, IntegerField, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce

from catalog.bank import (
    MAX_LIMIT,
    ModuleOutline,
    ProblemBank,
    ProblemDetail,
    ProblemNotFound,
    ProblemSummary,
    TestBundle,
    TopicOutline,
    TrackNotFound,
    TrackOutline,
)
from catalog.models import Module, Problem, ProblemVersion, Topic, Track
from catalog.shapes import bundle_of, detail_of, summary_of


class LocalProblemBank(ProblemBank):
    """Answers from `problems` and `problem_versions`, filled by `import_problems`."""

    def track(self, slug: str) -> TrackOutline:
        """Three statements: the track, its modules with counts, their topics."""
        track = Track.objects.filter(slug=slug).first()
        if track is None:
            raise TrackNotFound(slug)
        topics = _topics_by_module(track)
        modules = Module.objects.filter(track=track).annotate(problems=_offered()).order_by("position")
        return TrackOutline(
            slug=track.slug,
            title=track.title,
            description=track.description,
            modules=tuple(
                ModuleOutline(
                    slug=module.slug,
                    title=module.title,
                    position=module.position,
                    topics=tuple(topics.get(module.slug, ())),
                    problems=module.problems,
                )
                for module in modules
            ),
        )

    def problems(
        self, *, track: str, module: str, difficulty: tuple[int, int], limit: int
    ) -> list[ProblemSummary]:
        """One statement; a module that the track does not have offers nothing."""
        modules = Module.objects.filter(track__slug=track, slug=module)
        rows = (
            Problem.objects.filter(
                retired_at=None, module__in=modules.values("slug"), difficulty__range=difficulty
            )
            .order_by("difficulty", "id")
            .values("id", "title", "module", "topics", "difficulty", "minutes_target", "current_version")[
                : min(limit, MAX_LIMIT)
            ]
        )
        return [summary_of(row, version=row["current_version"]) for row in rows]

    def problem(self, problem_id: str, version: int | None = None) -> ProblemDetail:
        row = self._version(problem_id, version, "content")
        return detail_of(row["content"], version=row["version"])

    def hidden_bundle(self, problem_id: str, version: int | None = None) -> TestBundle:
        row = self._version(problem_id, version, "content", "hidden_tests", "checker")
        fields = row["content"] | {"hidden_tests": row["hidden_tests"], "checker": row["checker"]}
        return bundle_of(fields, version=row["version"])

    def _version(self, problem_id: str, version: int | None, *columns: str) -> dict[str, Any]:
        wanted = F("problem__current_version") if version is None else version
        rows = ProblemVersion.objects.filter(problem_id=problem_id, version=wanted)
        for row in rows.values("version", *columns):
            return dict(row)
        raise ProblemNotFound(problem_id, version)


def _offered() -> Coalesce:
    """How many problems of a module planning may choose."""
    counted = (
        Problem.objects.filter(module=OuterRef("slug"), retired_at=None)
        .order_by()
        .annotate(number=Func(F("id"), function="COUNT", output_field=IntegerField()))
        .values("number")
    )
    return Coalesce(Subquery(counted), Value(0))


def _topics_by_module(track: Track) -> dict[str, list[TopicOutline]]:
    topics: dict[str, list[TopicOutline]] = {}
    rows = Topic.objects.filter(module__track=track).order_by("position", "slug")
    for module, slug, title in rows.values_list("module__slug", "slug", "title"):
        topics.setdefault(module, []).append(TopicOutline(slug=slug, title=title))
    return topics
