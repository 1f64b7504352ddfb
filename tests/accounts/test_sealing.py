"""Sealed bodies on a real database: who can open them, and who cannot any more (R147, K-32)."""

import base64
import logging
import os
from datetime import UTC, datetime
from io import StringIO
from uuid import UUID, uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from pytest_django import DjangoAssertNumQueries, Settings

from accounts import sealing
from accounts.key_rotation import data_keys_by_wrapping_key, rewrap_data_keys
from accounts.models import DataKey
from accounts.sealing import KeyDestroyed, SealBroken, seal, unseal, wrapping_context
from accounts.services import destroy_data_key
from common.crypto import key_encryption_keys
from tests.callers import Caller
from tests.conftest import new_learner

pytestmark = pytest.mark.django_db

CODE = b"def two_sum(nums, target):\n    return [nums.index(target)]\n"
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def key(name: str, fill: bytes) -> str:
    return f"{name}:{base64.b64encode(fill * 32).decode()}"


OLD = key("old", b"o")
NEW = key("new", b"n")


@pytest.fixture
def ada(settings: Settings) -> UUID:
    """A learner whose data key was wrapped by the key "old"."""
    settings.FIELD_ENCRYPTION_KEYS = OLD
    return new_learner("ada")


@pytest.mark.parametrize(
    "plaintext", [b"", b"x", CODE, CODE * 1000, os.urandom(5000), "naïve ☃".encode()], ids=len
)
def test_a_sealed_body_opens_to_what_it_was(ada: UUID, plaintext: bytes) -> None:
    assert unseal(ada, seal(ada, plaintext, purpose="code"), purpose="code") == plaintext


def test_a_sealed_body_shows_nothing_and_is_compressed_when_that_is_shorter(ada: UUID) -> None:
    sealed = seal(ada, CODE * 1000, purpose="code")
    random = os.urandom(1000)

    assert b"two_sum" not in sealed
    assert len(sealed) < len(CODE) * 20
    assert sealed[:1] == sealing.COMPRESSED
    assert len(seal(ada, random, purpose="code")) == 1 + 12 + len(random) + 16


def test_a_body_as_the_database_returns_it_opens(ada: UUID) -> None:
    """psycopg2 hands `bytea` over as a memoryview."""
    sealed = seal(ada, CODE, purpose="code")
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::bytea", [sealed])
        from_database = cursor.fetchone()[0]

    assert isinstance(from_database, memoryview)
    assert unseal(ada, from_database, purpose="code") == CODE


def test_every_changed_byte_is_noticed(ada: UUID) -> None:
    sealed = seal(ada, b"pass", purpose="code")

    for position in range(len(sealed)):
        changed = bytearray(sealed)
        changed[position] ^= 3
        with pytest.raises(SealBroken):
            unseal(ada, bytes(changed), purpose="code")


@pytest.mark.parametrize("cut", [0, 1, 5, 28, -1])
def test_a_cut_body_is_noticed(ada: UUID, cut: int) -> None:
    with pytest.raises(SealBroken):
        unseal(ada, seal(ada, CODE, purpose="code")[:cut], purpose="code")


def test_a_body_does_not_open_for_another_learner_or_purpose(ada: UUID) -> None:
    bob = new_learner("bob")
    sealed = seal(ada, CODE, purpose="code")

    with pytest.raises(SealBroken):
        unseal(bob, sealed, purpose="code")
    with pytest.raises(SealBroken):
        unseal(ada, sealed, purpose="hint")


def test_a_data_key_put_into_another_learners_row_does_not_unwrap(ada: UUID) -> None:
    bob = new_learner("bob")
    stolen = DataKey.objects.get(learner_id=ada)
    DataKey.objects.filter(learner_id=bob).update(wrapped_key=stolen.wrapped_key)

    with pytest.raises(SealBroken):
        seal(bob, CODE, purpose="code")


def test_even_two_learners_with_one_data_key_cannot_open_each_others_bodies(ada: UUID) -> None:
    bob = new_learner("bob")
    row = DataKey.objects.get(learner_id=ada)
    keys = key_encryption_keys()
    shared = keys.unwrap(row.wrapped_by, bytes(row.wrapped_key or b""), wrapping_context(ada))
    DataKey.objects.filter(learner_id=bob).update(wrapped_key=keys.wrap(shared, wrapping_context(bob))[1])

    assert unseal(bob, seal(bob, CODE, purpose="code"), purpose="code") == CODE
    with pytest.raises(SealBroken):
        unseal(bob, seal(ada, CODE, purpose="code"), purpose="code")


def test_each_learner_has_a_key_of_their_own(ada: UUID) -> None:
    bob = new_learner("bob")

    keys = {bytes(row.wrapped_key or b"") for row in DataKey.objects.filter(learner_id__in=[ada, bob])}

    assert len(keys) == 2
    assert all(len(wrapped) == 12 + 32 + 16 for wrapped in keys)


def test_nothing_opens_once_the_data_key_is_destroyed(ada: UUID) -> None:
    sealed = seal(ada, CODE, purpose="code")

    assert destroy_data_key(learner_id=ada, at=NOW)

    with pytest.raises(KeyDestroyed):
        unseal(ada, sealed, purpose="code")
    with pytest.raises(KeyDestroyed):
        seal(ada, CODE, purpose="code")
    row = DataKey.objects.get(learner_id=ada)
    assert (row.wrapped_key, row.destroyed_at) == (None, NOW)


