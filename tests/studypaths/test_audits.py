"""Audits in the admin: everything to see, nothing to change, no body opened, no look unlogged.

R010, R144, R147, R150.
"""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.contrib import admin
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import AccessLog
from accounts.services import add_identity
from evaluations.judge import Verdict
from evaluations.models import TaskEvaluation
from studypaths.models import ChainHead, Mastery, StudyPath, StudyTask, TaskEvent
from tests.callers import Caller
from tests.conftest import new_learner
from tests.evaluations import scenes
from tests.studypaths.builders import NOON, new_path, new_tasks

MODELS = (StudyPath, StudyTask, TaskEvent, ChainHead, Mastery, TaskEvaluation)
EVERY_MODEL = pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.model_name)


@pytest.fixture
def pages(staff: Caller) -> Client:
    """A browser in which Sam of the staff is signed in."""
    assert staff.user is not None
    client = Client()
    client.force_login(staff.user)
    return client


@pytest.fixture
def record(learner: Caller) -> UUID:
    """Alice solved one task at once: a row in every table."""
    assert learner.learner_id is not None
    scenes.import_shout()
    scenes.decided(scenes.task_in_progress(learner.learner_id), Verdict.ACCEPTED)
    return learner.learner_id


def address(model: Any, view: str, *arguments: Any) -> str:
    tail = "/".join([*map(str, arguments), view]) if view != "changelist" else ""
    return f"/admin/{model._meta.app_label}/{model._meta.model_name}/{tail}{'/' if tail else ''}"


def rows_shown(answer: Any) -> int:
    assert answer.status_code == 200
    return len(answer.context["cl"].result_list)


@EVERY_MODEL
def test_everything_can_be_seen_and_nothing_changed(pages: Client, record: UUID, model: Any) -> None:
    row = model.objects.first()

    assert rows_shown(pages.get(address(model, "changelist"))) == model.objects.count()
    assert pages.get(address(model, "change", row.pk)).status_code == 200
    assert pages.post(address(model, "change", row.pk), {"status": "x"}).status_code == 403
    assert pages.get(address(model, "add")).status_code == 403
    assert pages.post(address(model, "delete", row.pk), {"post": "yes"}).status_code == 403
    assert list(model.objects.filter(pk=row.pk).values()) == list(model.objects.filter(pk=row.pk).values())


@EVERY_MODEL
def test_audits_are_for_staff(mentor: Caller, record: UUID, model: Any) -> None:
    assert mentor.user is not None
    client = Client()
    client.force_login(mentor.user)

    assert client.get(address(model, "changelist")).status_code == 302
    assert client.get(address(model, "change", model.objects.first().pk)).status_code == 302


@EVERY_MODEL
@pytest.mark.parametrize("name", ["alice", "legacy|42"])
def test_a_learner_is_found_by_every_name_and_the_look_is_logged(
    pages: Client, record: UUID, model: Any, name: str
) -> None:
    add_identity(learner_id=record, subject="legacy|42", at=timezone.now())
    bob = new_learner("bob")
    new_tasks(bob, new_path(bob)["id"])

    found = pages.get(address(model, "changelist"), {"q": name})

    assert {row.learner_id for row in found.context["cl"].result_list} == {record}
    look = AccessLog.objects.get()
    assert (look.learner_id, look.actor, look.channel) == (record, "person:sam", "admin")
    assert look.what == f"list of {model._meta.verbose_name_plural}"


@EVERY_MODEL
def test_a_look_at_one_row_is_logged(pages: Client, record: UUID, model: Any) -> None:
    row = model.objects.first()

    pages.get(address(model, "change", row.pk))

    look = AccessLog.objects.get()
    assert (look.learner_id, look.what) == (record, f"{model._meta.verbose_name} {row.pk}")


@EVERY_MODEL
@pytest.mark.parametrize("name", ["nobody", "' OR 1=1", "é" * 300])
def test_an_unknown_name_finds_nothing(pages: Client, record: UUID, model: Any, name: str) -> None:
    assert rows_shown(pages.get(address(model, "changelist"), {"q": name})) == 0
    assert not AccessLog.objects.exists()


@EVERY_MODEL
def test_a_row_that_is_not_there_leaves_no_trace(pages: Client, record: UUID, model: Any) -> None:
    assert pages.get(address(model, "change", "0199a000-0000-7000-8000-000000000001")).status_code == 302
    assert pages.get(address(model, "change", "nonsense")).status_code == 302
    assert not AccessLog.objects.exists()


def test_bodies_are_shown_by_their_size(pages: Client, record: UUID) -> None:
    evaluation = TaskEvaluation.objects.get()
    event = TaskEvent.objects.get(event_type="submitted")
    code = bytes(evaluation.code or b"")
    answers = [
        pages.get(address(TaskEvaluation, "changelist")),
        pages.get(address(TaskEvaluation, "change", evaluation.pk)),
        pages.get(address(TaskEvent, "changelist")),
        pages.get(address(TaskEvent, "change", event.pk)),
    ]

    for answer in answers:
        assert f"sealed, {len(code)} bytes" in answer.text
        assert "def shout" not in answer.text
        assert code.hex() not in answer.text
        assert repr(code)[2:20] not in answer.text


