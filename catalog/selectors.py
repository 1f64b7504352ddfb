"""Questions to the catalogue's own tables."""

from typing import Any

from django.db import connection

from catalog.models import Module, Track


def tracks_by_slug() -> list[Track]:
    """Every track, in the order of their slugs. One statement."""
    return list(Track.objects.order_by("slug"))


def modules_of_track(slug: str) -> list[str]:
    """The modules of a track in the order in which they open."""
    modules = Module.objects.filter(track__slug=slug).order_by("position")
    return list(modules.values_list("slug", flat=True))


def track_preset(slug: str) -> dict[str, Any] | None:
    """The settings that paths of a track begin with; None when there is no such track."""
    preset: dict[str, Any] | None = Track.objects.filter(slug=slug).values_list("preset", flat=True).first()
    return preset


# A module of another track may have the same slug: problems name modules, not tracks.
_OFFERED = """
    FROM problems p JOIN modules m ON m.slug = p.module JOIN tracks t ON t.id = m.track_id
    WHERE t.slug = %s AND p.retired_at IS NULL
"""
_STAMP = "count(*), sum(hashtextextended((m.position, p.*)::text, 0))"


def stamp_of_offer(track: str) -> tuple[int, int | None]:
    """Equal stamps are equal offers of a track. One statement that sends two numbers, whatever the track's size."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {_STAMP} {_OFFERED}", [track])
        count, digest = cursor.fetchone()
    return count, None if digest is None else int(digest)


def offered_problems(track: str) -> list[dict[str, Any]]:
    """What planning may choose on a track: id, version, module, topics, difficulty, minutes_target of each problem."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT p.id, p.current_version, p.module, p.topics, p.difficulty, p.minutes_target"
            f" {_OFFERED} ORDER BY m.position, p.difficulty, p.id",
            [track],
        )
        names = ("id", "version", "module", "topics", "difficulty", "minutes_target")
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
