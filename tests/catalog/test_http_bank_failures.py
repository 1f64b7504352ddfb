"""The problem bank as a service: everything that goes wrong on the way, over a real HTTP server."""

import socket
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from threading import Event, Thread
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from catalog.bank_transport import MAX_ANSWER_BYTES, retry_after
from catalog.problem_bank import ProblemBankRefused, ProblemBankUnreachable
from tests.catalog.bank_server import (
    BUNDLE,
    LIST,
    PROBLEM,
    TRACK,
    Bank,
    a_bundle,
    a_detail,
    a_summary,
    a_track,
    requests_to,
)


@pytest.mark.parametrize("status", [301, 400, 401, 403, 410, 422])
def test_a_refusal_is_final_and_no_sign_of_illness(httpserver: HTTPServer, bank: Bank, status: int) -> None:
    httpserver.expect_request(PROBLEM).respond_with_data(status=status, headers={"Location": "/elsewhere"})

    for _ in range(6):
        with pytest.raises(ProblemBankRefused, match=str(status)):
            bank.client.problem("longest-climb")

    assert requests_to(httpserver) == 6
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
    httpserver.expect_request(PROBLEM).respond_with_data(status=429, headers={"Retry-After": "3600"})

    with pytest.raises(ProblemBankUnreachable) as unreachable:
        bank.client.problem("longest-climb")

    assert unreachable.value.retry_after == 3600
    assert requests_to(httpserver) == 1
    assert bank.pauses == []


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("0", 0), (" 120 ", 120), (format_datetime(datetime(2020, 1, 1, tzinfo=UTC), usegmt=True), 0)],
)
def test_retry_after_is_a_number_or_a_date(header: str, seconds: float) -> None:
    assert retry_after(header) == seconds


def test_retry_after_is_counted_from_now() -> None:
    in_an_hour = format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)

    assert 3500 <= (retry_after(in_an_hour) or 0) <= 3600


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

    with pytest.raises(ProblemBankUnreachable, match=r"took too long|Timeout"):
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
