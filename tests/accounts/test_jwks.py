"""The identity service's key set over real HTTP: cached, rotated, slow, broken, away (R102, K-18)."""

import json
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from pytest_django import Settings
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from accounts import jwks
from accounts.jwks import RemoteKeys
from accounts.token_keys import KeysUnavailable, TokenRefused
from accounts.tokens import verify_token
from tests.accounts.minting import ec_key, jwk, rsa_key, signed

PATH = "/.well-known/jwks.json"


class Clock:
    """A monotonic clock that moves when it is told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class IdentityService:
    """The keys that the service publishes, and how it answers."""

    def __init__(self, server: HTTPServer, path: str = PATH) -> None:
        self.url = server.url_for(path)
        self.keys: list[Any] = [jwk(rsa_key("first"), "first")]
        self.answer: Callable[[], Response] = self.published
        self.requests = 0
        server.expect_request(path).respond_with_handler(self._handle)

    def published(self) -> Response:
        return Response(json.dumps({"keys": self.keys}), content_type="application/json")

    def _handle(self, request: Request) -> Response:
        self.requests += 1
        return self.answer()


@pytest.fixture
def identity_service(httpserver: HTTPServer) -> IdentityService:
    return IdentityService(httpserver)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def source(identity_service: IdentityService, clock: Clock) -> RemoteKeys:
    return RemoteKeys(identity_service.url, cache_seconds=300, clock=clock)


def test_tokens_are_verified_with_the_published_keys(
    identity_service: IdentityService, settings: Settings
) -> None:
    identity_service.keys = [jwk(rsa_key("first"), "first"), jwk(ec_key("second"), "second")]
    settings.JWT_JWKS_URL = identity_service.url

    assert verify_token(signed(rsa_key("first"), kid="first")).subject == "alice"
    assert verify_token(signed(ec_key("second"), kid="second")).subject == "alice"
    assert identity_service.requests == 1


def test_the_right_key_id_with_the_wrong_key_is_refused(
    identity_service: IdentityService, settings: Settings
) -> None:
    identity_service.keys = [jwk(rsa_key("first"), "first"), jwk(ec_key("second"), "second")]
    settings.JWT_JWKS_URL = identity_service.url

    for token in (
        signed(rsa_key("attacker"), kid="first"),
        signed(ec_key("attacker"), kid="first"),
        signed(ec_key("second"), kid="first"),
        signed(rsa_key("first"), kid="second"),
    ):
        with pytest.raises(TokenRefused):
            verify_token(token)


def test_an_unknown_key_id_is_refused(identity_service: IdentityService, settings: Settings) -> None:
    settings.JWT_JWKS_URL = identity_service.url

    with pytest.raises(TokenRefused, match="not known"):
        verify_token(signed(rsa_key("first"), kid="other"))


def test_addresses_in_the_header_are_never_fetched(
    identity_service: IdentityService, settings: Settings, httpserver: HTTPServer
) -> None:
    settings.JWT_JWKS_URL = identity_service.url
    elsewhere = httpserver.url_for("/attacker.json")
    token = signed(rsa_key("attacker"), kid="attacker", jku=elsewhere, x5u=elsewhere)

    with pytest.raises(TokenRefused):
        verify_token(token)

    assert {request.path for request, _ in httpserver.log} == {PATH}


def test_a_token_without_key_id_may_use_the_only_key(
    identity_service: IdentityService, source: RemoteKeys, clock: Clock
) -> None:
    only = source.backend("first")

    assert source.backend(None) is only

    identity_service.keys.append(jwk(rsa_key("second"), "second"))
    clock.now += 300
    with pytest.raises(TokenRefused):
        source.backend(None)


def test_the_set_is_fetched_once_while_it_is_fresh(
    identity_service: IdentityService, source: RemoteKeys, clock: Clock
) -> None:
    for _ in range(5):
        clock.now += 59
        source.backend("first")

    assert identity_service.requests == 1


def test_the_set_is_fetched_again_when_it_is_old(
    identity_service: IdentityService, source: RemoteKeys, clock: Clock
) -> None:
    source.backend("first")

    clock.now += 300
    source.backend("first")

    assert identity_service.requests == 2


def test_a_withdrawn_key_is_refused_once_the_set_is_old(
    identity_service: IdentityService, source: RemoteKeys, clock: Clock
) -> None:
    source.backend("first")
    identity_service.keys = [jwk(rsa_key("second"), "second")]

    clock.now += 300

    with pytest.raises(TokenRefused):
        source.backend("first")


def test_a_new_key_is_found_before_the_set_is_old(
    identity_service: IdentityService, source: RemoteKeys, clock: Clock
) -> None:
    source.backend("first")
    identity_service.keys.append(jwk(rsa_key("second"), "second"))

    clock.now += jwks.MIN_SECONDS_BETWEEN_REFRESHES

    assert source.backend("second").algorithm == "RS256"
    assert identity_service.requests == 2


def test_made_up_key_ids_cause_one_refresh_in_thirty_seconds(
    identity_service: IdentityService, source: RemoteKeys, clock: Clock
) -> None:
    source.backend("first")

    clock.now += 31
    for number in range(100):
        clock.now += 0.29
        with pytest.raises(TokenRefused):
            source.backend(f"made up {number}")

    assert identity_service.requests == 2


def test_many_threads_with_made_up_key_ids_cause_one_refresh(
    identity_service: IdentityService, source: RemoteKeys, clock: Clock
) -> None:
    source.backend("first")
    clock.now += 31

    def attempt(number: int) -> bool:
        with pytest.raises(TokenRefused):
            source.backend(f"made up {number}")
        return True

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(attempt, range(40)))

    assert identity_service.requests == 2


def test_an_unacceptable_algorithm_causes_no_fetch(
    identity_service: IdentityService, settings: Settings
) -> None:
    settings.JWT_JWKS_URL = identity_service.url
    header, payload, signature = signed(rsa_key("first"), kid="first", alg="PS256").split(".")

    with pytest.raises(TokenRefused):
        verify_token(f"{header}.{payload}.{signature}")

    assert identity_service.requests == 0


def broken_answers() -> list[Any]:
    return [
        pytest.param(Response("sorry", 500), id="500"),
        pytest.param(Response("", 503), id="503"),
        pytest.param(Response("", 302, headers={"Location": "/elsewhere"}), id="redirect"),
        pytest.param(Response("<html>"), id="not JSON"),
        pytest.param(Response("[]"), id="an array"),
        pytest.param(Response("{}"), id="no keys member"),
        pytest.param(Response('{"keys": {}}'), id="keys are an object"),
        pytest.param(Response('{"keys": []}'), id="no key"),
        pytest.param(
            Response('{"keys": [1, null, "k", {}, {"kty": "RSA", "kid": "first"}]}'), id="no good key"
        ),
        pytest.param(Response("[" * 100_000), id="deeply nested"),
    ]


def test_a_redirect_is_not_followed(
    identity_service: IdentityService, source: RemoteKeys, httpserver: HTTPServer
) -> None:
    """Whoever can make the service redirect must not choose the keys."""
    elsewhere = IdentityService(httpserver, "/elsewhere")
    identity_service.answer = lambda: Response("", 302, headers={"Location": elsewhere.url})

    with pytest.raises(KeysUnavailable):
        source.backend("first")
    assert elsewhere.requests == 0


def test_an_endless_answer_is_not_read_to_its_end(
    identity_service: IdentityService, source: RemoteKeys
) -> None:
    """A good key is in it, so that only the length can be the reason."""
    document = json.dumps({"keys": identity_service.keys})
    identity_service.answer = lambda: Response(document + " " * jwks.MAX_BYTES)

    with pytest.raises(KeysUnavailable):
        source.backend("first")


@pytest.mark.parametrize("answer", broken_answers())
def test_the_old_set_is_kept_when_the_service_answers_nonsense(
    identity_service: IdentityService, source: RemoteKeys, clock: Clock, answer: Response
) -> None:
    source.backend("first")
    identity_service.answer = lambda: answer

    clock.now += 10_000

    assert source.backend("first").algorithm == "RS256"
    assert identity_service.requests == 2


@pytest.mark.parametrize("answer", broken_answers())
def test_nobody_can_say_whether_a_token_is_good_before_the_first_set(
    identity_service: IdentityService, source: RemoteKeys, answer: Response
) -> None:
    identity_service.answer = lambda: answer

    with pytest.raises(KeysUnavailable):
        source.backend("first")


def test_an_unknown_key_is_no_refusal_while_the_service_is_away(
    identity_service: IdentityService, source: RemoteKeys, clock: Clock
) -> None:
    """The key may be a new one: 503 lets the caller come back, 401 would sign it out."""
    source.backend("first")
    identity_service.answer = lambda: Response("", 500)

    clock.now += 31

    with pytest.raises(KeysUnavailable):
        source.backend("second")


def test_a_service_that_is_away_is_asked_at_most_every_thirty_seconds(
    identity_service: IdentityService, source: RemoteKeys, clock: Clock
) -> None:
    source.backend("first")
    identity_service.answer = lambda: Response("", 500)
    clock.now += 300

    for _ in range(29):
        clock.now += 1
        source.backend("first")

    assert identity_service.requests == 2


def test_the_first_set_is_asked_for_again_soon(
    identity_service: IdentityService, source: RemoteKeys, clock: Clock
) -> None:
    identity_service.answer = lambda: Response("", 500)
    for _ in range(10):
        with pytest.raises(KeysUnavailable):
            source.backend("first")
    assert identity_service.requests == 1

    identity_service.answer = identity_service.published
    clock.now += jwks.SECONDS_BETWEEN_FIRST_ATTEMPTS

    assert source.backend("first").algorithm == "RS256"


def test_a_service_that_is_not_there_is_unavailable(clock: Clock) -> None:
    source = RemoteKeys("http://127.0.0.1:9/jwks.json", cache_seconds=300, clock=clock)

    with pytest.raises(KeysUnavailable):
        source.backend("first")


def test_a_service_that_does_not_answer_in_time_is_unavailable(
    identity_service: IdentityService, source: RemoteKeys, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jwks, "READ_SECONDS", 0.1)
    given_up = threading.Event()

    def never() -> Response:
        given_up.wait(10)
        return Response("")

    identity_service.answer = never

    with pytest.raises(KeysUnavailable):
        source.backend("first")
    given_up.set()


def test_a_service_that_drips_is_cut_off(
    identity_service: IdentityService, source: RemoteKeys, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every read is in time, the whole is not."""
    monkeypatch.setattr(jwks, "TOTAL_SECONDS", 0.0)

    with pytest.raises(KeysUnavailable):
        source.backend("first")


def test_other_threads_go_on_with_the_old_set_while_one_fetches(
    identity_service: IdentityService, source: RemoteKeys, clock: Clock
) -> None:
    source.backend("first")
    asked, go_on = threading.Event(), threading.Event()

    def slow() -> Response:
        asked.set()
        go_on.wait(10)
        return identity_service.published()

    identity_service.answer = slow
    clock.now += 300

    with ThreadPoolExecutor(1) as pool:
        fetching = pool.submit(source.backend, "first")
        assert asked.wait(10)
        assert source.backend("first").algorithm == "RS256"
        assert not fetching.done()
        go_on.set()
        assert fetching.result(10).algorithm == "RS256"
