"""What thousands of rows are written with reads back as the statements for a few write it."""

from typing import Any
from uuid import UUID

import pytest

from studypaths.models import StudyTask
from studypaths.rebuild import check_learners
from studypaths.verification import verify_learners
from tests.callers import Caller
from tests.studypaths.builders import new_path, new_tasks

AWKWARD: dict[str, Any] = {
    "text": 'tab\there, line\nthere, \r, \\N, \\., "quoted", {braces}, back\\slash, é, 漢, 🧩',
    "": None,
    "numbers": [0.1, 1e-7, 2**53 - 1, -5, True],
    "nested": {"a\\b\t": [{"c": "\\"}, "\\t"]},
}
TOPICS = ["two-pointers", 'a "quoted" one', "back\\slash", "comma, {brace}", "NULL", " "]


@pytest.fixture
def alice(learner: Caller) -> UUID:
    assert learner.learner_id is not None
    return learner.learner_id


@pytest.mark.parametrize("copied_from", [1, 1_000])
def test_rows_and_events_are_the_same_however_they_are_written(
    alice: UUID, monkeypatch: pytest.MonkeyPatch, copied_from: int
) -> None:
    monkeypatch.setattr("studypaths.journal.COPIED_FROM", copied_from)

    task = new_tasks(alice, new_path(alice)["id"], topic_tags=TOPICS, metadata=AWKWARD)[0]

    stored = StudyTask.objects.get(id=task["id"])
    assert (stored.topic_tags, stored.metadata) == (TOPICS, AWKWARD)
    assert stored.started_at is None
    assert stored.scheduled_at == task["scheduled_at"]
    assert verify_learners([alice]).breaks == []
    assert check_learners([alice]).differences == []
