"""The problem bank as a service: a real HTTP server speaks the contract, and everything that goes wrong."""

import gzip
import json
import socket
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from threading import Event, Thread
from typing import Any
from uuid import uuid4

import pytest
from django.core.cache import BaseCache
from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from django.test import override_settings
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from catalog.bank_transport import MAX_ANSWER_BYTES, BankTransport, retry_after
from catalog.client import HttpProblemBank
from catalog.problem_bank import (
    ProblemBankRefused,
    ProblemBankUnreachable,
    ProblemNotFound,
    TrackNotFound,
    problem_bank,
)
from common.circuit import CircuitBreaker
from tests.catalog.samples import a_problem

PROBLEM = "/internal/problems/longest-climb"
BUNDLE = f"{PROBLEM}/hidden-bundle"
LIST = "/internal/problems"
TRACK = "/internal/tracks/coding-interview-meta"

SUMMARY_FIELDS = ("id", "title", "module", "topics", "difficulty", "minutes_target")
JUDGING_FIELDS = (
    "kind",
    "params",
    "entry_points",
    "comparison",
    "time_limit_ms",
    "memory_limit_mb",
    "visible_tests",
)


def a_summary(**changes: Any) -> dict[str, Any]:
    problem = a_problem()
    return {name: problem[name] for name in SUMMARY_FIELDS} | {"version": 3} | changes


def a_detail(**changes: Any) -> dict[str, Any]:
    problem = a_problem(hidden_tests=..., solutions=..., hints=...)
    return problem | {"version": 3} | changes


def a_bundle(**changes: Any) -> dict[str, Any]:
    problem = a_problem()
    return (
        {name: problem[name] for name in ("id", *JUDGING_FIELDS, "hidden_tests")} | {"version": 3} | changes
    )


def a_track(**changes: Any) -> dict[str, Any]:
    modules = [
        {"slug": "hashing", "title": "Hashing", "topics": [{"slug": "hash-map", "title": "Hash maps"}]}
    ]
    return {"slug": "coding-interview-meta", "title": "Track", "modules": modules} | changes


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Bank:
    """A client of the test's server: pauses are noted instead of slept, the circuit has a clock of its own."""

    def __init__(self, url: str, *, fresh_seconds: int = 300, timeout_seconds: float = 5.0) -> None:
        self.pauses: list[float] = []
        self.clock = Clock()
        self.cache: BaseCache = LocMemCache(f"bank-{id(self)}", {})
        self.breaker = CircuitBreaker("bank", failure_threshold=5, reset_after_seconds=10, clock=self.clock)
        self.transport = BankTransport(
            base_url=url,
            api_key="secret-key",
            timeout_seconds=timeout_seconds,
            breaker=self.breaker,
            sleep=self.pauses.append,
        )
        self.client = self.with_freshness(fresh_seconds)

    def with_freshness(self, fresh_seconds: int) -> HttpProblemBank:
        """The same bank and cache for a client to which answers older than `fresh_seconds` are old."""
        return HttpProblemBank(transport=self.transport, cache=self.cache, fresh_seconds=fresh_seconds)


@pytest.fixture
def bank(httpserver: HTTPServer) -> Bank:
    return Bank(httpserver.url_for("/"))


def requests_to(httpserver: HTTPServer) -> int:
    return len(httpserver.log)


def test_a_problem_is_fetched_with_our_name_and_key(httpserver: HTTPServer, bank: Bank) -> None:
    """R133."""
    headers = {"X-Service": "curriculum-orchestrator", "Authorization": "Bearer secret-key"}
    httpserver.expect_oneshot_request(PROBLEM, headers=headers).respond_with_json(a_detail())

    problem = bank.client.problem("longest-climb")

    assert (problem.id, problem.version, problem.languages) == ("longest-climb", 3, ("python", "javascript"))
    assert problem.topics == ("string-scan",)
    httpserver.check_assertions()


def test_what_a_detail_holds_beyond_the_contract_is_left_behind(httpserver: HTTPServer, bank: Bank) -> None:
    httpserver.expect_request(PROBLEM).respond_with_json(a_detail(hidden_tests="secret", new_field=1))

    problem = bank.client.problem("longest-climb")

    assert not hasattr(problem, "hidden_tests")


