"""Monthly partitions of the log: made ahead, and nothing is lost without them."""

from datetime import UTC, date, datetime
from uuid import UUID

from django.db import connection

from common.ids import first_uuid7_of
from studypaths.models import TaskEvent
from studypaths.partitions import make_partitions
from studypaths.tasks import make_event_partitions
from studypaths.verification import verify_learners
from tests.callers import Caller
from tests.studypaths.builders import new_path

FAR = datetime(2091, 11, 5, tzinfo=UTC)


def partition_of(event_id: UUID) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tableoid::regclass::text FROM task_events WHERE id = %s", [event_id])
        return str(cursor.fetchone()[0])


def add_event(learner_id: UUID, event_id: UUID) -> TaskEvent:
    """Give Alice's newest event a twin with an id of another month, one sequence further."""
    event = TaskEvent.objects.filter(learner_id=learner_id).latest("sequence")
    event.pk, event.sequence = event_id, event.sequence + 1
    event.save(force_insert=True)
    return event


def test_partitions_are_made_ahead_once(db: None) -> None:
    made = make_partitions(at=FAR, months_ahead=3)

    assert made == ["2091-11", "2091-12", "2092-01", "2092-02"]
    assert make_partitions(at=FAR, months_ahead=3) == []


def test_beat_makes_them(db: None) -> None:
    make_event_partitions()

    assert make_event_partitions() == []


def test_an_event_lands_in_the_partition_of_its_month(learner: Caller) -> None:
    assert learner.learner_id is not None
    new_path(learner.learner_id)

    event = TaskEvent.objects.get(learner_id=learner.learner_id)

    assert partition_of(event.id) == f"task_events_{datetime.now(UTC):%Y_%m}"


def test_an_event_without_a_partition_is_kept_and_moves_when_it_comes(learner: Caller) -> None:
    assert learner.learner_id is not None
    new_path(learner.learner_id)
    stray = add_event(learner.learner_id, first_uuid7_of(datetime(2091, 11, 30, 23, 59, tzinfo=UTC)))
    next_month = add_event(learner.learner_id, first_uuid7_of(datetime(2091, 12, 1, tzinfo=UTC)))
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert partition_of(stray.id) == "task_events_default"

    make_partitions(at=FAR, months_ahead=0)

    assert partition_of(stray.id) == "task_events_2091_11"
    assert partition_of(next_month.id) == "task_events_default"
    assert TaskEvent.objects.filter(learner_id=learner.learner_id).count() == 3
    assert verify_learners([learner.learner_id]).events == 3


def test_the_default_partition_refuses_changes_again_after_a_move(learner: Caller) -> None:
    assert learner.learner_id is not None
    new_path(learner.learner_id)
    add_event(learner.learner_id, first_uuid7_of(FAR))
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        make_partitions(at=FAR, months_ahead=0)
        cursor.execute("SELECT tgenabled FROM pg_trigger WHERE tgrelid = 'task_events_default'::regclass")

        assert {enabled for (enabled,) in cursor.fetchall()} == {"O"}


def test_bounds_in_sql_and_python_agree(db: None) -> None:
    with connection.cursor() as cursor:
        for month in (date(2026, 1, 1), date(2026, 12, 1), date(2091, 2, 1)):
            at = datetime(month.year, month.month, 1, tzinfo=UTC)
            cursor.execute("SELECT task_events_first_id(%s)", [at])

            assert cursor.fetchone()[0] == first_uuid7_of(at)
