"""Checked fields of a problem as the bank's dataclasses."""

from collections.abc import Mapping
from typing import Any

from catalog.bank import ProblemDetail, ProblemSummary, TestBundle
from catalog.records import languages_of


def summary_of(fields: Mapping[str, Any], *, version: int) -> ProblemSummary:
    return ProblemSummary(**_summary(fields), version=version)


def detail_of(fields: Mapping[str, Any], *, version: int) -> ProblemDetail:
    """Picks what may be seen; whatever else `fields` holds stays out, the categories of tests included."""
    return ProblemDetail(
        **_summary(fields),
        version=version,
        subject=fields["subject"],
        statement=fields["statement"],
        constraints=fields["constraints"],
        objectives=tuple(fields["objectives"]),
        kind=fields["kind"],
        params=tuple(fields["params"]),
        entry_points=fields["entry_points"],
        starter=fields["starter"],
        visible_tests=[
            {"input": test["input"], "expected": test["expected"]} for test in fields["visible_tests"]
        ],
        comparison=fields["comparison"],
        time_limit_ms=fields["time_limit_ms"],
        memory_limit_mb=fields["memory_limit_mb"],
        languages=languages_of(fields),
    )


def bundle_of(fields: Mapping[str, Any], *, version: int) -> TestBundle:
    return TestBundle(
        problem_id=fields["id"],
        version=version,
        kind=fields["kind"],
        params=tuple(fields["params"]),
        entry_points=fields["entry_points"],
        comparison=fields["comparison"],
        checker=fields["checker"],
        time_limit_ms=fields["time_limit_ms"],
        memory_limit_mb=fields["memory_limit_mb"],
        visible_tests=fields["visible_tests"],
        hidden_tests=fields["hidden_tests"],
        limits=fields.get("limits", {}),  # versions kept from before limits have none
    )


def _summary(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": fields["id"],
        "title": fields["title"],
        "module": fields["module"],
        "topics": tuple(fields["topics"]),
        "difficulty": fields["difficulty"],
        "minutes_target": fields["minutes_target"],
    }
