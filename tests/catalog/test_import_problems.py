"""Importing: idempotent by id and digest, all or nothing, every fault said."""

from io import StringIO
from pathlib import Path
from threading import Thread

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from catalog.models import Problem, ProblemVersion, Topic, Track
from catalog.services import ImportRefused, import_problems, restore_problem, retire_problem
from tests.catalog.samples import a_problem, a_record, imported, write_lines, write_package


def run(path: Path, *options: str) -> str:
    out = StringIO()
    call_command("import_problems", str(path), *options, stdout=out, stderr=StringIO())
    return out.getvalue()


def refusal(path: Path) -> tuple[str, list[str]]:
    """The command's last words, and the faults that it listed."""
    stderr = StringIO()
    with pytest.raises(CommandError) as refused:
        call_command("import_problems", str(path), stdout=StringIO(), stderr=stderr)
    return str(refused.value), stderr.getvalue().replace(f"{path.parent}/", "").splitlines()


@pytest.mark.usefixtures("tracks")
def test_a_new_problem_is_version_1() -> None:
    report = imported({})

    assert report.new == ("longest-climb",)
    problem = Problem.objects.get()
    assert (problem.title, problem.module, problem.topics, problem.difficulty, problem.current_version) == (
        "Longest climb",
        "arrays-strings",
        ["string-scan"],
        2,
        1,
    )
    version = ProblemVersion.objects.get()
    assert version.version == 1
    assert version.digest == a_record().digest()
    assert version.hidden_tests == [{"input": {"heights": []}, "expected": 0, "category": "edge"}]
    assert version.hints["L2"] == "Think."


@pytest.mark.usefixtures("tracks")
def test_importing_the_same_again_changes_nothing() -> None:
    imported({})

    report = imported({})

    assert report.unchanged == ("longest-climb",)
    assert (report.new, report.changed) == ((), ())
    assert ProblemVersion.objects.count() == 1


@pytest.mark.usefixtures("tracks")
def test_a_changed_problem_becomes_a_new_version_and_the_old_one_stays() -> None:
    imported({})

    report = imported({"title": "Longest rise", "difficulty": 3})

    assert report.changed == ("longest-climb",)
    assert list(ProblemVersion.objects.order_by("version").values_list("version", flat=True)) == [1, 2]
    assert [version.content["title"] for version in ProblemVersion.objects.order_by("version")] == [
        "Longest climb",
        "Longest rise",
    ]
    problem = Problem.objects.get()
    assert (problem.title, problem.difficulty, problem.current_version) == ("Longest rise", 3, 2)


@pytest.mark.usefixtures("tracks")
def test_going_back_to_an_earlier_text_is_a_version_of_its_own() -> None:
    for title in ("One", "Two", "One"):
        imported({"title": title})

    assert Problem.objects.get().current_version == 3


@pytest.mark.usefixtures("tracks")
def test_tests_are_stored_as_they_were_written() -> None:
    """Numbers, text and the order of keys, on which code under test may depend."""
    tests = [
        {
            "input": {"heights": [1, 1.0, -0.5, 1e-7, 2**60, "ä\u2028", None, True, {"b": [], "a": {}}]},
            "expected": 1.5,
        }
    ]
    imported({"visible_tests": tests})

    version = ProblemVersion.objects.get()

    assert version.content["visible_tests"] == tests
    assert repr(version.content["visible_tests"][0]["input"]) == repr(
        {"heights": [1, 1.0, -0.5, 1e-7, 2**60, "ä\u2028", None, True, {"b": [], "a": {}}]}
    )


@pytest.mark.usefixtures("tracks")
def test_an_unknown_topic_is_created_in_the_problems_module() -> None:
    imported({"topics": ["climbing-basics"]})

    topic = Topic.objects.get(slug="climbing-basics")
    assert (topic.title, topic.module.slug) == ("Climbing basics", "arrays-strings")


@pytest.mark.usefixtures("tracks")
def test_a_retired_problem_stays_retired_when_it_is_imported_again() -> None:
    imported({})
    retire_problem(problem_id="longest-climb", at=timezone.now())

    imported({"title": "Changed"})

    assert Problem.objects.get().retired_at is not None
    restore_problem(problem_id="longest-climb")
    assert Problem.objects.get().retired_at is None


