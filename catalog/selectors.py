"""Questions to the catalogue's own tables."""

from catalog.models import Track


def tracks_by_slug() -> list[Track]:
    """Every track, in the order of their slugs. One statement."""
    return list(Track.objects.order_by("slug"))
