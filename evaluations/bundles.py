"""The problem bank's tests as the judge takes them."""

from collections.abc import Iterator

from catalog.problem_bank import TestBundle, problem_bank
from common.errors import Unprocessable
from evaluations.judge import Bundle, Limits, TestCase


class LanguageNotOffered(Unprocessable):
    """The problem has no entry point in that language."""

    code = "language_not_offered"
    title = "The problem is not offered in that language"


def bundle_for(problem_id: str, version: int | None, language: str) -> Bundle:
    """All tests of a problem, hidden ones included; the current version when `version` is None.

    Raises `ProblemNotFound`, `ProblemBankRefused`, `ProblemBankUnreachable`, `LanguageNotOffered`.
    Talks to the problem bank: never call it inside a transaction.
    """
    return judge_bundle(problem_bank().hidden_bundle(problem_id, version), language)


def judge_bundle(tests: TestBundle, language: str) -> Bundle:
    """`tests` for code in `language`. Test ids (`visible-1`, `hidden-1`) are stable within a version."""
    if tests.kind == "function" and language not in tests.entry_points:
        raise LanguageNotOffered(f"{tests.problem_id} cannot be solved in {language}.")
    return Bundle(
        problem_id=tests.problem_id,
        problem_version=tests.version,
        kind=tests.kind,
        params=tests.params,
        entry_point=tests.entry_points.get(language, ""),
        comparison=tests.comparison,
        checker=tests.checker,
        time_limit_ms=tests.time_limit_ms,
        memory_limit_mb=tests.memory_limit_mb,
        tests=tuple(_cases(tests)),
        limits=Limits(**tests.limits),
    )


def _cases(tests: TestBundle) -> Iterator[TestCase]:
    for visible, group in ((True, tests.visible_tests), (False, tests.hidden_tests)):
        for number, test in enumerate(group, start=1):
            yield TestCase(
                id=f"{'visible' if visible else 'hidden'}-{number}",
                visible=visible,
                input=test["input"],
                expected=test["expected"],
                category=test.get("category", ""),
            )