def test_destroying_a_key_again_changes_nothing(ada: UUID) -> None:
    destroy_data_key(learner_id=ada, at=NOW)

    assert not destroy_data_key(learner_id=ada, at=datetime(2027, 1, 1, tzinfo=UTC))
    assert DataKey.objects.get(learner_id=ada).destroyed_at == NOW


def test_an_unknown_learner_has_no_key() -> None:
    with pytest.raises(KeyDestroyed):
        seal(uuid4(), CODE, purpose="code")


def test_the_data_key_is_fetched_once_in_a_while(
    ada: UUID, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(1):
        for _ in range(5):
            unseal(ada, seal(ada, CODE, purpose="code"), purpose="code")


def test_neither_plaintext_nor_key_is_in_an_exception_a_log_or_a_repr(
    ada: UUID, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    sealed = seal(ada, CODE, purpose="code")
    with pytest.raises(SealBroken) as broken:
        unseal(ada, sealed, purpose="other")
    wrapped = DataKey.objects.get(learner_id=ada)

    shown = f"{broken.value!r} {broken.value.__suppress_context__} {caplog.text} {wrapped!r} {sealing._data_keys!r}"

    assert broken.value.__suppress_context__
    assert "two_sum" not in shown
    assert repr(bytes(wrapped.wrapped_key or b""))[2:-1] not in shown
    assert "o" * 32 not in shown


def test_old_bodies_open_while_the_old_key_is_still_accepted(ada: UUID, settings: Settings) -> None:
    sealed = seal(ada, CODE, purpose="code")
    sealing.forget_all_data_keys()

    settings.FIELD_ENCRYPTION_KEYS = f"{NEW},{OLD}"

    assert unseal(ada, sealed, purpose="code") == CODE
    assert DataKey.objects.get(learner_id=ada).wrapped_by == "old"
    assert DataKey.objects.get(learner_id=new_learner("bob")).wrapped_by == "new"


def test_after_rotation_the_old_key_may_go(ada: UUID, settings: Settings) -> None:
    sealed = seal(ada, CODE, purpose="code")
    settings.FIELD_ENCRYPTION_KEYS = f"{NEW},{OLD}"

    output = StringIO()
    call_command("rotate_keys", stdout=output)

    settings.FIELD_ENCRYPTION_KEYS = NEW
    sealing.forget_all_data_keys()
    assert unseal(ada, sealed, purpose="code") == CODE
    assert "All data keys are wrapped under new" in output.getvalue()


def test_without_rotation_the_old_key_may_not_go(ada: UUID, settings: Settings) -> None:
    sealed = seal(ada, CODE, purpose="code")
    sealing.forget_all_data_keys()

    settings.FIELD_ENCRYPTION_KEYS = NEW

    with pytest.raises(SealBroken, match="no key named old"):
        unseal(ada, sealed, purpose="code")


def test_rotation_goes_on_where_it_was_stopped(ada: UUID, settings: Settings) -> None:
    learners = [ada, *(new_learner(f"learner {number}") for number in range(6))]
    sealed = {learner: seal(learner, CODE, purpose="code") for learner in learners}
    settings.FIELD_ENCRYPTION_KEYS = f"{NEW},{OLD}"

    first = next(rewrap_data_keys(batch=3))
    assert first.rewrapped == 3
    assert data_keys_by_wrapping_key() == {"new": 3, "old": 4}

    rest = [batch.rewrapped for batch in rewrap_data_keys(batch=3)]
    assert rest == [3, 1]
    assert data_keys_by_wrapping_key() == {"new": 7}
    assert list(rewrap_data_keys()) == []
    sealing.forget_all_data_keys()
    assert all(unseal(learner, body, purpose="code") == CODE for learner, body in sealed.items())


def test_rotation_leaves_destroyed_keys_destroyed(ada: UUID, settings: Settings) -> None:
    destroy_data_key(learner_id=ada, at=NOW)
    settings.FIELD_ENCRYPTION_KEYS = f"{NEW},{OLD}"

    assert list(rewrap_data_keys()) == []
    assert DataKey.objects.get(learner_id=ada).wrapped_key is None


def test_rotation_names_the_keys_it_could_not_unwrap_and_does_the_others(
    ada: UUID, settings: Settings
) -> None:
    bob, carol = new_learner("bob"), new_learner("carol")
    DataKey.objects.filter(learner_id=ada).update(wrapped_by="lost")
    DataKey.objects.filter(learner_id=bob).update(wrapped_key=b"changed" * 10)
    settings.FIELD_ENCRYPTION_KEYS = f"{NEW},{OLD}"

    with pytest.raises(CommandError) as failure:
        call_command("rotate_keys", "--batch=1", stdout=StringIO())

    assert str(ada) in str(failure.value)
    assert str(bob) in str(failure.value)
    assert DataKey.objects.get(learner_id=carol).wrapped_by == "new"


def test_an_unused_learner_fixture_can_seal_too(learner: Caller) -> None:
    """Learners made with the installation's own keys."""
    assert learner.learner_id is not None

    assert unseal(learner.learner_id, seal(learner.learner_id, CODE, purpose="code"), purpose="code") == CODE
