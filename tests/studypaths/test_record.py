"""The log: chained, gap-free, append-only, and proof against whoever can write to the database (R023, R062, 009-4)."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from hashlib import sha256
from itertools import pairwise
from typing import Any
from uuid import UUID

import orjson
import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from common.ids import uuid7
from studypaths.events import GENESIS_HASH
from studypaths.journal import open_journal
from studypaths.models import ChainHead, StudyTask, TaskEvent
from studypaths.rebuild import apply_learners, check_learners
from studypaths.services import tasks
from studypaths.verification import verify_all, verify_learners
from tests.callers import Caller
from tests.studypaths.builders import CO, MINUTE, NOON, me, new_path, new_tasks, started_task


@pytest.fixture
def alice(learner: Caller) -> UUID:
    """Alice with a path, three tasks, one started and one skipped: six events."""
    assert learner.learner_id is not None
    alice = learner.learner_id
    first, second, _ = new_tasks(alice, new_path(alice)["id"], 3)
    tasks.start_task(learner_id=alice, task_id=first["id"], by=me(alice), at=NOON + MINUTE)
    tasks.skip_task(learner_id=alice, task_id=second["id"], reason="", by=me(alice), at=NOON + 2 * MINUTE)
    return alice


@contextmanager
def superuser() -> Iterator[Callable[[str, list[Any]], Any]]:
    """Somebody with superuser rights, for whom triggers do not count."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        yield cursor.execute
        cursor.execute("SET LOCAL session_replication_role = origin")


def first_bad_sequence(learner_id: UUID) -> int | None:
    breaks = verify_learners([learner_id]).breaks
    return breaks[0].sequence if breaks else None


def test_sequences_are_gap_free_and_every_event_continues_the_one_before(alice: UUID) -> None:
    events = list(TaskEvent.objects.filter(learner_id=alice).order_by("sequence"))

    assert [event.sequence for event in events] == [1, 2, 3, 4, 5, 6]
    assert bytes(events[0].previous_hash) == GENESIS_HASH
    for before, after in pairwise(events):
        assert bytes(after.previous_hash) == bytes(before.hash)
    head = ChainHead.objects.get(learner_id=alice)
    assert (head.sequence, bytes(head.hash)) == (6, bytes(events[-1].hash))


