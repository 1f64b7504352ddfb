"""The problem bank service behind `ProblemBank`: answers are checked before they are trusted, and cached."""

import hashlib
import time
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import structlog
from django.core.cache import BaseCache
from redis import RedisError

from catalog.bank import (
    MAX_LIMIT,
    ModuleOutline,
    ProblemBank,
    ProblemBankUnreachable,
    ProblemDetail,
    ProblemNotFound,
    ProblemSummary,
    TestBundle,
    TopicOutline,
    TrackNotFound,
    TrackOutline,
)
from catalog.bank_transport import BankTransport, Missing
from catalog.checks import Faults, integer, list_of, text
from catalog.problem_files import parsed_json
from catalog.records import (
    CONTENT,
    HIDDEN,
    JUDGING,
    PROBLEM_ID,
    SLUG,
    SUMMARY,
    Field,
    checked,
    object_with,
    slug,
)
from catalog.shapes import bundle_of, detail_of, summary_of

STALE_SECONDS = 24 * 3600  # how long an old answer may stand in while the bank is away
MALFORMED_RETRY_SECONDS = 60.0
_VERSION = {"version": Field(integer(1, 2**31 - 1), 1)}
_SUMMARY = {**SUMMARY, **_VERSION}
_DETAIL = {**CONTENT, **_VERSION}
_BUNDLE = {"id": SUMMARY["id"], **JUDGING, **HIDDEN, **_VERSION}
_LIST = {"items": Field(list_of(object_with(_SUMMARY), at_most=10_000))}
_TOPIC = {"slug": Field(slug(80)), "title": Field(text(at_most=200))}
_MODULE = {
    "slug": Field(slug(50)),
    "title": Field(text(at_most=200)),
    "topics": Field(list_of(object_with(_TOPIC), at_most=500), []),
    "problems": Field(integer(0, 2**31 - 1), 0),
}
_TRACK = {
    "slug": Field(slug(100)),
    "title": Field(text(at_most=200)),
    "description": Field(text(at_most=10_000, blank=True), ""),
    "modules": Field(list_of(object_with(_MODULE), at_least=1, at_most=200)),
}

T = TypeVar("T")
log = structlog.get_logger(__name__)


