"""A problem may state limits beside time and memory; from the file to what the evaluators are told."""

from pathlib import Path
from typing import Any

import pytest
from pytest_httpserver import HTTPServer

from catalog.local_bank import LocalProblemBank
from catalog.models import ProblemVersion
from catalog.problem_bank import ProblemBankUnreachable
from catalog.problem_files import read_problems
from catalog.records import COMPLETE, LIMITS, checked
from catalog.services import sync_tracks
from evaluations.bundles import bundle_for, judge_bundle
from evaluations.client import request_body
from evaluations.judge import Limits
from tests.catalog.bank_server import BUNDLE, Bank, a_bundle
from tests.catalog.samples import a_problem, a_record, faults_of, imported, write_lines, write_package

STATED = {"wall_ms": 3000, "output_kb": 64, "threads": 40, "open_files": 50, "depth": 3, "total_cpu_ms": 9000}


@pytest.mark.parametrize(
    ("limits", "fault"),
    [
        ({"wall": 1}, ("/limits/wall", f"is no limit; limits are {', '.join(LIMITS)}")),
        ({"wall_ms": "3000"}, ("/limits/wall_ms", "must be a whole number from 100 to 150000")),
        ({"wall_ms": 1999}, ("/limits/wall_ms", "must not be below time_limit_ms, 2000")),
        ({"total_cpu_ms": 1999}, ("/limits/total_cpu_ms", "must not be below time_limit_ms, 2000")),
        ({"total_cpu_ms": 10**6}, ("/limits/total_cpu_ms", "must be a whole number from 100 to 90000")),
        ({"output_kb": 0}, ("/limits/output_kb", "must be a whole number from 1 to 8192")),
        ({"threads": 1}, ("/limits/threads", "must be a whole number from 32 to 512")),
        ({"open_files": True}, ("/limits/open_files", "must be a whole number from 32 to 1024")),
        ({"depth": 501}, ("/limits/depth", "must be a whole number from 1 to 500")),
        ([], ("/limits", "must be an object of limits")),
        (None, ("/limits", "must be an object of limits")),
    ],
)
def test_a_limit_that_makes_no_sense_is_refused_by_its_place(limits: Any, fault: tuple[str, str]) -> None:
    faults: list[tuple[str, str]] = []

    checked(a_problem(limits=limits), COMPLETE, faults, refuse_unknown=True)

    assert faults == [fault]


def test_files_and_packages_state_limits_alike(tmp_path: Path) -> None:
    line = write_lines(tmp_path / "problems.jsonl", a_problem(limits=STATED))
    table = "\n[limits]\n" + "".join(f"{name} = {value}\n" for name, value in STATED.items())
    package = write_package(tmp_path / "set", more=table)

    (by_line,), (by_package,) = read_problems(line).records, read_problems(package).records

    assert by_line.fields["limits"] == by_package.fields["limits"] == STATED


def test_a_fault_in_a_file_names_line_and_limit(tmp_path: Path) -> None:
    path = write_lines(tmp_path / "problems.jsonl", a_problem(), a_problem(id="b", limits={"cores": 2}))

    assert faults_of(path) == [f"problems.jsonl:2: /limits/cores is no limit; limits are {', '.join(LIMITS)}"]


def test_every_limit_of_a_file_is_one_that_the_evaluator_knows() -> None:
    assert LIMITS.keys() == Limits.__dataclass_fields__.keys()


def test_a_problem_without_limits_keeps_the_digest_that_it_had() -> None:
    """What was imported before there were limits is not imported again as a new version."""
    assert a_record(limits={}).digest() == a_record().digest() != a_record(limits=STATED).digest()
    assert a_record().digest() == "297f5774548c2fd6acfc769bd32fbf270c63f6dbee19522b9e3a3b8cc9b67c8b"


@pytest.mark.django_db
def test_changed_limits_are_a_new_version_and_reach_the_evaluators() -> None:
    sync_tracks()
    imported({})
    report = imported({"limits": STATED})

    bundle = bundle_for("longest-climb", None, "python")

    assert report.changed == ("longest-climb",)
    assert bundle.limits == Limits(**STATED)
    assert bundle_for("longest-climb", 1, "python").limits == Limits()
    assert request_body(bundle, "python", "")["test_bundle"]["limits"] == STATED


@pytest.mark.django_db
def test_a_version_from_before_there_were_limits_has_the_usual_ones() -> None:
    sync_tracks()
    imported({})
    content = ProblemVersion.objects.get().content
    del content["limits"]
    ProblemVersion.objects.update(content=content)

    bundle = LocalProblemBank().hidden_bundle("longest-climb")

    assert judge_bundle(bundle, "python").limits == Limits()


def test_the_service_of_problems_may_state_limits(httpserver: HTTPServer, bank: Bank) -> None:
    httpserver.expect_request(BUNDLE).respond_with_json(a_bundle(limits=STATED))

    assert judge_bundle(bank.client.hidden_bundle("longest-climb"), "python").limits == Limits(**STATED)


@pytest.mark.parametrize("limits", [{"cores": 2}, {"depth": 0}, 5])
def test_limits_that_nobody_understands_are_not_of_the_contract(
    httpserver: HTTPServer, bank: Bank, limits: Any
) -> None:
    httpserver.expect_request(BUNDLE).respond_with_json(a_bundle(limits=limits))

    with pytest.raises(ProblemBankUnreachable, match=r"not of the contract: /limits"):
        bank.client.hidden_bundle("longest-climb")