def test_the_hidden_bundle_holds_what_judging_needs(httpserver: HTTPServer, bank: Bank) -> None:
    """008-3, R138."""
    httpserver.expect_request(BUNDLE).respond_with_json(a_bundle())

    bundle = bank.client.hidden_bundle("longest-climb")

    assert bundle.hidden_tests == [{"input": {"heights": []}, "expected": 0, "category": "edge"}]
    assert (bundle.version, bundle.entry_points["python"], bundle.checker) == (3, "longest_climb", None)


def test_problems_are_asked_for_by_track_module_difficulty_and_limit(
    httpserver: HTTPServer, bank: Bank
) -> None:
    """R105, 005-2."""
    query = {"track": "coding-interview-meta", "module": "arrays-strings", "difficulty": "1-2", "limit": "2"}
    items = [a_summary(id="b"), a_summary(id="c"), a_summary(id="a", difficulty=1)]
    httpserver.expect_oneshot_request(LIST, query_string=query).respond_with_json({"items": items})

    problems = bank.client.get_problems_by_module("arrays-strings", (1, 2), limit=2)

    assert [problem.id for problem in problems] == ["a", "b"]
    httpserver.check_assertions()


def test_the_track_of_the_bank_has_modules_in_its_order(httpserver: HTTPServer, bank: Bank) -> None:
    httpserver.expect_request(TRACK).respond_with_json(a_track())

    track = bank.client.track("coding-interview-meta")

    assert [(module.slug, module.position) for module in track.modules] == [("hashing", 1)]
    assert track.modules[0].topics[0].slug == "hash-map"


def test_a_compressed_answer_is_understood(httpserver: HTTPServer, bank: Bank) -> None:
    body = gzip.compress(json.dumps(a_bundle()).encode())
    httpserver.expect_request(BUNDLE).respond_with_data(body, headers={"Content-Encoding": "gzip"})

    assert bank.client.hidden_bundle("longest-climb").version == 3


def test_what_the_bank_does_not_have_is_not_found(httpserver: HTTPServer, bank: Bank) -> None:
    httpserver.expect_request(PROBLEM).respond_with_data(status=404)
    httpserver.expect_request(TRACK).respond_with_data(status=404)
    httpserver.expect_request(LIST).respond_with_data(status=404)

    with pytest.raises(ProblemNotFound):
        bank.client.problem("longest-climb")
    with pytest.raises(TrackNotFound):
        bank.client.track("coding-interview-meta")
    assert bank.client.get_problems_by_module("arrays-strings", (1, 2)) == []
    assert bank.pauses == []


@pytest.mark.parametrize("problem_id", ["..", "../tracks", "a/b", "", "a b", "ä"])
def test_an_id_that_no_problem_has_is_never_sent(httpserver: HTTPServer, bank: Bank, problem_id: str) -> None:
    with pytest.raises(ProblemNotFound):
        bank.client.problem(problem_id)
    with pytest.raises(TrackNotFound):
        bank.client.track(problem_id)

    assert requests_to(httpserver) == 0


def test_another_version_than_the_one_asked_for_is_not_taken_for_it(
    httpserver: HTTPServer, bank: Bank
) -> None:
    httpserver.expect_request(BUNDLE, query_string={"version": "2"}).respond_with_json(a_bundle(version=3))

    with pytest.raises(ProblemNotFound):
        bank.client.hidden_bundle("longest-climb", 2)


@pytest.mark.parametrize("status", [301, 400, 401, 403, 410, 422])
def test_a_refusal_is_final(httpserver: HTTPServer, bank: Bank, status: int) -> None:
    httpserver.expect_request(PROBLEM).respond_with_data(status=status, headers={"Location": "/elsewhere"})

    with pytest.raises(ProblemBankRefused, match=str(status)):
        bank.client.problem("longest-climb")

    assert requests_to(httpserver) == 1
    assert not bank.breaker.is_open


@pytest.mark.parametrize("status", [408, 500, 502, 503, 504])
def test_a_failure_that_passes_is_tried_again(httpserver: HTTPServer, bank: Bank, status: int) -> None:
    """R106, 005-5."""
    httpserver.expect_ordered_request(PROBLEM).respond_with_data(status=status)
    httpserver.expect_ordered_request(PROBLEM).respond_with_data(status=status)
    httpserver.expect_ordered_request(PROBLEM).respond_with_json(a_detail())

    problem = bank.client.problem("longest-climb")

    assert problem.version == 3
    assert len(bank.pauses) == 2
    assert 0 <= bank.pauses[0] <= 0.2
    assert 0 <= bank.pauses[1] <= 0.4


