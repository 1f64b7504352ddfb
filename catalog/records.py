"""A problem as it is imported or fetched: what its fields may be, and the checks between them."""

import hashlib
import json
import keyword
import re
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any

from catalog.checks import (
    Check,
    Faults,
    integer,
    join,
    keepable,
    list_of,
    mapping_of,
    matching,
    one_of,
    text,
)
from catalog.languages import LANGUAGES
from common.canonical import canonical_json

KINDS = ("function", "stdio")
COMPARISONS = ("exact", "float", "unordered")
HINT_LEVELS = ("L1", "L2", "L3")
TESTS = ("visible_tests", "hidden_tests")
MAX_TESTS = 100
MAX_CODE_BYTES = 64 * 1024

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
PROBLEM_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,99}")
_REQUIRED = object()


@dataclass(frozen=True, slots=True)
class Field:
    """One field: its check and what stands in for it when it is missing."""

    check: Check
    default: Any = _REQUIRED


def slug(at_most: int) -> Check:
    pattern = re.compile(rf"(?=.{{1,{at_most}}}\Z){SLUG.pattern}")
    return matching(pattern, f"lower-case words joined by hyphens, at most {at_most} characters")


def _identifier(value: Any, pointer: str, faults: Faults) -> Any:
    if not isinstance(value, str) or not _IDENTIFIER.fullmatch(value) or keyword.iskeyword(value):
        faults.append((pointer, "must be an identifier"))
        return ""
    return value


def _by_language(item: Check) -> Check:
    return mapping_of(item, keys=LANGUAGES, what=f"a known language ({', '.join(LANGUAGES)})")


_TEST_KEYS = {"input", "expected", "category"}
_category = slug(40)


def _test(value: Any, pointer: str, faults: Faults) -> Any:
    if not isinstance(value, dict):
        faults.append((pointer, "must be an object with input and expected"))
        return {}
    faults.extend((join(pointer, key), "is not a field of a test") for key in value if key not in _TEST_KEYS)
    faults.extend((pointer, f"{key} is missing") for key in ("input", "expected") if key not in value)
    kept = {
        key: keepable(value[key], f"{pointer}/{key}", faults) for key in ("input", "expected") if key in value
    }
    if "category" in value:
        kept["category"] = _category(value["category"], f"{pointer}/category", faults)
    return kept


def _checker(value: Any, pointer: str, faults: Faults) -> Any:
    if value is None:
        return None
    if not isinstance(value, dict) or value.keys() != {"lang", "code"}:
        faults.append((pointer, "must be an object with lang and code"))
        return None
    return {
        "lang": one_of(*LANGUAGES)(value["lang"], f"{pointer}/lang", faults),
        "code": _code(value["code"], f"{pointer}/code", faults),
    }


_code = text(at_most=MAX_CODE_BYTES)

LIMITS: Mapping[str, Check] = {
    "wall_ms": integer(100, 150_000),
    "output_kb": integer(1, 8192),
    "threads": integer(32, 512),
    "open_files": integer(32, 1024),
    "depth": integer(1, 500),
    "total_cpu_ms": integer(100, 90_000),
}
"""What a problem may say of its limits besides time and memory; docs/evaluation.md says what each means."""


def _limits(value: Any, pointer: str, faults: Faults) -> Any:
    if not isinstance(value, dict):
        faults.append((pointer, "must be an object of limits"))
        return {}
    unknown = [key for key in value if key not in LIMITS]
    faults.extend((join(pointer, key), f"is no limit; limits are {', '.join(LIMITS)}") for key in unknown)
    return {
        key: check(value[key], f"{pointer}/{key}", faults) for key, check in LIMITS.items() if key in value
    }


