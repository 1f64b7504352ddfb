"""Reading problem files: what is read, and how faults are said."""

import json
from pathlib import Path

import pytest

from catalog.problem_files import MAX_LINE_BYTES, read_problems
from tests.catalog.samples import TESTS, a_problem, faults_of, write_lines, write_package


def test_each_line_is_a_problem_and_blank_lines_are_nothing(tmp_path: Path) -> None:
    path = write_lines(tmp_path / "p.jsonl", a_problem(), b"", a_problem(id="other"))

    found = read_problems(path)

    assert [(record.id, record.place) for record in found.records] == [
        ("longest-climb", f"{path}:1"),
        ("other", f"{path}:3"),
    ]
    assert found.faults == []


def test_every_fault_is_listed_with_file_line_and_pointer(tmp_path: Path) -> None:
    path = write_lines(
        tmp_path / "p.jsonl",
        b"{not json",
        a_problem(difficulty=7, module="No"),
        a_problem(),
        b'{"a": NaN}',
        b'{"a": 1, "a": 2}',
        b"\xff",
        a_problem(),
    )

    assert faults_of(path) == [
        "p.jsonl:1: is not JSON: Expecting property name enclosed in double quotes at column 2",
        "p.jsonl:2: /module must be lower-case words joined by hyphens, at most 50 characters",
        "p.jsonl:2: /difficulty must be a whole number from 1 to 5",
        "p.jsonl:4: is not JSON: NaN is not a JSON value",
        "p.jsonl:5: is not JSON: an object names a key twice",
        "p.jsonl:6: is not UTF-8: invalid start byte at byte 0",
        "p.jsonl:7: /id longest-climb was read before, at " + f"{path}:3".replace(f"{tmp_path}/", ""),
    ]


@pytest.mark.parametrize("line", [b"[" * 100_000, b'{"a": ' * 100_000, b"1" * 5000])
def test_a_hostile_line_is_a_fault_and_no_crash(tmp_path: Path, line: bytes) -> None:
    path = write_lines(tmp_path / "p.jsonl", line)

    found = read_problems(path)

    assert len(found.faults) == 1
    assert found.records == []


def test_a_line_may_have_two_mebibytes_and_the_next_one_is_still_read(tmp_path: Path) -> None:
    fitting = json.dumps(a_problem()).encode()
    fitting += b" " * (MAX_LINE_BYTES - len(fitting))
    path = write_lines(
        tmp_path / "p.jsonl", fitting, fitting + b" ", fitting + b" " * 3_000_000, a_problem(id="b")
    )

    found = read_problems(path)

    assert [record.id for record in found.records] == ["longest-climb", "b"]
    assert [fault.place.rpartition(":")[2] for fault in found.faults] == ["2", "3"]


