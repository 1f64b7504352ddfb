"""The catalogue as JSON for learners: what the dataclasses of the bank hold, and nothing else."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from catalog.bank import ProblemDetail, TrackOutline
from catalog.languages import LANGUAGES
from catalog.models import Track


def track_list(tracks: Iterable[Track]) -> dict[str, Any]:
    """A page of tracks; there are few, so the first page is the only one."""
    results = [
        {"slug": track.slug, "title": track.title, "description": track.description} for track in tracks
    ]
    return {"next": None, "previous": None, "results": results}


def track_detail(track: TrackOutline, runtimes: Mapping[str, bool]) -> dict[str, Any]:
    return asdict(track) | {"languages": _languages(LANGUAGES, runtimes)}


def problem_detail(problem: ProblemDetail, runtimes: Mapping[str, bool]) -> dict[str, Any]:
    return asdict(problem) | {"languages": _languages(problem.languages, runtimes)}


def _languages(languages: Iterable[str], runtimes: Mapping[str, bool]) -> list[dict[str, Any]]:
    return [
        {"slug": slug, "title": LANGUAGES[slug], "available": runtimes.get(slug, False)} for slug in languages
    ]