def test_after_three_attempts_the_bank_is_unreachable(httpserver: HTTPServer, bank: Bank) -> None:
    httpserver.expect_request(PROBLEM).respond_with_data(status=500)

    with pytest.raises(ProblemBankUnreachable) as unreachable:
        bank.client.problem("longest-climb")

    assert requests_to(httpserver) == 3
    assert unreachable.value.retry_after == 5


def test_a_bank_that_asks_for_patience_gets_it(httpserver: HTTPServer, bank: Bank) -> None:
    """R106: rate limiting."""
    httpserver.expect_ordered_request(PROBLEM).respond_with_data(status=429, headers={"Retry-After": "2"})
    httpserver.expect_ordered_request(PROBLEM).respond_with_json(a_detail())

    bank.client.problem("longest-climb")

    (pause,) = bank.pauses
    assert 2 <= pause <= 2.2


def test_patience_beyond_our_own_time_is_handed_on_to_the_caller(httpserver: HTTPServer, bank: Bank) -> None:
    httpserver.expect_request(PROBLEM).respond_with_data(status=429, headers={"Retry-After": "60"})

    with pytest.raises(ProblemBankUnreachable) as unreachable:
        bank.client.problem("longest-climb")

    assert unreachable.value.retry_after == 60
    assert requests_to(httpserver) == 1
    assert bank.pauses == []


@pytest.mark.parametrize(
    ("header", "low", "high"),
    [
        ("0", 0, 0),
        (" 120 ", 120, 120),
        (format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True), 3500, 3600),
        (format_datetime(datetime(2020, 1, 1, tzinfo=UTC), usegmt=True), 0, 0),
    ],
)
def test_retry_after_is_a_number_or_a_date(header: str, low: float, high: float) -> None:
    seconds = retry_after(header)

    assert seconds is not None
    assert low <= seconds <= high


@pytest.mark.parametrize("header", [None, "", "soon", "-1", "1.5", "٣"])
def test_an_unreadable_retry_after_is_none(header: str | None) -> None:
    assert retry_after(header) is None


@pytest.fixture
def slow_server(httpserver: HTTPServer) -> Iterator[Callable[[str], None]]:
    """Makes an address of the server answer only when the test is over."""
    over = Event()

    def wait(_: Request) -> Response:
        over.wait(20)
        return Response("{}")

    yield lambda path: httpserver.expect_request(path).respond_with_handler(wait)
    over.set()


def test_a_slow_bank_costs_no_more_than_the_timeout(
    httpserver: HTTPServer, slow_server: Callable[[str], None]
) -> None:
    slow_server(PROBLEM)
    bank = Bank(httpserver.url_for("/"), timeout_seconds=0.2)

    with pytest.raises(ProblemBankUnreachable, match="Timeout"):
        bank.client.problem("longest-climb")


@pytest.fixture
def dripping_bank() -> Iterator[str]:
    """Address of a server that announces a long answer and sends a byte of it now and then."""
    over = Event()
    listener = socket.create_server(("127.0.0.1", 0))

    def drip() -> None:
        connection, _ = listener.accept()
        with connection:
            connection.recv(65536)
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
            while not over.wait(0.02):
                try:
                    connection.sendall(b" ")
                except OSError:
                    return

    server = Thread(target=drip)
    server.start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    over.set()
    server.join()
    listener.close()


def test_a_dripping_answer_costs_no_more_than_the_timeout(dripping_bank: str) -> None:
    bank = Bank(dripping_bank, timeout_seconds=0.3)

    with pytest.raises(ProblemBankUnreachable, match="took too long"):
        bank.client.problem("longest-climb")


def test_an_endless_answer_is_refused(httpserver: HTTPServer, bank: Bank) -> None:
    httpserver.expect_request(PROBLEM).respond_with_data(b" " * (MAX_ANSWER_BYTES + 1))

    with pytest.raises(ProblemBankRefused, match="bytes"):
        bank.client.problem("longest-climb")


def test_a_bank_that_is_not_there_is_unreachable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    bank = Bank(f"http://127.0.0.1:{port}")

    with pytest.raises(ProblemBankUnreachable, match="ConnectionError"):
        bank.client.problem("longest-climb")


@pytest.mark.parametrize("body", ["", "{", "<html>", '{"a": NaN}', '{"id": "a", "id": "b"}', "\ufeff{}"])
def test_an_answer_that_is_no_json_is_tried_again_and_then_unknown(
    httpserver: HTTPServer, bank: Bank, body: str
) -> None:
    httpserver.expect_request(PROBLEM).respond_with_data(body)

    with pytest.raises(ProblemBankUnreachable):
        bank.client.problem("longest-climb")

    assert requests_to(httpserver) == 3


