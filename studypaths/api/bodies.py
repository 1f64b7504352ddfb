"""What callers send."""

from datetime import UTC, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from common.bodies import Instant, RequestBody, StorableObject, StorableText
from common.errors import InvalidRequest
from common.parameters import parse_instant
from studypaths.states import TaskKind, TaskStatus

BATCH_LIMIT = 500
# What may be planned: far from the ends of Python's calendar, where adding days or changing the offset fails.
EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
LATEST = datetime(3000, 1, 1, tzinfo=UTC)
# Members of a task's metadata that the record itself writes.
RESERVED_METADATA = frozenset({"evaluation"})


def _instant(value: Any) -> Any:
    """Text as pydantic does not read it: no seconds since 1970, no missing offset. What is no text is refused later."""
    if not isinstance(value, str):
        return value
    try:
        return parse_instant(value, "")
    except InvalidRequest as error:
        raise PydanticCustomError("instant", "{why}", {"why": error.errors[0].detail}) from error


def _in_range(at: datetime) -> datetime:
    if not EARLIEST <= at < LATEST:
        raise PydanticCustomError("instant_out_of_range", "must be from 1970 to 2999")
    return at


def _without_reserved(metadata: dict[str, Any]) -> dict[str, Any]:
    taken = sorted(RESERVED_METADATA & metadata.keys())
    if taken:
        raise PydanticCustomError("reserved", "{name} is written by evaluations only", {"name": taken[0]})
    return metadata


PlannedInstant = Annotated[Instant, BeforeValidator(_instant), AfterValidator(_in_range)]
Metadata = Annotated[StorableObject, AfterValidator(_without_reserved)]

Slug = Annotated[str, Field(pattern=r"^[a-z0-9]+(?:[-_][a-z0-9]+)*$")]
ProblemId = Annotated[StorableText, Field(min_length=1, max_length=100, examples=["longest-climb"])]
Weight = Annotated[float, Field(ge=0, le=1)]
Share = Annotated[float, Field(ge=0, le=1)]


class SelectionWeights(RequestBody):
    """How much each reason counts when a problem is chosen."""

    weakness: Weight | None = None
    novelty: Weight | None = None
    difficulty_fit: Weight | None = None
    recency: Weight | None = None


class PathConfig(RequestBody):
    """Settings of a path; what is not named keeps its value or the default of the track."""

    completion_policy: Literal["pass_or_exhausted", "first_evaluation"] | None = Field(
        None,
        description="When a task is completed: passed or no attempt left, or after the first evaluation.",
    )
    max_attempts: int | None = Field(
        None, ge=1, le=20, description="Attempts of a task under `pass_or_exhausted`."
    )
    expire_after_days: int | None = Field(
        None, ge=1, le=365, description="A task not started by then expires."
    )
    initial_tasks: int | None = Field(None, ge=5, le=10, description="Size of the first batch.")
    weights: SelectionWeights | None = None
    module_weights: dict[Slug, Annotated[float, Field(ge=0, le=10)]] | None = Field(
        None, max_length=100, description="Factor of the score of a module's problems; 1 when not named."
    )
    open_ahead: int | None = Field(None, ge=1, le=20, description="How many problems are planned ahead.")
    promotion_streak: int | None = Field(
        None, ge=1, le=6, description="Passes in a row that raise the difficulty by one."
    )
    demote_below: float | None = Field(None, ge=0, le=1, description="A score below lowers it by one.")
    recovery_after: int | None = Field(
        None, ge=1, le=10, description="Failures in a row after which easier problems come until one success."
    )
    recovery_success: Share | None = Field(
        None, description="Predicted success wanted of those easier problems, 0.85 by default."
    )
    success_target: Share | None = Field(
        None, description="Predicted success wanted of all other problems, 0.675 by default."
    )
    least_success: Share | None = Field(
        None, description="A problem predicted below it waits while a likelier one can be had."
    )
    target_share: Share | None = Field(
        None,
        description="Share of the target difficulty in `difficulty_fit`; predicted success has the rest.",
    )
    replan_margin: Share | None = Field(
        None, description="A planned problem whose score is this near to the best one stays."
    )
    unlock_completion: float | None = Field(
        None, ge=0, le=1, description="Share of a module's problems that opens the next module."
    )
    unlock_mastery: float | None = Field(
        None, ge=0, le=100, description="Mean mastery of a module's topics that opens the next module."
    )

    def settings(self) -> dict[str, Any]:
        """The settings that were named."""
        return self.model_dump(exclude_none=True)


class NewPath(RequestBody):
    """`user_id` and `algorithm_version` are for services, which create paths for learners."""

    track_id: Annotated[StorableText, Field(min_length=1, max_length=100)] = "coding-interview-meta"
    config: PathConfig = Field(default_factory=PathConfig)
    user_id: Annotated[StorableText, Field(min_length=1, max_length=255)] | None = None
    algorithm_version: Annotated[StorableText, Field(min_length=1, max_length=40)] | None = Field(
        None, description="The planner that chooses the tasks; the newest by default."
    )


class PathChange(RequestBody):
    config: PathConfig


class NewTask(RequestBody):
    """A task that a service plans. `expires_at` follows from the path's settings when it is not given."""

    problem_id: ProblemId
    module: Annotated[Slug, Field(max_length=50, examples=["arrays-strings"])]
    topic_tags: Annotated[list[Annotated[Slug, Field(max_length=80)]], Field(max_length=20)] = Field(
        default_factory=list, examples=[["two-pointers"]]
    )
    difficulty: int = Field(ge=1, le=5)
    kind: TaskKind = TaskKind.PROBLEM
    problem_version: int | None = Field(None, ge=1, le=2_147_483_647)
    scheduled_at: PlannedInstant | None = Field(None, description="Now, when it is not given.")
    expires_at: PlannedInstant | None = Field(None, description="After `scheduled_at`.")
    metadata: Metadata = Field(default_factory=dict, description="Anything but `evaluation`.")


NewTasks = Annotated[list[NewTask], Field(min_length=1, max_length=BATCH_LIMIT)]


class TaskBatch(RequestBody):
    path_id: UUID
    tasks: NewTasks


class PathTaskBatch(RequestBody):
    """`path_id` may be repeated here; it must be that of the address (K-01)."""

    tasks: NewTasks
    path_id: UUID | None = None


class TaskChange(RequestBody):
    """Learners may only skip. Services may make any legal move and report what they measured."""

    status: TaskStatus | None = None
    metadata: Metadata | None = Field(None, description="Merged into the task's metadata.")
    score: float | None = Field(None, ge=0, le=1, description="Needed with `completed`.")
    time_spent_seconds: int | None = Field(None, ge=0, le=31_536_000)
    hints_used: int | None = Field(None, ge=0, le=10_000)

    @model_validator(mode="after")
    def _score_belongs_to_completion(self) -> "TaskChange":
        if (self.status == TaskStatus.COMPLETED) != (self.score is not None):
            raise PydanticCustomError(
                "score_and_completion", "score is given exactly when status is completed"
            )
        return self


class SkipReason(RequestBody):
    reason: Annotated[StorableText, Field(max_length=500)] = ""