def test_the_hash_can_be_recomputed_from_what_is_documented(alice: UUID) -> None:
    """Independent of our code: SHA-256 over previous hash and canonical JSON, as docs/record.md says."""
    event = TaskEvent.objects.get(learner_id=alice, sequence=5)
    fields = {
        "actor": event.actor,
        "created_at": event.created_at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "event_type": event.event_type,
        "id": str(event.id),
        "learner_id": str(alice),
        "occurred_at": event.occurred_at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "path_id": str(event.path_id),
        "payload": event.payload,
        "sealed_digest": None,
        "sequence": 5,
        "task_id": str(event.task_id),
    }

    digest = sha256(bytes(event.previous_hash) + orjson.dumps(fields, option=orjson.OPT_SORT_KEYS)).digest()

    assert digest == bytes(event.hash)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE task_events SET payload = '{}'",
        "UPDATE task_events SET sequence = sequence + 1 WHERE sequence = 6",
        "DELETE FROM task_events",
        "TRUNCATE task_events CASCADE",
        "DELETE FROM {partition}",
        "UPDATE {partition} SET actor = 'system:nobody'",
        "TRUNCATE {partition}",
        "TRUNCATE task_events_default",
    ],
)
def test_the_application_can_neither_change_nor_delete_an_event(alice: UUID, statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tableoid::regclass::text FROM task_events LIMIT 1")
        partition = cursor.fetchone()[0]
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            cursor.execute(statement.replace("{partition}", partition))

    assert TaskEvent.objects.filter(learner_id=alice).count() == 6


def test_the_models_refuse_too(alice: UUID) -> None:
    event = TaskEvent.objects.filter(learner_id=alice).latest("sequence")
    event.actor = "system:nobody"

    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        event.save(update_fields=["actor"])
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        event.delete()


def test_a_sequence_is_taken_once(alice: UUID) -> None:
    event = TaskEvent.objects.get(learner_id=alice, sequence=6)
    event.pk = uuid7()

    with pytest.raises(IntegrityError, match="_chain"), transaction.atomic():
        event.save(force_insert=True)


@pytest.mark.parametrize(
    "column", ["payload", "actor", "event_type", "occurred_at", "task_id", "created_at", "sealed"]
)
def test_an_edited_event_is_named(alice: UUID, column: str) -> None:
    values = {
        "payload": '\'{"to": "completed"}\'',
        "actor": "'system:nobody'",
        "event_type": "'created'",
        "occurred_at": "occurred_at - interval '1 day'",
        "created_at": "created_at + interval '1 microsecond'",
        "task_id": "NULL",
        "sealed": "'\\x00'",
    }
    with superuser() as execute:
        execute(
            f"UPDATE task_events SET {column} = {values[column]} WHERE learner_id = %s AND sequence = 5",
            [alice],
        )

    assert first_bad_sequence(alice) == 5


def test_an_edit_with_a_fresh_hash_is_named_at_its_successor(alice: UUID) -> None:
    event = TaskEvent.objects.get(learner_id=alice, sequence=4)
    with superuser() as execute:
        execute("UPDATE task_events SET hash = %s WHERE id = %s", [sha256(b"forged").digest(), event.id])

    assert first_bad_sequence(alice) == 4


def test_a_deleted_event_is_named(alice: UUID) -> None:
    with superuser() as execute:
        execute("DELETE FROM task_events WHERE learner_id = %s AND sequence = 3", [alice])

    assert first_bad_sequence(alice) == 3


def test_a_cut_tail_is_named_even_when_the_head_is_cut_too(alice: UUID) -> None:
    with superuser() as execute:
        execute("DELETE FROM task_events WHERE learner_id = %s AND sequence >= 5", [alice])
    assert first_bad_sequence(alice) == 5

    shorter = TaskEvent.objects.get(learner_id=alice, sequence=4)
    ChainHead.objects.filter(learner_id=alice).update(sequence=4, hash=shorter.hash)

    assert first_bad_sequence(alice) == 4, "the seal of the head cannot be made without its key"


def test_swapped_events_are_named(alice: UUID) -> None:
    with superuser() as execute:
        for before, after in ((2, 99), (3, 2), (99, 3)):
            execute(
                "UPDATE task_events SET sequence = %s WHERE learner_id = %s AND sequence = %s",
                [after, alice, before],
            )

    assert first_bad_sequence(alice) == 2


def test_an_inserted_event_is_named(alice: UUID) -> None:
    event = TaskEvent.objects.get(learner_id=alice, sequence=6)
    event.pk, event.sequence, event.previous_hash = uuid7(), 7, event.hash
    event.save(force_insert=True)

    assert first_bad_sequence(alice) == 7


def test_a_removed_head_is_named(alice: UUID) -> None:
    ChainHead.objects.filter(learner_id=alice).delete()

    assert first_bad_sequence(alice) == 1


def test_a_log_removed_with_its_head_is_named(alice: UUID) -> None:
    with superuser() as execute:
        execute("DELETE FROM task_events WHERE learner_id = %s", [alice])
        execute("DELETE FROM chain_heads WHERE learner_id = %s", [alice])

    assert first_bad_sequence(alice) == 1


def test_a_log_whose_learner_was_removed_is_named(alice: UUID) -> None:
    with superuser() as execute:
        execute("DELETE FROM learners WHERE id = %s", [alice])

    breaks = verify_all(report=lambda total: None).breaks
    with superuser() as execute:  # the test ends by checking foreign keys
        execute("DELETE FROM task_events", [])
        for table in ("chain_heads", "study_tasks", "study_paths", "learner_identities", "data_keys"):
            execute(f"DELETE FROM {table}", [])

    assert [(found.learner_id, found.sequence) for found in breaks] == [(alice, 1)]


@pytest.mark.parametrize(
    "change", ["payload = '{\"a\": 1e400}'", "occurred_at = 'infinity'", "created_at = '0044-03-15 BC'"]
)
def test_an_event_that_cannot_be_read_is_named_and_stops_nothing(
    alice: UUID, stranger: Caller, change: str
) -> None:
    assert stranger.learner_id is not None
    new_path(stranger.learner_id)
    with superuser() as execute:
        execute(f"UPDATE task_events SET {change} WHERE learner_id = %s AND sequence = 5", [alice])

    result = verify_all(report=lambda total: None)

    assert [(found.learner_id, found.sequence) for found in result.breaks] == [(alice, 5)]
    assert result.events == 7


def test_a_rewritten_history_with_correct_hashes_is_named_by_the_seal(alice: UUID) -> None:
    """Whoever recomputes all hashes after an edit still lacks the key of the seal."""
    events = list(TaskEvent.objects.filter(learner_id=alice).order_by("sequence"))
    with superuser() as execute:
        execute("DELETE FROM task_events WHERE learner_id = %s AND sequence = 6", [alice])
    head = ChainHead.objects.get(learner_id=alice)
    ChainHead.objects.filter(learner_id=alice).update(sequence=5, hash=events[4].hash, seal=head.seal)

    assert first_bad_sequence(alice) == 5


def test_the_commands_say_what_they_found(alice: UUID, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("verify_history", "--learner", "alice")
    assert "6 events of 1 learners checked" in capsys.readouterr().out

    with superuser() as execute:
        execute("UPDATE task_events SET actor = 'x:y' WHERE learner_id = %s AND sequence = 2", [alice])
    with pytest.raises(CommandError, match="1 logs are not what was recorded"):
        call_command("verify_history", "--all")
    assert f"{alice}: sequence 2 was changed" in capsys.readouterr().out


def test_verify_history_of_an_unknown_learner_is_an_error(db: None) -> None:
    with pytest.raises(CommandError, match="no learner"):
        call_command("verify_history", "--learner", "nobody")


# Replay


def test_replay_equals_the_rows(alice: UUID) -> None:
    comparison = check_learners([alice])

    assert comparison.differences == []
    assert (comparison.events, comparison.rows) == (6, 4)


@pytest.mark.parametrize(
    ("change", "kind", "columns"),
    [
        ("UPDATE study_tasks SET difficulty = 5 WHERE status = 'skipped'", "changed", ("difficulty",)),
        (
            "UPDATE study_tasks SET metadata = '{\"a\": 1}', version = 9 WHERE status = 'skipped'",
            "changed",
            None,
        ),
        ("UPDATE study_paths SET config = '{}'", "changed", ("config",)),
    ],
)
def test_a_row_changed_behind_the_log_is_found_and_set_right(
    alice: UUID, change: str, kind: str, columns: tuple[str, ...] | None
) -> None:
    with connection.cursor() as cursor:
        cursor.execute(change)

    found = check_learners([alice]).differences
    applied = apply_learners([alice]).differences

    assert [difference.kind for difference in found] == [kind]
    assert columns is None or found[0].columns == columns
    assert applied == found
    assert check_learners([alice]).differences == []


def test_a_row_removed_behind_the_log_comes_back(alice: UUID) -> None:
    with superuser() as execute:
        execute("DELETE FROM study_tasks WHERE status = 'skipped'", [])

    found = check_learners([alice]).differences
    apply_learners([alice])

    assert [difference.kind for difference in found] == ["missing"]
    assert StudyTask.objects.filter(learner_id=alice, status="skipped").count() == 1


def test_a_row_that_the_log_does_not_know_is_removed(alice: UUID) -> None:
    task = StudyTask.objects.filter(learner_id=alice).first()
    assert task is not None
    task.pk = uuid7()
    task.save(force_insert=True)

    with pytest.raises(CommandError, match="1 rows are not what the log says"):
        call_command("rebuild_tasks", "--check")
    call_command("rebuild_tasks", "--apply")

    assert not StudyTask.objects.filter(pk=task.pk).exists()
    call_command("rebuild_tasks", "--check")


# The journal


def test_an_error_in_the_block_leaves_no_trace(alice: UUID) -> None:
    task = StudyTask.objects.get(learner_id=alice, status="scheduled")

    with pytest.raises(RuntimeError, match="stop"):
        start_and_fail(alice, task)

    assert ChainHead.objects.get(learner_id=alice).sequence == 6


def start_and_fail(alice: UUID, task: StudyTask) -> None:
    with open_journal(learner_ids=[alice], by=CO, at=NOON) as journal:
        journal.record("started", learner_id=alice, task_id=task.id, path_id=task.path_id, payload={})
        raise RuntimeError("stop")


def test_only_the_columns_that_an_event_changed_are_written(learner: Caller) -> None:
    """A decision of some kilobytes does not travel because a task was started."""
    assert learner.learner_id is not None
    alice = learner.learner_id
    task = new_tasks(alice, new_path(alice)["id"])[0]

    with CaptureQueriesContext(connection) as queries:
        tasks.start_task(learner_id=alice, task_id=task["id"], by=me(alice), at=NOON + MINUTE)

    update = next(each["sql"] for each in queries if "UPDATE study_tasks" in each["sql"])
    assert re.findall(r"(\w+) = changed", update.split("WHERE")[0]) == [
        "status",
        "started_at",
        "version",
        "updated_at",
    ]
    assert task["problem_id"] not in update


def test_an_actor_that_json_would_escape_is_refused(alice: UUID) -> None:
    with (
        pytest.raises(ValueError, match="not an actor"),
        open_journal(learner_ids=[alice], by='x:"', at=NOON),
    ):
        pass


def test_several_acts_in_one_journal_are_one_chain(learner: Caller) -> None:
    assert learner.learner_id is not None
    task = started_task(learner.learner_id)
    with open_journal(learner_ids=[learner.learner_id], by=CO, at=NOON + timedelta(hours=1)) as journal:
        for minutes in (1, 2, 3):
            journal.record(
                "progress_reported",
                learner_id=learner.learner_id,
                task_id=task["id"],
                path_id=task["path_id"],
                payload={"metadata": {"minutes": minutes}},
            )

    stored = StudyTask.objects.get(id=task["id"])
    assert (stored.metadata, stored.version) == ({"minutes": 3}, 5)
    assert verify_learners([learner.learner_id]).breaks == []
