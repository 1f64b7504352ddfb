"""Who a caller is taken for, and how the log names it."""

import re
from collections.abc import Set
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.principal import Principal, actor_name, kind_of

LEARNER = UUID("0199a000-0000-7000-8000-000000000001")


def principal(*, roles: Set[str] = frozenset(), scopes: Set[str] = frozenset()) -> Principal:
    kind = kind_of(roles=frozenset(roles), scopes=frozenset(scopes))
    learner_id = LEARNER if kind == "learner" else None
    return Principal("ada", kind, frozenset(roles), frozenset(scopes), learner_id, None)


@pytest.mark.parametrize(
    ("roles", "scopes", "kind"),
    [
        (set(), set(), "learner"),
        ({"student"}, {"profile"}, "learner"),
        ({"mentor"}, set(), "person"),
        ({"staff"}, set(), "person"),
        (set(), {"co"}, "service"),
        ({"staff"}, {"co"}, "service"),
        ({"Staff", "mentors"}, {"CO", "co:read"}, "learner"),
    ],
)
def test_the_kind_of_a_caller_follows_scope_then_roles(roles: set[str], scopes: set[str], kind: str) -> None:
    assert principal(roles=roles, scopes=scopes).kind == kind


def test_a_service_is_neither_staff_nor_mentor_whatever_roles_it_has() -> None:
    caller = principal(roles={"staff", "mentor"}, scopes={"co"})

    assert (caller.is_service, caller.is_staff, caller.is_mentor, caller.is_learner) == (
        True,
        False,
        False,
        False,
    )


def test_a_person_may_be_mentor_and_staff() -> None:
    caller = principal(roles={"staff", "mentor"})

    assert caller.is_staff
    assert caller.is_mentor
    assert not caller.is_learner


def test_learners_are_named_by_id_and_others_by_subject() -> None:
    """The log never holds a learner's sub, so that it can be forgotten."""
    assert principal().actor == f"learner:{LEARNER}"
    assert principal(roles={"staff"}).actor == "person:ada"
    assert principal(scopes={"co"}).actor == "service:ada"


@given(st.text(min_size=1, max_size=255))
def test_every_actor_fits_the_column_and_is_plain_text(name: str) -> None:
    name = name.encode(errors="ignore").decode() or "x"

    actor = actor_name("person", name)

    assert len(actor) <= 120
    assert re.fullmatch(r"person:[A-Za-z0-9:._@|+/=%-]+", actor)


@given(st.sets(st.text(min_size=1, max_size=255), min_size=2, max_size=2))
def test_two_names_never_give_one_actor(names: set[str]) -> None:
    encodable = {name.encode(errors="replace").decode() for name in names}

    assert len({actor_name("person", name) for name in encodable}) == len(encodable)


def test_a_long_name_is_named_by_its_digest_and_cannot_be_imitated() -> None:
    long = actor_name("service", "s" * 200)

    assert long.startswith("service:%sha256=")
    assert actor_name("service", long.removeprefix("service:")) != long


def test_ordinary_subjects_stay_readable() -> None:
    assert actor_name("person", "auth0|grace.hopper+x@example.org") == (
        "person:auth0|grace.hopper+x@example.org"
    )
    assert actor_name("person", "Zoë ~1\n") == "person:Zo%C3%AB%20%7E1%0A"
