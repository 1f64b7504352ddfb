"""The problem bank as a service: the contract over a real HTTP server, and answers that are used again."""

import gzip
import json
import socket
from typing import Any
from uuid import uuid4

import pytest
from django.core.cache.backends.redis import RedisCache
from django.test import override_settings
from pytest_httpserver import HTTPServer

from catalog.client import HttpProblemBank
from catalog.problem_bank import ProblemBankRefused, ProblemNotFound, TrackNotFound, problem_bank
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
