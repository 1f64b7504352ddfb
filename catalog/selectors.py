"""Questions to the catalogue's own tables."""

from typing import Any

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