def test_a_row_without_a_body_says_so(pages: Client, record: UUID) -> None:
    event = TaskEvent.objects.get(event_type="started")

    assert "sealed," not in pages.get(address(TaskEvent, "change", event.pk)).text


def test_payloads_are_pretty_and_escaped(pages: Client, record: UUID) -> None:
    task = StudyTask.objects.get(status="completed")
    row = new_tasks(record, task.path_id, metadata={"note": "<script>alert('ü')</script>"})[0]
    event = TaskEvent.objects.get(task_id=row["id"])

    shown = pages.get(address(TaskEvent, "change", event.pk)).text

    assert "<script>alert" not in shown
    assert "&lt;script&gt;alert(&#x27;ü&#x27;)&lt;/script&gt;" in shown
    assert "\n  &quot;metadata&quot;: {\n    &quot;note&quot;" in shown
    assert event.hash.hex() in shown


@EVERY_MODEL
@pytest.mark.parametrize("query", [{}, {"q": "alice"}])
def test_the_number_of_statements_is_the_same_for_1_and_100_rows(
    pages: Client, record: UUID, model: Any, query: dict[str, str]
) -> None:
    pages.get(address(model, "changelist"))  # content types are remembered

    with CaptureQueriesContext(connection) as few:
        one = rows_shown(pages.get(address(model, "changelist"), query))
    hundred_more(record)
    with CaptureQueriesContext(connection) as many:
        hundred = rows_shown(pages.get(address(model, "changelist"), query))

    assert len(many) == len(few)
    if model in (StudyTask, TaskEvent, TaskEvaluation, Mastery):
        assert hundred > one


def hundred_more(learner_id: UUID) -> None:
    path_id = new_path(learner_id)["id"]
    new_tasks(learner_id, path_id, 100)
    evaluation = TaskEvaluation.objects.values().get()
    rows = [TaskEvaluation(**{**evaluation, "id": UUID(int=number)}) for number in range(1, 101)]
    TaskEvaluation.objects.bulk_create(rows)
    topics = [
        Mastery(
            learner_id=learner_id,
            topic=f"topic-{n}",
            value=1,
            observations=1,
            model_version="m",
            updated_at=NOON,
        )
        for n in range(100)
    ]
    Mastery.objects.bulk_create(topics)


@pytest.mark.parametrize(
    ("model", "narrow"),
    [(StudyPath, "status"), (StudyTask, "module"), (TaskEvent, "event_type"), (TaskEvaluation, "verdict")],
)
def test_filters_without_an_index_wait_for_a_learner(
    pages: Client, record: UUID, model: Any, narrow: str
) -> None:
    everybody = pages.get(address(model, "changelist")).context["cl"]
    alice = pages.get(address(model, "changelist"), {"q": "alice"}).context["cl"]

    assert [spec.title for spec in everybody.filter_specs] == ["recorded in"]
    assert narrow in [getattr(spec, "field_path", "") for spec in alice.filter_specs]


def test_a_filter_narrows_the_rows_of_a_learner(pages: Client, record: UUID) -> None:
    found = pages.get(address(TaskEvent, "changelist"), {"q": "alice", "event_type__exact": "evaluated"})

    assert [event.event_type for event in found.context["cl"].result_list] == ["evaluated"]


def test_a_month_is_the_range_of_its_ids(pages: Client, record: UUID) -> None:
    now = timezone.now()
    last_month = (now.replace(day=1) - timedelta(days=1)).strftime("%Y-%m")

    this = pages.get(address(TaskEvent, "changelist"), {"month": now.strftime("%Y-%m")})
    last = pages.get(address(TaskEvent, "changelist"), {"month": last_month})
    nonsense = pages.get(address(TaskEvent, "changelist"), {"month": "1999-13"})

    assert rows_shown(this) == rows_shown(nonsense) == TaskEvent.objects.count()
    assert rows_shown(last) == 0


BY_MONTH = (StudyPath, StudyTask, TaskEvent, TaskEvaluation)


@pytest.mark.parametrize(
    ("model", "query"),
    [*((model, {}) for model in MODELS), *((model, {"q": "alice"}) for model in MODELS)]
    + [(model, {"month": f"{timezone.now():%Y-%m}"}) for model in BY_MONTH],
)
def test_lists_stay_on_an_index(
    staff: Caller, record: UUID, rf: RequestFactory, model: Any, query: dict[str, str]
) -> None:
    """What has no index is read whole whatever the planner is told; 10^7 rows would be too many to read."""
    request: Any = rf.get("/", query)
    request.user = staff.user
    rows = admin.site.get_model_admin(model).get_changelist_instance(request).get_queryset(request)[:51]
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_incremental_sort = off")
        cursor.execute(f"SET LOCAL enable_sort = {'on' if query.get('q') else 'off'}")

    plan = rows.explain()

    assert "Seq Scan" not in plan
    assert query.get("q") or "Sort  (" not in plan, plan
