"""Tracks come from files; syncing is idempotent and survives reordering."""

import pytest

from catalog.models import Module, Topic, Track
from catalog.services import sync_tracks
from catalog.track_files import ModuleFile, TopicFile, TrackFile, read_tracks
from tests.catalog.samples import imported

MODULES_OF_R054 = [
    "introduction", "arrays-strings", "hashing", "linked-lists", "stacks-queues", "trees-graphs",
    "sorting-searching", "heaps", "greedy", "dynamic-programming", "recursion-backtracking",
    "bit-manipulation", "math-geometry", "design",
]  # fmt: skip


def a_track(*modules: str, title: str = "Track") -> TrackFile:
    files = tuple(ModuleFile(slug, slug.title(), (TopicFile(f"{slug}-topic", "T"),)) for slug in modules)
    return TrackFile("track", title, "", {"max_attempts": 2}, files)


def order() -> list[tuple[str, int]]:
    return list(Module.objects.order_by("position").values_list("slug", "position"))


def test_the_track_of_the_project_has_the_14_modules_in_their_order() -> None:
    """R054, R014."""
    (track,) = read_tracks()

    assert track.slug == "coding-interview-meta"
    assert [module.slug for module in track.modules] == MODULES_OF_R054
    assert track.preset == {"completion_policy": "pass_or_exhausted", "max_attempts": 3}


def test_no_topic_of_the_project_is_named_twice() -> None:
    topics = [topic.slug for track in read_tracks() for module in track.modules for topic in module.topics]

    assert len(topics) == len(set(topics))
    assert len(topics) > 50


@pytest.mark.django_db
def test_syncing_again_changes_nothing() -> None:
    sync_tracks()
    before = list(Module.objects.order_by("id").values()), list(Topic.objects.order_by("id").values())

    sync_tracks()

    assert before == (
        list(Module.objects.order_by("id").values()),
        list(Topic.objects.order_by("id").values()),
    )


@pytest.mark.django_db
def test_a_changed_file_renames_and_reorders() -> None:
    sync_tracks([a_track("a", "b", "c")])

    sync_tracks([a_track("c", "new", "a", "b", title="Renamed")])

    assert order() == [("c", 1), ("new", 2), ("a", 3), ("b", 4)]
    assert Track.objects.get().title == "Renamed"


@pytest.mark.django_db
def test_a_module_that_left_the_file_stays_behind_the_others() -> None:
    sync_tracks([a_track("a", "b", "c")])

    sync_tracks([a_track("c", "b")])

    assert order() == [("c", 1), ("b", 2), ("a", 3)]


@pytest.mark.django_db
def test_a_topic_made_by_an_import_stays_when_tracks_are_synced_again() -> None:
    sync_tracks()
    imported({"topics": ["brand-new"]})

    sync_tracks()

    assert Topic.objects.get(slug="brand-new").module.slug == "arrays-strings"