@pytest.mark.parametrize("content", [b"", b"\n\n"])
def test_a_file_without_problems_is_a_fault(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "p.jsonl"
    path.write_bytes(content)

    assert faults_of(path) == ["p.jsonl: holds no problem"]


def test_a_missing_path_and_an_empty_folder_are_faults(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()

    assert faults_of(tmp_path / "nowhere") == ["nowhere: there is no such file or folder"]
    assert faults_of(tmp_path / "empty") == ["empty: holds no problem package (no problem.toml below it)"]


def test_a_package_is_a_problem(tmp_path: Path) -> None:
    folder = write_package(tmp_path / "set", more='constraints = "none"')

    found = read_problems(tmp_path / "set")

    assert found.faults == []
    (record,) = found.records
    assert record.place == str(folder)
    assert record.fields["module"] == "arrays-strings"
    assert record.fields["constraints"] == "none"
    assert record.fields["visible_tests"] == [{"input": {"heights": [1, 2]}, "expected": 2}]
    assert record.fields["hidden_tests"] == [{"input": {"heights": []}, "expected": 0, "category": "edge"}]
    assert set(record.fields["solutions"]) == {"python", "javascript"}


def test_a_single_package_can_be_read_by_its_own_folder(tmp_path: Path) -> None:
    folder = write_package(tmp_path / "set")

    assert [record.id for record in read_problems(folder).records] == ["longest-climb"]


def test_a_fault_in_a_test_names_the_line_of_the_tests_file(tmp_path: Path) -> None:
    bad = {"category": "edge", "input": {"height": []}, "expected": 0}
    folder = write_package(tmp_path / "set", tests=[*TESTS, bad])

    assert faults_of(folder) == [
        "longest-climb/tests.jsonl:3: /input must be an object with exactly the parameters: heights"
    ]


def test_a_package_must_be_complete_and_hold_nothing_strange(tmp_path: Path) -> None:
    folder = write_package(tmp_path / "set")
    (folder / "problem.toml").unlink()
    (folder / "tests.jsonl").rename(folder / "test.jsonl")

    assert faults_of(folder) == [
        "longest-climb/test.jsonl: is no file of a problem package",
        "longest-climb/problem.toml: is missing",
        "longest-climb/tests.jsonl: is missing",
    ]


def test_every_fault_of_a_package_is_listed_at_once(tmp_path: Path) -> None:
    bad = {"category": "edge", "input": {"height": []}, "expected": 0}
    folder = write_package(
        tmp_path / "set", id="other", more='subject = "Not a slug"', tests=[*TESTS, b"nonsense", bad]
    )
    (folder / "notes.txt").touch()
    (folder / "solution.py").write_bytes(b"\xff")

    assert faults_of(folder) == [
        "longest-climb/notes.txt: is no file of a problem package",
        "longest-climb/tests.jsonl:3: is not JSON: Expecting value at column 1",
        "longest-climb/solution.py: is not UTF-8: invalid start byte at byte 0",
        "longest-climb/problem.toml: /subject must be lower-case words joined by hyphens, at most 50 characters",
        "longest-climb/tests.jsonl:4: /input must be an object with exactly the parameters: heights",
        "longest-climb/problem.toml: /id must be the folder's name, longest-climb",
    ]


def test_a_package_without_any_solution_is_refused(tmp_path: Path) -> None:
    folder = write_package(tmp_path / "set")
    (folder / "solution.py").unlink()
    (folder / "solution.js").unlink()

    assert faults_of(folder) == [
        "longest-climb/problem.toml: /solutions must hold at least one reference solution"
    ]


def test_files_of_a_package_have_limits_and_must_be_text(tmp_path: Path) -> None:
    folder = write_package(tmp_path / "set")
    (folder / "solution.py").write_text("#" * 65537)
    (folder / "solution.js").write_bytes(b"\xff")

    assert faults_of(folder) == [
        "longest-climb/solution.py: is longer than 65536 bytes",
        "longest-climb/solution.js: is not UTF-8: invalid start byte at byte 0",
    ]


@pytest.mark.parametrize(
    ("more", "fault"),
    [
        (
            "difficulty = 3",
            "longest-climb/problem.toml: is not TOML: Cannot overwrite a value (at line 12, column 15)",
        ),
        ("created = 2026-01-01", "longest-climb/problem.toml: /created is not a field of a problem"),
        ("hidden_tests = []", "longest-climb/problem.toml: /hidden_tests belongs into a file of its own"),
        ('module = "hashing"', "longest-climb/problem.toml: /module must be the folder's, arrays-strings"),
    ],
)
def test_a_fault_in_the_description_names_problem_toml(tmp_path: Path, more: str, fault: str) -> None:
    write_package(tmp_path / "set", more=more)

    assert any(said.endswith(fault) for said in faults_of(tmp_path / "set"))


def test_the_folder_is_named_like_the_problem(tmp_path: Path) -> None:
    folder = write_package(tmp_path / "set", id="other")

    assert faults_of(folder) == ["longest-climb/problem.toml: /id must be the folder's name, longest-climb"]
