"""Limits on requests: a learner has one, and is told where it stands; nobody is refused because Redis is away."""

import logging
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.test import Client, RequestFactory

from common import throttling
from common.throttling import Counter, address_of, counter
from config import embedded
from tests.callers import Caller

MINUTE = 1_800_000_000.0
pytestmark = pytest.mark.urls("tests.common.sample_api")


@pytest.fixture(autouse=True)
def a_minute_that_does_not_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """The learners of a test are new, so that nobody has counted them before."""
    at(monkeypatch, MINUTE + 12.5)


def at(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    monkeypatch.setattr(throttling, "wall_clock", lambda: seconds)


def get(caller: Caller | Client, address: str = "/v1/limited") -> Any:
    return caller.get(address)


@pytest.mark.django_db
def test_every_answer_tells_where_the_limit_stands(learner: Caller, settings: Any) -> None:
    settings.REQUESTS_PER_MINUTE = 2

    answers = [get(learner) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert [answer.headers["RateLimit-Limit"] for answer in answers] == ["2", "2", "2"]
    assert [answer.headers["RateLimit-Remaining"] for answer in answers] == ["1", "0", "0"]
    assert [answer.headers["RateLimit-Reset"] for answer in answers] == ["48", "48", "48"]
    assert answers[2].headers["Retry-After"] == "48"
    assert answers[2].json()["code"] == "too_many_requests"


@pytest.mark.django_db
def test_a_new_minute_is_a_new_count(learner: Caller, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.REQUESTS_PER_MINUTE = 1
    get(learner)
    assert get(learner).status_code == 429

    at(monkeypatch, MINUTE + 60)

    assert get(learner).status_code == 200


@pytest.mark.django_db
def test_learners_are_counted_apart(learner: Caller, stranger: Caller, settings: Any) -> None:
    settings.REQUESTS_PER_MINUTE = 1

    assert [get(learner).status_code, get(stranger).status_code] == [200, 200]


@pytest.mark.django_db
def test_services_and_people_are_not_limited(service: Caller, staff: Caller, settings: Any) -> None:
    settings.REQUESTS_PER_MINUTE = 1

    answers = [get(caller) for caller in (service, service, staff, staff)]

    assert [answer.status_code for answer in answers] == [200] * 4
    assert all("RateLimit-Limit" not in answer.headers for answer in answers)


@pytest.mark.django_db
def test_zero_is_no_limit(learner: Caller, settings: Any) -> None:
    settings.REQUESTS_PER_MINUTE = 0

    answers = [get(learner) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200] * 3
    assert "RateLimit-Limit" not in answers[0].headers


@pytest.mark.django_db
def test_submits_have_a_limit_of_their_own_and_the_nearer_one_is_told(learner: Caller, settings: Any) -> None:
    settings.REQUESTS_PER_MINUTE, settings.SUBMITS_PER_MINUTE = 4, 2

    first = get(learner, "/v1/limited-twice")
    get(learner, "/v1/limited-twice")
    refused = get(learner, "/v1/limited-twice")
    other = get(learner)

    assert (first.headers["RateLimit-Limit"], first.headers["RateLimit-Remaining"]) == ("2", "1")
    assert (refused.status_code, refused.json()["detail"]) == (
        429,
        "At most 2 submits a minute are answered.",
    )
    assert (other.status_code, other.headers["RateLimit-Remaining"]) == (200, "0")


def test_calls_without_a_token_are_counted_by_address(settings: Any) -> None:
    settings.REQUESTS_PER_MINUTE = 1
    here, elsewhere = Client(REMOTE_ADDR=f"address-{uuid4()}"), Client(REMOTE_ADDR=f"address-{uuid4()}")

    statuses = [get(client, "/v1/public-limited").status_code for client in (here, here, elsewhere)]

    assert statuses == [200, 429, 200]


def test_only_a_proxy_of_ours_is_believed_about_addresses(settings: Any) -> None:
    request: Any = RequestFactory().get("/", headers={"x-forwarded-for": "203.0.113.1, 198.51.100.2"})

    direct = address_of(request)
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    behind_a_proxy = address_of(request)

    assert (direct, behind_a_proxy) == ("127.0.0.1", "198.51.100.2")


class Clock:
    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


def test_counts_are_forgotten_by_themselves() -> None:
    url = embedded.addresses(settings.DATA_DIR)["REDIS_URL"]
    count = Counter(url)
    key = f"throttle:test:{uuid4()}"

    counted = [count.add(key), count.add(key)]

    assert counted == [1, 2]
    assert 0 < count._redis.ttl(next(iter(count._redis.scan_iter(f"*{key}")))) <= 120


@pytest.fixture
def unreachable(settings: Any) -> Iterator[str]:
    """The address of a Redis that is not there."""
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    counter.cache_clear()
    yield settings.REDIS_URL
    counter.cache_clear()


@pytest.mark.django_db
def test_nobody_is_refused_while_redis_is_away(
    learner: Caller, settings: Any, unreachable: str, caplog: pytest.LogCaptureFixture
) -> None:
    settings.REQUESTS_PER_MINUTE = 1

    answers = [get(learner) for _ in range(5)]

    assert [answer.status_code for answer in answers] == [200] * 5
    assert len([record for record in caplog.records if record.name == "common.throttling"]) == 1


def test_an_absent_redis_is_left_alone_for_a_while_and_reported_once_a_minute(
    unreachable: str, caplog: pytest.LogCaptureFixture
) -> None:
    clock = Clock()
    count = Counter(unreachable, clock)
    caplog.set_level(logging.WARNING, logger="common.throttling")

    reports = []
    for seconds in (0, 4, 6, 30, 61, 62):
        clock.seconds = 1000.0 + seconds
        assert count.add("key") is None
        reports.append(len(caplog.records))

    assert reports == [1, 1, 1, 1, 2, 2]


def test_redis_is_used_again_when_it_is_back(settings: Any) -> None:
    clock = Clock()
    count = Counter(settings.REDIS_URL, clock)
    count._away_until = clock.seconds + 5

    while_away = count.add(f"back:{uuid4()}")
    clock.seconds += 5
    afterwards = count.add(f"back:{uuid4()}")

    assert (while_away, afterwards) == (None, 1)
