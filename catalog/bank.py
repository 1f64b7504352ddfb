"""What a problem bank offers, whichever it is: the shapes, the interface and its errors."""

from dataclasses import dataclass, field
from typing import Any, ClassVar, Protocol

from common.errors import DomainError, NotFound, Unavailable

DEFAULT_TRACK = "coding-interview-meta"
MAX_LIMIT = 200


class ProblemNotFound(NotFound):
    """The bank has no such problem, or not in that version."""

    code = "problem_not_found"

    def __init__(self, problem_id: str, version: int | None = None) -> None:
        which = "" if version is None else f" in version {version}"
        super().__init__(f"There is no problem {problem_id}{which}.")


class TrackNotFound(NotFound):
    code = "track_not_found"

    def __init__(self, slug: str) -> None:
        super().__init__(f"There is no track {slug}.")


class ProblemBankRefused(DomainError):
    """The bank answered, and its answer is final: it refuses us, or it does not speak the contract."""

    code = "problem_bank_refused"
    status = 502
    title = "The problem bank refused"


class ProblemBankUnreachable(Unavailable):
    """No usable answer in time; whether the bank is well is unknown. Try again later."""

    code = "problem_bank_unreachable"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemSummary:
    """A problem as planning sees it. `topics[0]` is the primary topic; `difficulty` is 1-5."""

    id: str
    title: str
    module: str
    topics: tuple[str, ...]
    difficulty: int
    minutes_target: int
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemDetail(ProblemSummary):
    """What a learner may see of a problem: never hidden tests, solutions or hints.

    `visible_tests` are `{input, expected}` objects; `languages` those that a submission may be written in.
    """

    subject: str
    statement: str
    constraints: str
    objectives: tuple[str, ...]
    kind: str
    params: tuple[str, ...]
    entry_points: dict[str, str]
    starter: dict[str, str]
    visible_tests: list[dict[str, Any]]
    comparison: str
    time_limit_ms: int
    memory_limit_mb: int
    languages: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TestBundle:
    """Everything needed to judge a submission, hidden tests included: for the evaluator's eyes only.

    `limits` holds what the problem states besides time and memory (`catalog.records.LIMITS`), mostly nothing.
    """

    __test__: ClassVar[bool] = False  # not a test case, whatever its name

    problem_id: str
    version: int
    kind: str
    params: tuple[str, ...]
    entry_points: dict[str, str]
    comparison: str
    checker: dict[str, str] | None
    time_limit_ms: int
    memory_limit_mb: int
    visible_tests: list[dict[str, Any]]
    hidden_tests: list[dict[str, Any]]
    limits: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicOutline:
    slug: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ModuleOutline:
    """A module; `problems` counts those that planning may choose."""

    slug: str
    title: str
    position: int
    topics: tuple[TopicOutline, ...]
    problems: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackOutline:
    """A track with its modules in the order in which they open."""

    slug: str
    title: str
    description: str
    modules: tuple[ModuleOutline, ...]


class ProblemBank(Protocol):
    """Where problems come from. All methods may raise `ProblemBankUnreachable` and `ProblemBankRefused`."""

    def track(self, slug: str) -> TrackOutline:
        """The track's outline; raises `TrackNotFound`."""
        ...

    def problems(
        self, *, track: str, module: str, difficulty: tuple[int, int], limit: int
    ) -> list[ProblemSummary]:
        """Problems that planning may choose, by difficulty, then id; `difficulty` is a closed range."""
        ...

    def problem(self, problem_id: str, version: int | None = None) -> ProblemDetail:
        """One problem, in the current version by default; raises `ProblemNotFound`."""
        ...

    def hidden_bundle(self, problem_id: str, version: int | None = None) -> TestBundle:
        """All that judging needs (008-3); raises `ProblemNotFound`."""
        ...

    def get_problems_by_module(
        self, module: str, difficulty_range: tuple[int, int], limit: int = 10
    ) -> list[ProblemSummary]:
        """`problems` under the name of R105 and 005-2, in the default track."""
        return self.problems(track=DEFAULT_TRACK, module=module, difficulty=difficulty_range, limit=limit)

    def get_problem_metadata(self, problem_id: str) -> ProblemDetail:
        """`problem` under the name of R105 and 005-3."""
        return self.problem(problem_id)
