"""Reading the evaluation service's answer: believed only when it is complete and agrees with itself and
with the bundle.

`{status: passed|failed|timeout|error, visible: {passed, total, details[]}, hidden: {passed, total,
categories[]}, exec_ms, memory_mb?}`. The contract leaves `details` and `categories` open: a detail counts
for a test when it says `passed`, a category when it is a name (of tests that failed). What the answer does
not say of a single test is not made up: such tests are missing from `cases` while `passed` and `total`
count them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from evaluations.judge import Bundle, CaseResult, Judgement, TestCase, Verdict
from evaluations.remote import AnswerInvalid, parsed_answer
from evaluations.shown_values import cut, presentable

_VERDICTS = {
    "passed": Verdict.ACCEPTED,
    "failed": Verdict.WRONG_ANSWER,
    "timeout": Verdict.TIME_LIMIT,
    "error": Verdict.RUNTIME_ERROR,
}
_LARGEST_AMOUNT = 2**31 - 1  # of milliseconds and of MB: what the columns hold


@dataclass(frozen=True, slots=True)
class _Group:
    """The counts of the visible or of the hidden tests, and what is said of single ones."""

    passed: int
    total: int
    notes: Sequence[Any]


def judgement_from(body: bytes, bundle: Bundle) -> Judgement:
    """The judgement in the service's answer to `bundle`; AnswerInvalid when it cannot be believed."""
    answer = _object(parsed_answer(body), "the answer")
    verdict = _verdict(answer)
    shown = [test for test in bundle.tests if test.visible]
    kept = [test for test in bundle.tests if not test.visible]
    visible = _group(answer, "visible", "details", len(shown))
    hidden = _group(answer, "hidden", "categories", len(kept))
    passed, total = visible.passed + hidden.passed, visible.total + hidden.total
    if (verdict is Verdict.ACCEPTED) != (passed == total):
        raise AnswerInvalid(f"status {answer['status']} with {passed} of {total} passed")
    cases = [*_visible_cases(shown, visible, verdict), *_hidden_cases(kept, hidden, verdict)]
    return Judgement(
        verdict=verdict,
        cases=tuple(cases),
        passed=passed,
        total=total,
        runtime_ms=_number(answer, "exec_ms"),
        memory_mb=_number(answer, "memory_mb") if answer.get("memory_mb") is not None else 0,
        message=_message(cases),
    )


def _object(value: Any, name: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise AnswerInvalid(f"{name} is no object")
    return value


def _verdict(answer: dict[str, Any]) -> Verdict:
    status = answer.get("status")
    if not isinstance(status, str) or status not in _VERDICTS:
        raise AnswerInvalid(f"unknown status {str(status)[:40]!r}")
    return _VERDICTS[status]


def _group(answer: dict[str, Any], name: str, notes: str, expected_total: int) -> _Group:
    fields = _object(answer.get(name), name)
    passed, total = _count(fields, "passed"), _count(fields, "total")
    if total != expected_total or passed > total:
        raise AnswerInvalid(f"{name}: {passed} of {total} passed, {expected_total} were sent")
    said = fields.get(notes, [])
    if not isinstance(said, list) or (notes == "details" and len(said) > total):
        raise AnswerInvalid(f"{name}.{notes} is no list of at most {total}")
    return _Group(passed, total, said)


def _count(fields: dict[str, Any], name: str) -> int:
    value = fields.get(name)
    if type(value) is not int or value < 0:
        raise AnswerInvalid(f"{name} is no count")
    return value


def _number(fields: dict[str, Any], name: str) -> int:
    value = fields.get(name)
    if not isinstance(value, (int, float)) or isinstance(value, bool) or not 0 <= value <= _LARGEST_AMOUNT:
        raise AnswerInvalid(f"{name} is no amount")
    return math.ceil(value)


def _visible_cases(tests: list[TestCase], group: _Group, verdict: Verdict) -> list[CaseResult]:
    marks = [note.get("passed") if isinstance(note, dict) else None for note in group.notes]
    told = len(marks) == group.total and all(type(mark) is bool for mark in marks)
    if not told:
        return _uniform(tests, group, verdict)
    if marks.count(True) != group.passed:
        raise AnswerInvalid(f"visible: {group.passed} passed, but {marks.count(True)} details say so")
    pairs = zip(tests, group.notes, strict=True)
    return [_case(test, bool(note["passed"]), verdict, _details(test, note)) for test, note in pairs]


def _details(test: TestCase, note: dict[str, Any]) -> dict[str, Any]:
    texts = {name: _text(note.get(name)) for name in ("diff", "stdout", "error")}
    shown = {"input": test.input, "expected": test.expected, "got": note.get("got")}
    return {**{name: presentable(value) for name, value in shown.items()}, **texts}


def _text(value: Any) -> str:
    return cut(value) if isinstance(value, str) else ""


def _hidden_cases(tests: list[TestCase], group: _Group, verdict: Verdict) -> list[CaseResult]:
    named = {note for note in group.notes if isinstance(note, str)}
    failed = [test for test in tests if test.category in named]
    if not named or len(failed) != group.total - group.passed:
        return _uniform(tests, group, verdict)
    return [_case(test, test.category not in named, verdict, None) for test in tests]


def _uniform(tests: list[TestCase], group: _Group, verdict: Verdict) -> list[CaseResult]:
    """Results of single tests where the counts alone tell them: all or none."""
    if group.passed not in (0, group.total):
        return []
    return [_case(test, group.passed == group.total, verdict, None) for test in tests]


def _case(test: TestCase, passed: bool, verdict: Verdict, details: dict[str, Any] | None) -> CaseResult:
    own = Verdict.ACCEPTED if passed else verdict
    return CaseResult(test.id, test.visible, test.category, own, details=details)


def _message(cases: list[CaseResult]) -> str:
    return next((case.details["error"] for case in cases if case.details and case.details["error"]), "")