SUMMARY: Mapping[str, Field] = {
    "id": Field(matching(PROBLEM_ID, "1 to 100 letters, digits, dots, hyphens or underscores")),
    "title": Field(text(at_most=200)),
    "subject": Field(slug(50), "coding"),
    "module": Field(slug(50)),
    "topics": Field(list_of(slug(80), at_least=1, at_most=20, unique=True)),
    "difficulty": Field(integer(1, 5)),
    "minutes_target": Field(integer(1, 600)),
}
JUDGING: Mapping[str, Field] = {
    "kind": Field(one_of(*KINDS)),
    "params": Field(list_of(_identifier, at_most=20, unique=True), []),
    "entry_points": Field(_by_language(_identifier), {}),
    "comparison": Field(one_of(*COMPARISONS)),
    "time_limit_ms": Field(integer(100, 30_000)),
    "memory_limit_mb": Field(integer(16, 2048)),
    "limits": Field(_limits, {}),
    "visible_tests": Field(list_of(_test, at_least=1, at_most=MAX_TESTS)),
}
CONTENT: Mapping[str, Field] = {
    **SUMMARY,
    "statement": Field(text(at_most=MAX_CODE_BYTES)),
    "constraints": Field(text(at_most=MAX_CODE_BYTES, blank=True), ""),
    "objectives": Field(list_of(text(at_most=500), at_most=20), []),
    "starter": Field(_by_language(_code), {}),
    **JUDGING,
}
HIDDEN: Mapping[str, Field] = {
    "hidden_tests": Field(list_of(_test, at_most=MAX_TESTS)),
    "checker": Field(_checker, None),
}
COMPLETE: Mapping[str, Field] = {
    **CONTENT,
    **HIDDEN,
    "hints": Field(mapping_of(text(at_most=4000), keys=HINT_LEVELS, what="one of L1, L2, L3"), {}),
    "solutions": Field(_by_language(_code)),
}


@dataclass(frozen=True, slots=True)
class ProblemRecord:
    """A valid problem; `place` says where it was read (for messages)."""

    fields: Mapping[str, Any]
    place: str

    @property
    def id(self) -> str:
        return str(self.fields["id"])

    @property
    def content(self) -> dict[str, Any]:
        """What a learner may see."""
        return {name: self.fields[name] for name in CONTENT}

    def digest(self) -> str:
        """SHA-256 over all fields: equal digests are equal problems, the order of keys in tests included.

        A problem that states no `limits` has the digest of one from before there were any.
        """
        tests = {name: self.fields[name] for name in TESTS}
        left_out = {*tests} if self.fields["limits"] else {*tests, "limits"}
        others = {name: value for name, value in self.fields.items() if name not in left_out}
        return hashlib.sha256(canonical_json(others) + json.dumps(tests).encode()).hexdigest()


def checked(
    raw: Any, fields: Mapping[str, Field], faults: Faults, *, refuse_unknown: bool = False
) -> dict[str, Any]:
    """The `fields` of `raw`, checked alone and together; trust the result only if `faults` stays empty."""
    if not isinstance(raw, dict):
        faults.append(("", "must be an object"))
        return {}
    own = len(faults)
    if refuse_unknown:
        faults.extend((join("", key), "is not a field of a problem") for key in raw if key not in fields)
    kept = {name: _field(raw, name, field, faults) for name, field in fields.items()}
    broken = {pointer.split("/")[1] for pointer, _ in faults[own:]}
    for rule, needs in _RULES:
        if not broken & needs:
            rule(kept, faults)
    return kept


def _field(raw: Mapping[str, Any], name: str, field: Field, faults: Faults) -> Any:
    if name in raw:
        return field.check(raw[name], f"/{name}", faults)
    if field.default is _REQUIRED:
        faults.append((f"/{name}", "is missing"))
    return None if field.default is _REQUIRED else field.default


def object_with(fields: Mapping[str, Field]) -> Check:
    """A check of an object inside a document."""

    def check(value: Any, pointer: str, faults: Faults) -> Any:
        own: Faults = []
        kept = checked(value, fields, own)
        faults.extend((pointer + where, detail) for where, detail in own)
        return kept

    return check


