"""`Idempotency-Key`: one execution, the same answer, however often and however concurrently the request is sent."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier, Event
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import connection, connections, transaction
from django.http import HttpResponse
from django.test import override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import path
from django.utils.timezone import now
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import idempotency, tasks
from accounts.idempotency import idempotent
from accounts.models import AccessLog, IdempotencyRecord
from accounts.services import record_access
from common import errors
from common.api import json_response
from tests.callers import Caller

pytestmark = pytest.mark.urls(__name__)
DUPLICATES = 20


class Acts(APIView):
    """Each execution leaves a row in the access log, and says how many there are."""

    throttle_classes = []
    entered, may_go_on = Event(), Event()

    @idempotent
    def post(self, request: Request) -> Response:
        count = act(request)
        if "wait" in request.data:
            Acts.entered.set()
            assert Acts.may_go_on.wait(10)
        return Response(
            {"count": count}, status=201, headers={"Location": f"/v1/acts/{count}", "X-Other": "x"}
        )

    @idempotent
    def patch(self, request: Request) -> HttpResponse:
        return json_response({"count": act(request)}, headers={"ETag": '"7"'})


class Failing(APIView):
    throttle_classes = []

    @idempotent
    def post(self, request: Request, how: str) -> HttpResponse:
        act(request)
        if how == "returned":
            return json_response({"no": "no"}, status=409)
        if how == "raised":
            raise errors.Conflict("Not now.")
        raise RuntimeError("a defect")


class Empty(APIView):
    throttle_classes = []

    @idempotent
    def post(self, request: Request) -> Response:
        act(request)
        return Response(status=204)


def act(request: Request) -> int:
    with transaction.atomic(savepoint=False):
        principal: Any = request.user
        record_access(
            learner_id=principal.learner_id, actor=principal.actor, channel="api", what="an act", at=now()
        )
    return AccessLog.objects.count()


urlpatterns = [
    path("v1/acts", Acts.as_view()),
    path("v1/other-acts", Acts.as_view()),
    path("v1/failing/<str:how>", Failing.as_view()),
    path("v1/empty", Empty.as_view()),
]
handler500 = errors.server_error


@pytest.fixture
def key() -> str:
    return str(uuid4())


def test_a_repeated_request_changes_once_and_gets_the_same_answer(learner: Caller, key: str) -> None:
    first = learner.post("/v1/acts", {"a": 1}, idempotency_key=key)
    second = learner.post("/v1/acts", {"a": 1}, idempotency_key=key)

    assert AccessLog.objects.count() == 1
    assert (first.status_code, first.content) == (second.status_code, second.content) == (201, b'{"count":1}')
    assert first.headers["Location"] == second.headers["Location"] == "/v1/acts/1"
    assert first.headers["Content-Type"] == second.headers["Content-Type"] == "application/json"
    assert "Idempotency-Replayed" not in first.headers
    assert second.headers["Idempotency-Replayed"] == "true"


def test_the_first_answer_is_complete_and_the_replay_keeps_location_and_etag_only(
    learner: Caller, key: str
) -> None:
    first = learner.post("/v1/acts", {}, idempotency_key=key)
    second = learner.post("/v1/acts", {}, idempotency_key=key)

    assert first.headers["X-Other"] == "x"
    assert "X-Other" not in second.headers


def test_a_patch_replays_its_entity_tag(learner: Caller, key: str) -> None:
    answers = [learner.patch("/v1/acts", {"a": 1}, idempotency_key=key) for _ in range(2)]

    assert [answer.headers["ETag"] for answer in answers] == ['"7"', '"7"']
    assert [answer.json() for answer in answers] == [{"count": 1}, {"count": 1}]


def test_an_empty_answer_is_replayed_empty(learner: Caller, key: str) -> None:
    answers = [learner.post("/v1/empty", {}, idempotency_key=key) for _ in range(2)]

    assert [(answer.status_code, answer.content) for answer in answers] == [(204, b""), (204, b"")]
    assert AccessLog.objects.count() == 1


def test_without_a_key_every_request_is_its_own(learner: Caller) -> None:
    counts = [learner.post("/v1/acts", {}).json()["count"] for _ in range(2)]

    assert counts == [1, 2]
    assert not IdempotencyRecord.objects.exists()


@pytest.mark.parametrize(
    ("method", "address", "body"),
    [("post", "/v1/acts", {"a": 2}), ("post", "/v1/other-acts", {"a": 1}), ("patch", "/v1/acts", {"a": 1})],
)
def test_a_key_of_another_request_is_refused(
    learner: Caller, key: str, method: str, address: str, body: dict[str, int]
) -> None:
    learner.post("/v1/acts", {"a": 1}, idempotency_key=key)

    response = getattr(learner, method)(address, body, idempotency_key=key)

    assert response.status_code == 422
    assert response.json()["code"] == "idempotency_key_reused"
    assert AccessLog.objects.count() == 1


def test_the_same_key_of_another_caller_is_another_key(learner: Caller, stranger: Caller, key: str) -> None:
    learner.post("/v1/acts", {"a": 1}, idempotency_key=key)

    response = stranger.post("/v1/acts", {"a": 1}, idempotency_key=key)

    assert response.json() == {"count": 2}
    assert "Idempotency-Replayed" not in response.headers


@pytest.mark.parametrize("bad", ["", "x" * 256, "tab\there", "umlaut-ü", "nul\x00"])
def test_a_key_that_is_no_printable_text_is_a_bad_request(learner: Caller, bad: str) -> None:
    response = learner.post("/v1/acts", {}, idempotency_key=bad)

    assert response.status_code == 400
    assert response.json()["errors"][0]["pointer"] == "Idempotency-Key"
    assert not AccessLog.objects.exists()


@pytest.mark.parametrize(("how", "status"), [("returned", 409), ("raised", 409), ("defect", 500)])
def test_a_failure_changes_nothing_and_is_not_stored(
    learner: Caller, key: str, how: str, status: int
) -> None:
    answers = [learner.post(f"/v1/failing/{how}", {}, idempotency_key=key) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [status, status]
    assert all("Idempotency-Replayed" not in answer.headers for answer in answers)
    assert not AccessLog.objects.exists()
    assert not IdempotencyRecord.objects.exists()


def test_a_key_costs_two_statements_and_a_replay_two_in_all(learner: Caller, key: str) -> None:
    learner.post("/v1/acts", {})

    with CaptureQueriesContext(connection) as without:
        learner.post("/v1/acts", {"a": 1})
    with CaptureQueriesContext(connection) as first:
        learner.post("/v1/acts", {"a": 1}, idempotency_key=key)
    with CaptureQueriesContext(connection) as replay:
        learner.post("/v1/acts", {"a": 1}, idempotency_key=key)

    # The savepoints stand for BEGIN and COMMIT, which a change has anyway: tests run inside a transaction.
    assert len(statements(first)) == len(statements(without)) + 2
    assert len(statements(replay)) == 2


def statements(queries: CaptureQueriesContext) -> list[str]:
    return [query["sql"] for query in queries.captured_queries if "SAVEPOINT" not in query["sql"]]


@pytest.fixture
def threads(transactional_db: None) -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(DUPLICATES) as pool:
        yield pool


def in_thread(caller: Caller, body: Any, key: str, start: Barrier | None = None) -> Any:
    try:
        if start is not None:
            start.wait()
        return caller.post("/v1/acts", body, idempotency_key=key)
    finally:
        connections.close_all()


@pytest.mark.django_db(transaction=True)
def test_twenty_concurrent_duplicates_are_executed_once(
    threads: ThreadPoolExecutor, learner: Caller, key: str
) -> None:
    start = Barrier(DUPLICATES)

    answers = list(threads.map(lambda _: in_thread(learner, {"a": 1}, key, start), range(DUPLICATES)))

    assert AccessLog.objects.count() == 1
    assert {(answer.status_code, answer.content) for answer in answers} == {(201, b'{"count":1}')}
    assert sum("Idempotency-Replayed" not in answer.headers for answer in answers) == 1


@pytest.mark.django_db(transaction=True)
def test_a_duplicate_waits_for_the_first_and_replays_it(
    threads: ThreadPoolExecutor, learner: Caller, key: str
) -> None:
    Acts.entered.clear()
    Acts.may_go_on.clear()
    first = threads.submit(in_thread, learner, {"wait": True}, key)
    assert Acts.entered.wait(10)

    second = threads.submit(in_thread, learner, {"wait": True}, key)
    wait_for_a_blocked_session()
    assert not second.done()
    Acts.may_go_on.set()

    assert first.result(10).content == second.result(10).content == b'{"count":1}'
    assert second.result().headers["Idempotency-Replayed"] == "true"


@pytest.mark.django_db(transaction=True)
def test_a_duplicate_that_waited_too_long_is_a_conflict(
    threads: ThreadPoolExecutor, learner: Caller, key: str
) -> None:
    Acts.entered.clear()
    Acts.may_go_on.clear()
    first = threads.submit(in_thread, learner, {"wait": True}, key)
    assert Acts.entered.wait(10)

    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = 50")
    second = learner.post("/v1/acts", {"wait": True}, idempotency_key=key)
    Acts.may_go_on.set()

    assert (second.status_code, second.json()["code"]) == (409, "idempotency_key_in_use")
    assert second.headers["Retry-After"] == "1"
    assert first.result(10).status_code == 201


def wait_for_a_blocked_session() -> None:
    """Until PostgreSQL says that somebody waits for another transaction to end."""
    deadline = now() + timedelta(seconds=10)
    while now() < deadline:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype = 'transactionid'")
            if cursor.fetchone()[0]:
                return
    raise AssertionError("nobody waits")


def make_record(key: str, at: datetime) -> None:
    IdempotencyRecord.objects.create(caller="learner:x", key=key, request_digest=b"d", created_at=at)


@pytest.mark.django_db
def test_old_keys_are_forgotten_in_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(idempotency, "FORGET_AT_ONCE", 2)
    limit = datetime(2026, 1, 2, tzinfo=UTC)
    for number in range(5):
        make_record(f"old-{number}", limit - timedelta(seconds=number + 1))
    make_record("new", limit)

    forgotten = idempotency.forget_idempotency_keys(before=limit)

    assert forgotten == 5
    assert list(IdempotencyRecord.objects.values_list("key", flat=True)) == ["new"]


@pytest.mark.django_db
def test_the_task_forgets_what_is_older_than_the_setting() -> None:
    make_record("old", now() - timedelta(hours=3))
    make_record("new", now() - timedelta(hours=1))

    with override_settings(IDEMPOTENCY_KEY_HOURS=2):
        tasks.forget_idempotency_keys()

    assert list(IdempotencyRecord.objects.values_list("key", flat=True)) == ["new"]
    assert tasks.forget_idempotency_keys.name in {
        entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()
    }


def test_a_forgotten_key_may_be_used_for_a_new_request(learner: Caller, key: str) -> None:
    learner.post("/v1/acts", {"a": 1}, idempotency_key=key)
    idempotency.forget_idempotency_keys(before=now() + timedelta(seconds=1))

    response = learner.post("/v1/acts", {"a": 2}, idempotency_key=key)

    assert response.json() == {"count": 2}
