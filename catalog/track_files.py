"""Tracks as files: catalog/tracks/*.toml, the modules in the order in which they open."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent / "tracks"


@dataclass(frozen=True, slots=True)
class TopicFile:
    slug: str
    title: str


@dataclass(frozen=True, slots=True)
class ModuleFile:
    slug: str
    title: str
    topics: tuple[TopicFile, ...]


@dataclass(frozen=True, slots=True)
class TrackFile:
    """One file: `preset` holds the defaults of `study_paths.config` for its paths."""

    slug: str
    title: str
    description: str
    preset: dict[str, Any]
    modules: tuple[ModuleFile, ...]


def read_tracks(folder: Path = FOLDER) -> list[TrackFile]:
    """The tracks of a folder, by file name. These are files of the project: a malformed one raises."""
    return [_track(tomllib.loads(path.read_text(encoding="utf-8"))) for path in sorted(folder.glob("*.toml"))]


def _track(raw: dict[str, Any]) -> TrackFile:
    modules = tuple(
        ModuleFile(module["slug"], module["title"], tuple(TopicFile(**topic) for topic in module["topics"]))
        for module in raw["modules"]
    )
    return TrackFile(raw["slug"], raw["title"], raw["description"], raw["preset"], modules)
