"""Problems as files: JSON Lines, or a folder of packages (problem.toml, tests.jsonl, solution.*).

Reading never stops at the first mistake: every fault is collected, with file, line and JSON pointer.
"""

import json
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, NoReturn

from catalog.checks import Faults
from catalog.languages import SOLUTION_FILES
from catalog.records import COMPLETE, MAX_CODE_BYTES, ProblemRecord, checked

MAX_LINE_BYTES = 2 * 1024 * 1024
PACKAGE_FILES = {"problem.toml", "tests.jsonl", *SOLUTION_FILES}
UNREAD = "?"
_IN_OTHER_FILES = {"visible_tests", "hidden_tests", "solutions"}


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong: `place` is a file, file:line or folder, `pointer` a JSON pointer into it."""

    place: str
    pointer: str
    detail: str

    def __str__(self) -> str:
        return " ".join(part for part in (f"{self.place}:", self.pointer, self.detail) if part)


@dataclass(slots=True)
class ProblemFiles:
    """What reading found: the valid problems, and everything that is wrong."""

    records: list[ProblemRecord] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


class Unreadable(ValueError):
    """A piece of text is not the JSON or TOML it should be."""


def read_problems(path: Path) -> ProblemFiles:
    """The problems of a JSON Lines file, or of every package below a folder."""
    found = ProblemFiles()
    if path.is_dir():
        _read_folder(path, found)
    elif path.is_file():
        _read_lines(path, found)
    else:
        found.faults.append(Fault(str(path), "", "there is no such file or folder"))
    _refuse_repeated_ids(found)
    return found


def parsed_json(line: bytes) -> Any:
    """One JSON text, read strictly: UTF-8, no NaN or Infinity, no key twice; raises `Unreadable`."""
    try:
        return json.loads(line.decode(), object_pairs_hook=_object, parse_constant=_refuse_constant)
    except UnicodeDecodeError as error:
        raise Unreadable(f"is not UTF-8: {error.reason} at byte {error.start}") from error
    except json.JSONDecodeError as error:
        raise Unreadable(f"is not JSON: {error.msg} at column {error.colno}") from error
    except RecursionError as error:
        raise Unreadable("is nested too deeply") from error
    except ValueError as error:  # also the interpreter's own limit for the digits of an integer
        raise Unreadable(f"is not JSON: {error}") from error


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) < len(pairs):
        raise Unreadable("an object names a key twice")
    return result


def _refuse_constant(name: str) -> NoReturn:
    raise Unreadable(f"{name} is not a JSON value")


def _lines(path: Path, faults: list[Fault]) -> Iterator[tuple[str, Any]]:
    """`(file:line, value)` of every line that is not blank; at most `MAX_LINE_BYTES` are held at a time."""
    with path.open("rb") as file:
        for number, line in enumerate(iter(lambda: file.readline(MAX_LINE_BYTES + 1), b""), start=1):
            place = f"{path}:{number}"
            if len(line) > MAX_LINE_BYTES and not line.endswith(b"\n"):
                faults.append(Fault(place, "", f"the line is longer than {MAX_LINE_BYTES} bytes"))
                _skip_line(file)
            elif line.strip():
                try:
                    yield place, parsed_json(line)
                except Unreadable as error:
                    faults.append(Fault(place, "", str(error)))


def _skip_line(file: BinaryIO) -> None:
    while (rest := file.readline(MAX_LINE_BYTES)) and not rest.endswith(b"\n"):
        pass


def _read_lines(path: Path, found: ProblemFiles) -> None:
    for place, raw in _lines(path, found.faults):
        faults: Faults = []
        fields = checked(raw, COMPLETE, faults, refuse_unknown=True)
        found.faults.extend(Fault(place, pointer, detail) for pointer, detail in faults)
        if not faults:
            found.records.append(ProblemRecord(fields=fields, place=place))
    if not found.records and not found.faults:
        found.faults.append(Fault(str(path), "", "holds no problem"))


def _read_folder(root: Path, found: ProblemFiles) -> None:
    packages = sorted({file.parent for file in root.rglob("*") if file.name in PACKAGE_FILES})
    if not packages:
        found.faults.append(Fault(str(root), "", "holds no problem package (no problem.toml below it)"))
    for folder in packages:
        _Package(folder, found, nested=folder != root).read()


class _Package:
    """One folder being read; knows which file and line each part of the problem came from."""

    def __init__(self, folder: Path, found: ProblemFiles, *, nested: bool) -> None:
        self.folder = folder
        self.found = found
        self.nested = nested
        self.places: dict[str, str] = {}
        self.faults: list[Fault] = []

    def read(self) -> None:
        self._refuse_strange_files()
        described, tests, solutions = self._described(), self._tests(), dict(self._solutions())
        if described is not None and tests is not None:
            self._check(described | tests | {"solutions": solutions})
        self.found.faults.extend(self.faults)

    def _check(self, raw: dict[str, Any]) -> None:
        faults: Faults = []
        fields = checked(raw, COMPLETE, faults, refuse_unknown=True)
        self.faults.extend(self._fault(pointer, detail) for pointer, detail in faults)
        if fields["id"] and fields["id"] != self.folder.name:
            self.faults.append(self._fault("/id", f"must be the folder's name, {self.folder.name}"))
        if self.nested and fields["module"] and fields["module"] != self.folder.parent.name:
            self.faults.append(self._fault("/module", f"must be the folder's, {self.folder.parent.name}"))
        if not self.faults:
            self.found.records.append(ProblemRecord(fields=fields, place=str(self.folder)))

    def _refuse_strange_files(self) -> None:
        strange = (
            item
            for item in sorted(self.folder.iterdir())
            if item.name not in PACKAGE_FILES and not item.name.startswith((".", "__"))
        )
        self.faults.extend(
            Fault(str(item), "", "is no file of a problem package")
            for item in strange
            if self.nested or item.is_file()
        )

    def _described(self) -> dict[str, Any] | None:
        """problem.toml; the module is the parent folder's name unless it says otherwise."""
        text = self._text("problem.toml", MAX_LINE_BYTES)
        if text is None:
            return None
        try:
            raw = tomllib.loads(text)
        except (tomllib.TOMLDecodeError, RecursionError) as error:
            self.faults.append(Fault(self._path("problem.toml"), "", f"is not TOML: {error}"))
            return None
        for name in sorted(_IN_OTHER_FILES & raw.keys()):
            self.faults.append(
                Fault(self._path("problem.toml"), f"/{name}", "belongs into a file of its own")
            )
        return {"module": self.folder.parent.name} | raw

    def _tests(self) -> dict[str, Any] | None:
        tests: dict[str, list[Any]] = {"visible_tests": [], "hidden_tests": []}
        path = self.folder / "tests.jsonl"
        if not path.is_file():
            self.faults.append(Fault(str(path), "", "is missing"))
            return None
        for place, raw in _lines(path, self.faults):
            visible = raw.pop("visible", False) if isinstance(raw, dict) else False
            if not isinstance(visible, bool):
                self.faults.append(Fault(place, "/visible", "must be true or false"))
            group = "visible_tests" if visible else "hidden_tests"
            self.places[f"/{group}/{len(tests[group])}"] = place
            tests[group].append(raw)
        return tests

    def _solutions(self) -> Iterator[tuple[str, str]]:
        """What stands in for a file that cannot be read only keeps it from being called missing, too."""
        for name, language in SOLUTION_FILES.items():
            if (self.folder / name).is_file():
                self.places[f"/solutions/{language}"] = self._path(name)
                code = self._text(name, MAX_CODE_BYTES)
                yield language, UNREAD if code is None else code

    def _text(self, name: str, at_most: int) -> str | None:
        path = self.folder / name
        if not path.is_file():
            self.faults.append(Fault(str(path), "", "is missing"))
            return None
        if path.stat().st_size > at_most:
            self.faults.append(Fault(str(path), "", f"is longer than {at_most} bytes"))
            return None
        try:
            return path.read_text(encoding="utf-8")
        except UnicodeDecodeError as error:
            self.faults.append(Fault(str(path), "", f"is not UTF-8: {error.reason} at byte {error.start}"))
            return None

    def _path(self, name: str) -> str:
        return str(self.folder / name)

    def _fault(self, pointer: str, detail: str) -> Fault:
        """A fault of the merged problem, said in terms of the file it came from."""
        head = "/".join(pointer.split("/")[:3])
        if head in self.places:
            return Fault(self.places[head], pointer.removeprefix(head), detail)
        return Fault(self._path("problem.toml"), pointer, detail)


def _refuse_repeated_ids(found: ProblemFiles) -> None:
    first: dict[str, ProblemRecord] = {}
    for record in found.records:
        earlier = first.setdefault(record.id, record)
        if earlier is not record:
            found.faults.append(
                Fault(record.place, "/id", f"{record.id} was read before, at {earlier.place}")
            )
