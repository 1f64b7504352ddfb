"""From the Authorization header to a caller: strict parsing, 401 and 503, learners made on sight (R083)."""

from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings
from pytest_httpserver import HTTPServer

from accounts import authentication
from accounts.models import Learner, LearnerIdentity, User
from accounts.services import add_identity
from tests.accounts.minting import rsa_key, signed
from tests.callers import Caller, token_for

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.accounts.urls")]


def me(authorization: str | None, path: str = "/v1/me") -> Any:
    """The answer to a request with this header, or without any."""
    headers = {} if authorization is None else {"authorization": authorization}
    return Client(headers=headers).get(path)


def test_a_learner_is_known_by_the_token(learner: Caller) -> None:
    answer = learner.get("/v1/me")

    assert answer.json() == {"actor": f"learner:{learner.learner_id}", "kind": "learner", "user": None}


def test_a_service_is_known_by_its_scope(service: Caller) -> None:
    answer = service.get("/v1/me")

    assert answer.json() == {"actor": "service:curriculum-orchestrator", "kind": "service", "user": None}
    assert not Learner.objects.exists()


def test_a_person_is_known_by_roles_and_linked_to_the_user(mentor: Caller) -> None:
    assert mentor.user is not None

    answer = mentor.get("/v1/me")

    assert answer.json() == {"actor": "person:grace", "kind": "person", "user": mentor.user.pk}
    assert not Learner.objects.filter(user_id="grace").exists()


def test_a_person_without_a_user_may_sign_in_but_is_nobody_in_particular() -> None:
    answer = me(f"Bearer {token_for('nora', 'mentor')}")

    assert answer.json() == {"actor": "person:nora", "kind": "person", "user": None}


def test_a_person_whose_user_was_switched_off_is_refused(mentor: Caller) -> None:
    User.objects.filter(subject="grace").update(is_active=False)

    answer = mentor.get("/v1/me")

    assert answer.status_code == 401


def test_a_learner_is_made_at_the_first_request() -> None:
    answer = me(f"Bearer {token_for('newcomer')}")

    made = Learner.objects.get(user_id="newcomer")
    assert answer.json()["actor"] == f"learner:{made.id}"


def test_an_alias_is_the_same_learner(learner: Caller) -> None:
    """R161, K-19: old and new id formats."""
    assert learner.learner_id is not None
    add_identity(learner_id=learner.learner_id, subject="usr_000042", at=timezone.now())

    answer = me(f"Bearer {token_for('usr_000042')}")

    assert answer.json()["actor"] == f"learner:{learner.learner_id}"


@pytest.mark.parametrize(
    ("who", "queries"), [("learner", 1), ("mentor", 1), ("service", 0)], ids=["learner", "mentor", "service"]
)
def test_a_caller_costs_at_most_one_query(
    who: str, queries: int, request: Any, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    caller: Caller = request.getfixturevalue(who)

    with django_assert_num_queries(queries):
        caller.get("/v1/me")


def test_a_learner_seen_within_the_last_minute_costs_no_query(
    learner: Caller, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    learner.get("/v1/me")

    with django_assert_num_queries(0):
        learner.get("/v1/me")


def test_the_lookup_of_a_learner_is_an_index_scan(learner: Caller) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        lookup = LearnerIdentity.objects.filter(issuer="i", subject="s").values_list("learner_id")
        plan = lookup.explain()

    assert "learner_identities_lead_to_one_learner" in plan


def test_a_request_without_a_token_is_told_which_scheme_to_use() -> None:
    answer = me(None)

    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == 'Bearer realm="study-paths"'
    assert answer["Content-Type"] == "application/problem+json"


GOOD = "good"


@pytest.mark.parametrize(
    "header",
    [
        "",
        " ",
        "Bearer",
        "Bearer ",
        "Bearer  {token}",
        "Bearer {token} ",
        " Bearer {token}",
        "Bearer\t{token}",
        "Bearer {token} {token}",
        "Bearer {token},Bearer {token}",
        "Bearer {token}, Bearer {token}",
        "bearer {token}",
        "BEARER {token}",
        "Token {token}",
        "JWT {token}",
        "{token}",
        "Basic YWxpY2U6c2VjcmV0",
        'Bearer "{token}"',
        "Bearer token={token}",
        "Bearer {token}=",
        "Bearer %20{token}",
        "Bearer é",
        "Bearer null",
        "Bearer " + "a" * 9000,
    ],
)
def test_anything_but_bearer_one_space_one_token_is_refused(header: str) -> None:
    token = token_for("alice")

    answer = me(header.format(token=token))

    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == 'Bearer realm="study-paths", error="invalid_token"'
    assert token not in answer.content.decode()
    assert not Learner.objects.exists()


def test_the_same_header_in_its_one_good_form_is_accepted() -> None:
    assert me(f"Bearer {token_for('alice')}").status_code == 200


def test_a_token_in_the_query_or_a_cookie_is_not_looked_at() -> None:
    token = token_for("alice")
    client = Client()
    client.cookies["Authorization"] = f"Bearer {token}"

    assert client.get("/v1/me", {"access_token": token, "token": token}).status_code == 401


def test_a_session_of_the_pages_does_not_open_the_api(staff: Caller) -> None:
    assert staff.user is not None
    client = Client()
    client.force_login(staff.user)

    assert client.get("/v1/me").status_code == 401


def test_a_forged_token_makes_no_learner() -> None:
    answer = me(f"Bearer {signed(rsa_key('attacker'))}")

    assert answer.status_code == 401
    assert answer.json()["detail"] == "The token is not valid."
    assert not Learner.objects.exists()


def test_nobody_is_signed_out_while_the_identity_service_is_away(
    httpserver: HTTPServer, settings: Settings
) -> None:
    httpserver.expect_request("/keys").respond_with_data("", 500)
    settings.JWT_JWKS_URL = httpserver.url_for("/keys")

    answer = me(f"Bearer {signed(rsa_key('theirs'), kid='k')}")

    assert answer.status_code == 503
    assert answer.json()["code"] == "identity_unavailable"
    assert int(answer["Retry-After"]) >= 1


@pytest.mark.parametrize(
    ("path", "admitted"),
    [
        ("/v1/me", {"learner", "service", "mentor", "staff"}),
        ("/v1/learners-only", {"learner"}),
        ("/v1/services-only", {"service"}),
        ("/v1/learners-and-services", {"learner", "service"}),
    ],
)
def test_each_permission_admits_its_callers_and_nobody_else(
    path: str, admitted: set[str], learner: Caller, service: Caller, mentor: Caller, staff: Caller
) -> None:
    callers = {"learner": learner, "service": service, "mentor": mentor, "staff": staff}

    statuses = {name: caller.get(path).status_code for name, caller in callers.items()}

    assert statuses == {name: 200 if name in admitted else 403 for name in callers}
    assert me(None, path).status_code == 401


def test_an_unknown_identity_is_not_remembered_when_making_the_learner_failed(
    monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    settings.FIELD_ENCRYPTION_KEYS = "broken"
    client = Client(
        headers={"authorization": f"Bearer {token_for('unlucky')}"}, raise_request_exception=False
    )

    answer = client.get("/v1/me")

    assert answer.status_code == 500
    assert not Learner.objects.exists()
    assert authentication._learner_ids.get(("api.scimigo.com", "unlucky")) is None


def test_learner_ids_in_actors_are_plain_uuids(learner: Caller) -> None:
    kind, _, identifier = learner.get("/v1/me").json()["actor"].partition(":")

    assert kind == "learner"
    assert UUID(identifier) == learner.learner_id