class HttpProblemBank(ProblemBank):
    """Speaks the contract of docs/problem-bank.md. An answer younger than `fresh_seconds` is used again.

    While the bank is away or sends what is not of the contract, an older answer (up to a day) stands in.
    """

    def __init__(self, *, transport: BankTransport, cache: BaseCache, fresh_seconds: int) -> None:
        self._transport = transport
        self._cache = cache
        self._fresh_seconds = fresh_seconds

    def track(self, slug: str) -> TrackOutline:
        if not SLUG.fullmatch(slug):
            raise TrackNotFound(slug)
        try:
            return self._get(f"/internal/tracks/{slug}", {}, lambda raw: _track(raw, slug))
        except Missing as missing:
            raise TrackNotFound(slug) from missing

    def problems(
        self, *, track: str, module: str, difficulty: tuple[int, int], limit: int
    ) -> list[ProblemSummary]:
        """`difficulty` goes out as `low-high`. A track or module that the bank lacks offers nothing."""
        low, high = difficulty
        limit = min(limit, MAX_LIMIT)
        params = {"track": track, "module": module, "difficulty": f"{low}-{high}", "limit": str(limit)}

        def read(raw: Any) -> list[ProblemSummary]:
            found = _problems(raw, module, difficulty)
            return sorted(found, key=lambda problem: (problem.difficulty, problem.id))[:limit]

        try:
            return self._get("/internal/problems", params, read)
        except Missing:
            return []

    def problem(self, problem_id: str, version: int | None = None) -> ProblemDetail:
        def read(raw: Any) -> ProblemDetail:
            fields = _problem(raw, _DETAIL, problem_id, version)
            return detail_of(fields, version=fields["version"])

        return self._of_problem(problem_id, version, "", read)

    def hidden_bundle(self, problem_id: str, version: int | None = None) -> TestBundle:
        def read(raw: Any) -> TestBundle:
            fields = _problem(raw, _BUNDLE, problem_id, version)
            return bundle_of(fields, version=fields["version"])

        return self._of_problem(problem_id, version, "/hidden-bundle", read)

    def _of_problem(self, problem_id: str, version: int | None, what: str, read: Callable[[Any], T]) -> T:
        if not PROBLEM_ID.fullmatch(problem_id):
            raise ProblemNotFound(problem_id, version)  # and no address such as /internal/problems/..
        params = {} if version is None else {"version": str(version)}
        try:
            return self._get(f"/internal/problems/{problem_id}{what}", params, read)
        except Missing as missing:
            raise ProblemNotFound(problem_id, version) from missing

    def _get(self, path: str, params: Mapping[str, str], read: Callable[[Any], T]) -> T:
        """What `read` makes of the answer: a fresh one at hand, the bank's, an old one while it is away."""
        key = self._key(path, params)
        age, kept = self._recall(key)
        if kept is not None and age < self._fresh_seconds:
            return read(parsed_json(kept))
        try:
            answer, raw = self._transport.get(path, params)
            value = read(raw)
        except ProblemBankUnreachable as error:
            if kept is None:
                raise
            log.warning("problem_bank_stale_answer", path=path, age_seconds=int(age), why=error.detail)
            return read(parsed_json(kept))
        self._remember(key, answer)
        return value

    def _key(self, path: str, params: Mapping[str, str]) -> str:
        address = "\n".join(
            [self._transport.base_url, path, *(f"{k}={v}" for k, v in sorted(params.items()))]
        )
        return f"problem-bank:{hashlib.sha256(address.encode()).hexdigest()}"

    def _recall(self, key: str) -> tuple[float, bytes | None]:
        """`(age in seconds, JSON text)` of the kept answer. The cache may be away: then nothing is kept."""
        try:
            entry = self._cache.get(key)
        except RedisError as error:
            log.warning("problem_bank_cache_away", why=str(error))
            return 0.0, None
        return (0.0, None) if entry is None else (time.time() - entry[0], entry[1])

    def _remember(self, key: str, answer: bytes) -> None:
        try:
            self._cache.set(key, (time.time(), answer), timeout=self._fresh_seconds + STALE_SECONDS)
        except RedisError as error:
            log.warning("problem_bank_cache_away", why=str(error))


def _trusted(raw: Any, fields: Mapping[str, Field]) -> dict[str, Any]:
    """The `fields` of an answer, checked; what else it holds is ignored, so that the bank may grow."""
    faults: Faults = []
    kept = checked(raw, fields, faults)
    if faults:
        raise _malformed(f"{faults[0][0]} {faults[0][1]}", len(faults))
    return kept


def _malformed(fault: str, count: int = 1) -> ProblemBankUnreachable:
    log.error("problem_bank_answer_malformed", fault=fault, faults=count)
    return ProblemBankUnreachable(
        f"The problem bank's answer is not of the contract: {fault}.", retry_after=MALFORMED_RETRY_SECONDS
    )


def _track(raw: Any, slug: str) -> TrackOutline:
    fields = _trusted(raw, _TRACK)
    if fields["slug"] != slug:
        raise _malformed(f"/slug is {fields['slug']}, not the one asked for")
    modules = tuple(
        ModuleOutline(
            slug=module["slug"],
            title=module["title"],
            position=position,
            topics=tuple(TopicOutline(**topic) for topic in module["topics"]),
            problems=module["problems"],
        )
        for position, module in enumerate(fields["modules"], start=1)
    )
    return TrackOutline(slug=slug, title=fields["title"], description=fields["description"], modules=modules)


def _problems(raw: Any, module: str, difficulty: tuple[int, int]) -> list[ProblemSummary]:
    items = _trusted(raw, _LIST)["items"]
    for index, item in enumerate(items):
        if item["module"] != module or not difficulty[0] <= item["difficulty"] <= difficulty[1]:
            raise _malformed(f"/items/{index} is not of the module and difficulty asked for")
    return [summary_of(item, version=item["version"]) for item in items]


def _problem(raw: Any, fields: Mapping[str, Field], problem_id: str, version: int | None) -> dict[str, Any]:
    kept = _trusted(raw, fields)
    if kept["id"] != problem_id:
        raise _malformed(f"/id is {kept['id']}, not the one asked for")
    if version is not None and kept["version"] != version:
        raise ProblemNotFound(problem_id, version)
    return kept