@pytest.mark.parametrize(
    "answer",
    [
        [],
        None,
        {},
        a_detail(id="other"),
        a_detail(version=0),
        a_detail(version="3"),
        a_detail(difficulty=9),
        a_detail(topics=[]),
        a_detail(statement=5),
        a_detail(params=["1"]),
        a_detail(visible_tests=[{"input": {"wrong": 1}, "expected": 1}]),
        a_detail(entry_points={}),
        a_detail(starter={"cobol": "x"}),
    ],
)
def test_a_detail_that_is_not_of_the_contract_is_not_trusted(
    httpserver: HTTPServer, bank: Bank, answer: Any
) -> None:
    httpserver.expect_request(PROBLEM).respond_with_json(answer)

    with pytest.raises(ProblemBankUnreachable, match="not of the contract"):
        bank.client.problem("longest-climb")

    assert requests_to(httpserver) == 1
    assert bank.pauses == []


@pytest.mark.parametrize(
    "answer",
    [
        a_bundle(id="other"),
        a_bundle(hidden_tests=None),
        a_bundle(hidden_tests=[{"input": {"heights": []}}]),
        a_bundle(comparison="almost"),
        a_bundle(time_limit_ms=10**9),
        a_bundle(checker="code"),
    ],
)
def test_a_bundle_that_is_not_of_the_contract_is_not_trusted(
    httpserver: HTTPServer, bank: Bank, answer: Any
) -> None:
    httpserver.expect_request(BUNDLE).respond_with_json(answer)

    with pytest.raises(ProblemBankUnreachable, match="not of the contract"):
        bank.client.hidden_bundle("longest-climb")


@pytest.mark.parametrize(
    "answer",
    [
        [],
        {"items": None},
        {"items": [a_summary(), {}]},
        {"items": [a_summary(module="hashing")]},
        {"items": [a_summary(difficulty=4)]},
    ],
)
def test_a_list_that_is_not_of_the_contract_is_not_trusted(
    httpserver: HTTPServer, bank: Bank, answer: Any
) -> None:
    httpserver.expect_request(LIST).respond_with_json(answer)

    with pytest.raises(ProblemBankUnreachable, match="not of the contract"):
        bank.client.get_problems_by_module("arrays-strings", (1, 3))


@pytest.mark.parametrize(
    "answer",
    [a_track(slug="other"), a_track(modules=[]), a_track(modules=[{"slug": "a"}]), a_track(title=None)],
)
def test_a_track_that_is_not_of_the_contract_is_not_trusted(
    httpserver: HTTPServer, bank: Bank, answer: Any
) -> None:
    httpserver.expect_request(TRACK).respond_with_json(answer)

    with pytest.raises(ProblemBankUnreachable, match="not of the contract"):
        bank.client.track("coding-interview-meta")


def test_a_fresh_answer_is_not_asked_for_again(httpserver: HTTPServer, bank: Bank) -> None:
    """R106, 005-4."""
    httpserver.expect_oneshot_request(PROBLEM).respond_with_json(a_detail())

    first = bank.client.problem("longest-climb")

    assert bank.client.problem("longest-climb") == first
    assert requests_to(httpserver) == 1


def test_answers_to_different_questions_are_kept_apart(httpserver: HTTPServer, bank: Bank) -> None:
    httpserver.expect_request(PROBLEM, query_string={"version": "2"}).respond_with_json(a_detail(version=2))
    httpserver.expect_request(PROBLEM, query_string="").respond_with_json(a_detail(version=3))

    assert [bank.client.problem("longest-climb", version).version for version in (None, 2, None)] == [3, 2, 3]


def test_an_old_answer_is_replaced_by_a_new_one(httpserver: HTTPServer, bank: Bank) -> None:
    httpserver.expect_ordered_request(PROBLEM).respond_with_json(a_detail())
    httpserver.expect_ordered_request(PROBLEM).respond_with_json(a_detail(version=4))
    bank.client.problem("longest-climb")

    newer = bank.with_freshness(0).problem("longest-climb")

    assert newer.version == 4
    assert bank.client.problem("longest-climb").version == 4


