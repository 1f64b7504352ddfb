"""Hashing: what is written, stored, copied out and hashed again is the same, for any payload."""

from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Learner
from accounts.principal import actor_name
from common.canonical import NotStorable
from common.ids import uuid7
from studypaths.events import as_stored
from studypaths.journal import ACTOR, ACTOR_CHARACTERS, open_journal
from studypaths.models import ChainHead, TaskEvent
from studypaths.rebuild import check_learners
from studypaths.services import tasks
from studypaths.verification import verify_learners
from tests.callers import Caller
from tests.studypaths.builders import CO, MINUTE, NOON, me, started_task

numbers = st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(2**60), 2**60)
values = st.recursive(
    st.none() | st.booleans() | numbers | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)


@pytest.fixture
def chain(db: None) -> tuple[UUID, UUID, UUID]:
    """A learner with a task in progress: learner, task, path."""
    learner_id = Learner.objects.create(user_id=str(uuid7())).id
    task = started_task(learner_id)
    return learner_id, task["id"], task["path_id"]


@settings(
    max_examples=300,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
)
@given(st.dictionaries(st.text(max_size=6), values, max_size=3))
def test_any_payload_that_is_recorded_verifies_and_replays(
    chain: tuple[UUID, UUID, UUID], payload: dict[str, Any]
) -> None:
    learner_id, task_id, path_id = chain
    try:
        with open_journal(learner_ids=[learner_id], by=CO, at=NOON + MINUTE) as journal:
            journal.record(
                "progress_reported",
                learner_id=learner_id,
                task_id=task_id,
                path_id=path_id,
                payload={"metadata": payload},
            )
    except NotStorable:
        pass  # refused as a whole: nothing was recorded, which the checks below see too

    assert verify_learners([learner_id]).breaks == []
    assert check_learners([learner_id]).differences == []


@pytest.mark.parametrize("value", [1e16, -1e300, "a\x00b"])
def test_what_jsonb_would_change_is_not_recorded(value: object) -> None:
    with pytest.raises(NotStorable):
        as_stored({"value": value})


def test_a_negative_zero_is_a_zero() -> None:
    assert str(as_stored({"value": -0.0})[0]["value"]) == "0.0"


@given(st.sampled_from(["learner", "service", "person"]), st.text(min_size=1, max_size=255))
def test_every_caller_has_a_name_that_the_log_takes(kind: Any, subject: str) -> None:
    name = actor_name(kind, subject)

    assert ACTOR.fullmatch(name)
    assert len(name) <= ACTOR_CHARACTERS


def test_time_never_runs_backwards_in_a_chain(learner: Caller) -> None:
    """Whoever took the time first may get the lock last."""
    assert learner.learner_id is not None
    task = started_task(learner.learner_id)

    skipped = tasks.skip_task(
        learner_id=learner.learner_id,
        task_id=task["id"],
        reason="",
        by=me(learner.learner_id),
        at=NOON - MINUTE,
    )

    times = (
        TaskEvent.objects.filter(learner_id=learner.learner_id)
        .order_by("sequence")
        .values_list("occurred_at")
    )
    assert list(times) == sorted(times)
    assert skipped["updated_at"] == task["started_at"]
    assert ChainHead.objects.get(learner_id=learner.learner_id).updated_at == task["started_at"]
