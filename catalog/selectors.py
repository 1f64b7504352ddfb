"""Questions to the catalogue's own tables."""

from typing import Any

from catalog.models import Track


def tracks_by_slug() -> list[Track]:
    """Every track, in the order of their slugs. One statement."""
    return list(Track.objects.order_by("slug"))


def track_preset(slug: str) -> dict[str, Any] | None:
    """The settings that paths of a track begin with; None when there is no such track."""
    preset: dict[str, Any] | None = Track.objects.filter(slug=slug).values_list("preset", flat=True).first()
    return preset
