"""The problem bank's tests as the judge takes them."""

from typing import Any

import pytest

from catalog.problem_bank import ProblemNotFound, TestBundle
from catalog.services import sync_tracks
from evaluations.bundles import LanguageNotOffered, bundle_for, judge_bundle
from evaluations.judge import TestCase
from tests.catalog.samples import imported


def a_bundle(**changes: Any) -> TestBundle:
    fields: dict[str, Any] = {
        "problem_id": "p",
        "version": 4,
        "kind": "function",
        "params": ("n",),
        "entry_points": {"python": "count"},
        "comparison": "exact",
        "checker": None,
        "time_limit_ms": 1000,
        "memory_limit_mb": 64,
        "visible_tests": [{"input": {"n": 1}, "expected": 1}],
        "hidden_tests": [
            {"input": {"n": 2}, "expected": 2, "category": "edge"},
            {"input": {"n": 3}, "expected": 3},
        ],
    }
    return TestBundle(**fields | changes)


def test_tests_are_numbered_and_keep_their_category() -> None:
    bundle = judge_bundle(a_bundle(), "python")

    assert bundle.tests == (
        TestCase("visible-1", True, {"n": 1}, 1),
        TestCase("hidden-1", False, {"n": 2}, 2, "edge"),
        TestCase("hidden-2", False, {"n": 3}, 3),
    )
    assert (bundle.problem_id, bundle.problem_version, bundle.entry_point) == ("p", 4, "count")


def test_a_language_without_an_entry_point_is_refused() -> None:
    with pytest.raises(LanguageNotOffered):
        judge_bundle(a_bundle(), "javascript")


def test_a_program_that_reads_stdin_needs_no_entry_point() -> None:
    bundle = judge_bundle(a_bundle(kind="stdio", params=(), entry_points={}), "javascript")

    assert bundle.entry_point == ""


@pytest.mark.django_db
def test_a_bundle_is_of_the_version_asked_for() -> None:
    sync_tracks()
    imported({"time_limit_ms": 1000})
    imported({"time_limit_ms": 3000, "hidden_tests": []})

    bundles = [bundle_for("longest-climb", version, "python") for version in (None, 1, 2)]

    assert [bundle.time_limit_ms for bundle in bundles] == [3000, 1000, 3000]
    assert [len(bundle.tests) for bundle in bundles] == [1, 2, 1]


@pytest.mark.django_db
def test_a_problem_that_is_not_there_is_said_so() -> None:
    with pytest.raises(ProblemNotFound):
        bundle_for("nothing", None, "python")