@pytest.mark.usefixtures("tracks")
def test_records_that_do_not_fit_the_catalogue_are_all_named_and_nothing_is_imported() -> None:
    records = [
        a_record(),
        a_record(id="b", module="cooking", topics=["boiling"]),
        a_record(id="c", topics=["hash-map"]),
        a_record(id="d", topics=["shared-new"]),
        a_record(id="e", module="hashing", topics=["shared-new"]),
    ]

    with pytest.raises(ImportRefused) as refused:
        import_problems(records, at=timezone.now())

    assert [(fault.pointer, fault.detail) for fault in refused.value.faults] == [
        ("/module", "cooking is not a module of a track"),
        ("/topics/0", "the first topic, hash-map, belongs to hashing"),
        ("/topics/0", "the first topic, shared-new, belongs to arrays-strings"),
    ]
    assert not Problem.objects.exists()
    assert not Topic.objects.filter(slug="shared-new").exists()


@pytest.mark.usefixtures("tracks")
def test_a_second_topic_may_come_from_another_module() -> None:
    imported({"topics": ["string-scan", "hash-map"]})

    assert Topic.objects.get(slug="hash-map").module.slug == "hashing"


@pytest.mark.usefixtures("tracks")
def test_the_number_of_statements_does_not_grow_with_the_problems() -> None:
    counts = []
    for prefix, size in (("a", 2), ("b", 60)):
        records = [a_record(id=f"{prefix}-{number}") for number in range(size)]
        with CaptureQueriesContext(connection) as statements:
            import_problems(records, at=timezone.now())
        counts.append(len(statements))

    assert counts[0] == counts[1]


@pytest.mark.django_db
def test_the_command_imports_a_file_into_a_database_that_was_only_migrated(tmp_path: Path) -> None:
    path = write_lines(tmp_path / "p.jsonl", a_problem(), a_problem(id="b"))

    assert run(path) == "Imported: 2 new, 0 changed, 0 unchanged.\n"
    assert run(path) == "Imported: 0 new, 0 changed, 2 unchanged.\n"
    assert Problem.objects.count() == 2


@pytest.mark.usefixtures("tracks")
def test_a_dry_run_says_what_would_change_and_changes_nothing(tmp_path: Path) -> None:
    imported({}, {"id": "b"})
    path = write_lines(
        tmp_path / "p.jsonl", a_problem(title="New title"), a_problem(id="b"), a_problem(id="c")
    )

    said = run(path, "--dry-run")

    assert said.splitlines() == [
        "new       c",
        "changed   longest-climb",
        "Would import: 1 new, 1 changed, 1 unchanged.",
    ]
    assert set(Problem.objects.values_list("id", "current_version")) == {("longest-climb", 1), ("b", 1)}


@pytest.mark.usefixtures("tracks")
def test_a_dry_run_of_the_service_only_reports() -> None:
    report = import_problems([a_record()], at=timezone.now(), dry_run=True)

    assert report.new == ("longest-climb",)
    assert not Problem.objects.exists()


@pytest.mark.django_db
def test_a_dry_run_leaves_an_empty_database_empty(tmp_path: Path) -> None:
    run(write_lines(tmp_path / "p.jsonl", a_problem()), "--dry-run")

    assert not Track.objects.exists()
    assert not Problem.objects.exists()


@pytest.mark.usefixtures("tracks")
def test_the_command_lists_faults_of_files_and_catalogue_together_and_imports_nothing(tmp_path: Path) -> None:
    path = write_lines(
        tmp_path / "p.jsonl",
        a_problem(),
        a_problem(id="b", difficulty=0, title=""),
        a_problem(id="c", module="cooking"),
        b"[",
    )

    last_words, faults = refusal(path)

    assert faults == [
        "p.jsonl:2: /title must not be empty",
        "p.jsonl:2: /difficulty must be a whole number from 1 to 5",
        "p.jsonl:4: is not JSON: Expecting value at column 1",
        "p.jsonl:3: /module cooking is not a module of a track",
    ]
    assert last_words == "4 faults; nothing was imported."
    assert not Problem.objects.exists()


@pytest.mark.usefixtures("tracks")
def test_the_command_imports_a_folder_of_packages(tmp_path: Path) -> None:
    write_package(tmp_path / "set")
    write_package(tmp_path / "set", name="second")

    assert run(tmp_path / "set") == "Imported: 2 new, 0 changed, 0 unchanged.\n"


@pytest.mark.usefixtures("committed_tracks")
def test_imports_at_once_leave_one_version() -> None:

    def import_once() -> None:
        imported({})
        connection.close()

    threads = [Thread(target=import_once) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert list(ProblemVersion.objects.values_list("version", flat=True)) == [1]