def _kind_fits_call(problem: Mapping[str, Any], faults: Faults) -> None:
    """A function has an entry point; a program that reads stdin has neither name nor parameters."""
    if "kind" not in problem:
        return
    if problem["kind"] == "function" and not problem["entry_points"]:
        faults.append(("/entry_points", "must name the function in at least one language"))
    if problem["kind"] == "stdio":
        faults.extend(
            (f"/{name}", "must be left out for stdio problems")
            for name in ("params", "entry_points")
            if problem[name]
        )


def _languages_have_entry_points(problem: Mapping[str, Any], faults: Faults) -> None:
    offered = languages_of(problem) if "kind" in problem else tuple(LANGUAGES)
    faults.extend(
        (join(f"/{name}", language), "has no entry point in this language")
        for name in ("starter", "solutions")
        for language in problem.get(name) or {}
        if language not in offered
    )


def _solutions_exist(problem: Mapping[str, Any], faults: Faults) -> None:
    if "solutions" in problem and not problem["solutions"]:
        faults.append(("/solutions", "must hold at least one reference solution"))


def _tests_fit(problem: Mapping[str, Any], faults: Faults) -> None:
    tests = list(tests_of(problem))
    if len(tests) > MAX_TESTS:
        faults.append(
            ("/hidden_tests", f"a problem has at most {MAX_TESTS} tests, this one has {len(tests)}")
        )
    if "kind" not in problem:
        return
    fits = _function_test_fits if problem["kind"] == "function" else _stdio_test_fits
    for pointer, test in tests:
        fits(problem, test, pointer, faults)


def _limits_fit_time(problem: Mapping[str, Any], faults: Faults) -> None:
    """A test must be able to use its CPU time: waiting and total may not be shorter than that."""
    stated, least = problem.get("limits") or {}, problem.get("time_limit_ms", 0)
    faults.extend(
        (f"/limits/{name}", f"must not be below time_limit_ms, {least}")
        for name in ("wall_ms", "total_cpu_ms")
        if stated.get(name, least) < least
    )


def _function_test_fits(
    problem: Mapping[str, Any], test: Mapping[str, Any], pointer: str, faults: Faults
) -> None:
    arguments = test["input"]
    if not isinstance(arguments, dict) or arguments.keys() != set(problem["params"]):
        wanted = ", ".join(problem["params"]) or "none"
        faults.append((f"{pointer}/input", f"must be an object with exactly the parameters: {wanted}"))
    if problem["comparison"] == "unordered" and not isinstance(test["expected"], list):
        faults.append((f"{pointer}/expected", "must be a list, since the comparison is unordered"))


def _stdio_test_fits(
    problem: Mapping[str, Any], test: Mapping[str, Any], pointer: str, faults: Faults
) -> None:
    faults.extend(
        (f"{pointer}/{name}", "must be text, since the kind is stdio")
        for name in ("input", "expected")
        if not isinstance(test[name], str)
    )


# Each with the fields that it looks at: a broken one is reported already, and the rule would only repeat it.
_RULES: Sequence[tuple[Callable[[Mapping[str, Any], Faults], None], Set[str]]] = (
    (_kind_fits_call, {"kind", "params", "entry_points"}),
    (_languages_have_entry_points, {"kind", "entry_points", "starter", "solutions"}),
    (_solutions_exist, {"solutions"}),
    (_tests_fit, {"kind", "params", "comparison", *TESTS}),
    (_limits_fit_time, {"limits", "time_limit_ms"}),
)


def tests_of(problem: Mapping[str, Any]) -> Iterable[tuple[str, Mapping[str, Any]]]:
    """Every test of a problem with its JSON pointer, the visible ones first."""
    for name in TESTS:
        for index, test in enumerate(problem.get(name) or ()):
            yield f"/{name}/{index}", test


def languages_of(problem: Mapping[str, Any]) -> tuple[str, ...]:
    """The languages a learner may submit in: those with an entry point; any for programs that read stdin."""
    if problem["kind"] == "stdio":
        return tuple(LANGUAGES)
    return tuple(language for language in LANGUAGES if language in problem["entry_points"])