@pytest.mark.parametrize("away", [{"status": 500}, {"response_data": "<html>"}, {"response_data": "[]"}])
def test_an_old_answer_stands_in_while_the_bank_is_away(
    httpserver: HTTPServer, bank: Bank, away: dict[str, Any]
) -> None:
    httpserver.expect_oneshot_request(PROBLEM).respond_with_json(a_detail())
    httpserver.expect_request(PROBLEM).respond_with_data(**away)
    first = bank.client.problem("longest-climb")

    again = bank.with_freshness(0).problem("longest-climb")

    assert again == first
    assert requests_to(httpserver) > 1


def test_no_old_answer_stands_in_for_a_refusal_or_for_what_is_gone(
    httpserver: HTTPServer, bank: Bank
) -> None:
    httpserver.expect_ordered_request(PROBLEM).respond_with_json(a_detail())
    httpserver.expect_ordered_request(PROBLEM).respond_with_data(status=403)
    httpserver.expect_ordered_request(PROBLEM).respond_with_data(status=404)
    bank.client.problem("longest-climb")

    with pytest.raises(ProblemBankRefused):
        bank.with_freshness(0).problem("longest-climb")
    with pytest.raises(ProblemNotFound):
        bank.with_freshness(0).problem("longest-climb")


def test_a_bank_that_keeps_failing_is_left_alone_until_a_trial_succeeds(
    httpserver: HTTPServer, bank: Bank
) -> None:
    httpserver.expect_request(PROBLEM).respond_with_data(status=500)
    for _ in range(2):
        with pytest.raises(ProblemBankUnreachable):
            bank.client.problem("longest-climb")
    asked = requests_to(httpserver)
    httpserver.clear_all_handlers()
    httpserver.expect_request(PROBLEM).respond_with_json(a_detail())

    with pytest.raises(ProblemBankUnreachable, match="not answering") as left_alone:
        bank.client.problem("longest-climb")

    assert (asked, requests_to(httpserver)) == (5, 5)
    assert left_alone.value.retry_after == 10
    bank.clock.now += 10
    assert bank.client.problem("longest-climb").version == 3
    assert not bank.breaker.is_open


def test_a_trial_that_fails_leaves_the_bank_alone_again(httpserver: HTTPServer, bank: Bank) -> None:
    httpserver.expect_request(PROBLEM).respond_with_data(status=500)
    for _ in range(2):
        with pytest.raises(ProblemBankUnreachable):
            bank.client.problem("longest-climb")
    bank.clock.now += 10

    with pytest.raises(ProblemBankUnreachable):
        bank.client.problem("longest-climb")

    assert requests_to(httpserver) == 6
    assert bank.breaker.is_open


def test_old_answers_are_given_at_once_while_the_circuit_is_open(httpserver: HTTPServer, bank: Bank) -> None:
    httpserver.expect_oneshot_request(PROBLEM).respond_with_json(a_detail())
    httpserver.expect_request(PROBLEM).respond_with_data(status=500)
    bank.client.problem("longest-climb")
    for _ in range(2):
        bank.with_freshness(0).problem("longest-climb")
    asked = requests_to(httpserver)

    again = bank.with_freshness(0).problem("longest-climb")

    assert again.version == 3
    assert requests_to(httpserver) == asked


def test_without_the_cache_the_bank_is_simply_asked(httpserver: HTTPServer, bank: Bank) -> None:
    httpserver.expect_request(PROBLEM).respond_with_json(a_detail())
    with socket.create_server(("127.0.0.1", 0)) as listener:
        nowhere = f"redis://127.0.0.1:{listener.getsockname()[1]}/0"
    client = HttpProblemBank(transport=bank.transport, cache=RedisCache(nowhere, {}), fresh_seconds=300)

    versions = [client.problem("longest-climb").version for _ in range(2)]

    assert versions == [3, 3]
    assert requests_to(httpserver) == 2


def test_with_an_address_the_bank_is_the_service_and_answers_are_kept_in_redis(
    httpserver: HTTPServer,
) -> None:
    base = f"/{uuid4()}"  # Redis outlives the test: the address must be a new one
    httpserver.expect_oneshot_request(base + PROBLEM).respond_with_json(a_detail())

    with override_settings(PROBLEM_BANK_URL=httpserver.url_for(base), PROBLEM_BANK_API_KEY="k"):
        bank = problem_bank()
        first, second = (bank.problem("longest-climb") for _ in range(2))

    assert isinstance(bank, HttpProblemBank)
    assert first == second
    assert requests_to(httpserver) == 1
