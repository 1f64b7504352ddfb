"""What a track offers: our own catalogue as it is now, a problem bank elsewhere as it answered last."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.utils import timezone
from pytest_django import Settings
from pytest_httpserver import HTTPServer

from catalog.models import Problem
from catalog.problem_bank import ProblemBankUnreachable
from common import messages
from studypaths.models import StudyTask
from studypaths.offers import fetch_problems, offer_at_hand, refresh_offer
from studypaths.services import planning, tasks
from tests.callers import Caller
from tests.catalog.bank_server import BUNDLE, LIST, PROBLEM, TRACK, a_bundle, a_detail, a_summary, a_track
from tests.catalog.samples import imported
from tests.studypaths.builders import MINUTE, me, new_path, new_tasks
from tests.studypaths.declared import declared

META = "coding-interview-meta"


@pytest.fixture
def bank(httpserver: HTTPServer, settings: Settings, catalogue: None) -> HTTPServer:
    """A problem bank elsewhere with one module of two problems."""
    settings.PROBLEM_BANK_URL = httpserver.url_for("/")
    settings.PROBLEM_BANK_API_KEY = uuid4().hex  # a client of its own, whose circuit nobody has opened
    nothing_kept = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": uuid4().hex}
    settings.CACHES = {"default": nothing_kept}
    summaries = [a_summary(module="hashing", topics=["hash-map"], id=name) for name in ("one", "two")]
    httpserver.expect_request(TRACK).respond_with_json(a_track())
    httpserver.expect_request(LIST).respond_with_json({"items": summaries})
    return httpserver


def offered() -> set[str]:
    offer = offer_at_hand(META)
    assert offer is not None
    return set(offer.by_id)


def test_the_offer_of_the_catalogue_is_what_may_be_planned_now(catalogue: None) -> None:
    assert offered() == set()

    imported({"id": "one"}, {"id": "two"})
    assert offered() == {"one", "two"}

    Problem.objects.filter(id="one").update(retired_at=timezone.now())
    assert offered() == {"two"}

    imported({"id": "two", "difficulty": 5})
    offer = offer_at_hand(META)
    assert offer is not None
    assert (offer.by_id["two"].difficulty, offer.by_id["two"].candidate.problem_version) == (5, 2)


def test_an_unchanged_catalogue_is_asked_for_its_stamp_only(
    catalogue: None, django_assert_num_queries: Any
) -> None:
    imported({})
    first = offer_at_hand(META)

    with django_assert_num_queries(1):
        assert offer_at_hand(META) is first


def test_a_path_begins_in_arrays_strings_where_the_track_has_it(catalogue: None) -> None:
    imported({"id": "one"}, {"id": "two", "module": "introduction", "topics": ["input-output"]})

    offer = offer_at_hand(META)

    assert offer is not None
    assert offer.modules[offer.start] == "arrays-strings"


def test_a_bank_elsewhere_is_asked_once_in_a_while_and_never_by_who_needs_the_offer(bank: HTTPServer) -> None:
    assert offer_at_hand(META) is None
    assert bank.log == []

    refresh_offer(META)
    refresh_offer(META)

    assert len(bank.log) == 2, "the track and its module"
    assert offered() == {"one", "two"}


def test_the_last_good_answer_stays_while_the_bank_is_away(bank: HTTPServer, settings: Settings) -> None:
    refresh_offer(META)
    settings.PROBLEM_BANK_CACHE_SECONDS = 0
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}
    bank.clear_all_handlers()  # it answers 500 from now on

    with pytest.raises(ProblemBankUnreachable):
        refresh_offer(META)

    assert offered() == {"one", "two"}


Callbacks = Callable[..., Any]


def test_without_an_answer_the_act_is_recorded_and_planned_by_message(
    bank: HTTPServer, learner: Caller, unlimited: None, django_capture_on_commit_callbacks: Callbacks,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """The network is never waited for in a transaction."""
    assert learner.learner_id is not None
    at = timezone.now()
    path_id = new_path(learner.learner_id, at=at)["id"]
    task = new_tasks(learner.learner_id, path_id, at=at)[0]

    with django_capture_on_commit_callbacks() as callbacks:
        tasks.skip_task(
            learner_id=learner.learner_id, task_id=task["id"], reason="", by=me(learner.learner_id), at=at + MINUTE
        )  # fmt: skip

    assert bank.log == []
    [send] = callbacks
    assert send.args == ("studypaths.tasks.plan_path", str(path_id), True)
    with django_capture_on_commit_callbacks() as callbacks:
        planning.plan_path_ahead(path_id=path_id, at=at + MINUTE)
    planned = set(StudyTask.objects.filter(status="scheduled").values_list("problem_id", "problem_version"))
    assert planned == {("one", 3), ("two", 3)}
    [prefetch] = callbacks
    assert (prefetch.func, prefetch.args[0]) == (messages.send, "studypaths.tasks.prefetch_problems")
    assert set(prefetch.args[1]) == planned


def test_an_evaluator_asks_the_bank_before_it_records_a_result(bank: HTTPServer, learner: Caller) -> None:
    """So that the plan is part of the transaction of the result, with a bank elsewhere too."""
    assert learner.learner_id is not None
    at = timezone.now()
    task = new_tasks(learner.learner_id, new_path(learner.learner_id, at=at)["id"], at=at)[0]

    planning.prepare_to_plan(task_id=task["id"])

    assert offered() == {"one", "two"}


def test_a_bank_that_is_away_keeps_no_evaluator_from_recording(
    bank: HTTPServer, learner: Caller, caplog: pytest.LogCaptureFixture
) -> None:
    assert learner.learner_id is not None
    at = timezone.now()
    task = new_tasks(learner.learner_id, new_path(learner.learner_id, at=at)["id"], at=at)[0]
    bank.clear_all_handlers()

    planning.prepare_to_plan(task_id=task["id"])

    assert "offer_not_refreshed" in caplog.text
    assert offer_at_hand(META) is None


def test_next_asks_the_bank_when_nothing_is_open(
    bank: HTTPServer, learner: Caller, unlimited: None, django_capture_on_commit_callbacks: Callbacks
) -> None:
    assert learner.learner_id is not None
    new_path(learner.learner_id, at=timezone.now())
    bank.expect_request("/internal/problems/one").respond_with_json(a_detail(id="one"))
    bank.expect_request("/internal/problems/two").respond_with_json(a_detail(id="two"))

    with django_capture_on_commit_callbacks():
        shown = declared(learner.get("/v1/study-tasks/next"))

    assert shown["problem_id"] in {"one", "two"}


def test_a_bank_that_is_away_is_503_for_who_has_nothing_open(
    bank: HTTPServer, learner: Caller, unlimited: None
) -> None:
    assert learner.learner_id is not None
    new_path(learner.learner_id, at=timezone.now())
    bank.clear_all_handlers()

    answer = learner.get("/v1/study-tasks/next")

    assert declared(answer, 503)["code"] == "problem_bank_unreachable"


def test_next_is_planned_from_the_last_good_answer_while_the_bank_is_away(
    bank: HTTPServer, learner: Caller, settings: Settings
) -> None:
    assert learner.learner_id is not None
    new_path(learner.learner_id, at=timezone.now())
    refresh_offer(META)
    settings.PROBLEM_BANK_CACHE_SECONDS = 0
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}
    bank.clear_all_handlers()

    planning.plan_next(learner_id=learner.learner_id, track_id=None, at=timezone.now())

    assert set(StudyTask.objects.values_list("problem_id", flat=True)) == {"one", "two"}


@pytest.mark.parametrize(("seconds", "asked"), [(0, True), (300, False)])
def test_what_is_planned_from_an_old_answer_is_looked_at_again_by_a_worker(
    bank: HTTPServer, learner: Caller, settings: Settings, seconds: int, asked: bool,
    django_capture_on_commit_callbacks: Callbacks,
) -> None:  # fmt: skip
    """A process that only records acts never asks the bank, and must not plan by what it once answered for ever."""
    assert learner.learner_id is not None
    at = timezone.now()
    path_id = new_path(learner.learner_id, at=at)["id"]
    task = new_tasks(learner.learner_id, path_id, at=at)[0]
    refresh_offer(META)
    settings.PROBLEM_BANK_CACHE_SECONDS = seconds

    with django_capture_on_commit_callbacks() as callbacks:
        tasks.skip_task(
            learner_id=learner.learner_id, task_id=task["id"], reason="", by=me(learner.learner_id), at=at + MINUTE
        )  # fmt: skip

    assert StudyTask.objects.filter(status="scheduled").count() == 2
    sent = [send.args for send in callbacks if send.args[0] == "studypaths.tasks.plan_path"]
    assert sent == ([("studypaths.tasks.plan_path", str(path_id), True)] if asked else [])


def test_what_was_planned_is_fetched_so_that_nobody_waits_for_it(bank: HTTPServer) -> None:
    bank.expect_oneshot_request(PROBLEM).respond_with_json(a_detail())
    bank.expect_oneshot_request(BUNDLE).respond_with_json(a_bundle())
    bank.expect_request("/internal/problems/gone").respond_with_json({}, status=404)

    fetch_problems([("longest-climb", 3), ("gone", 1)])

    assert [request.path for request, _ in bank.log] == [PROBLEM, BUNDLE, "/internal/problems/gone"]
    fetch_problems([("longest-climb", 3)])
    assert len(bank.log) == 3, "the answers are at hand"


def test_the_learner_of_a_path_is_planned_for_when_the_bank_comes_back(
    bank: HTTPServer, learner: Caller
) -> None:
    assert learner.learner_id is not None
    path_id: UUID = new_path(learner.learner_id, at=timezone.now())["id"]

    planning.plan_path_ahead(path_id=path_id, at=timezone.now())

    assert StudyTask.objects.filter(path_id=path_id).count() == 2
