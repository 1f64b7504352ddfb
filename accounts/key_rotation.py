"""Replacing the key-encryption key: data keys are wrapped again under the first key of FIELD_ENCRYPTION_KEYS.

Sealed bodies stay as they are. Every batch is complete in itself, so the work may be stopped and begun again.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from django.db import connection, transaction
from psycopg2.extras import execute_values

from accounts.models import DataKey
from accounts.sealing import wrapping_context
from common.crypto import KeyEncryptionKeys, Tampered, UnknownKey, key_encryption_keys

BATCH = 500

_UPDATE = """
    UPDATE data_keys SET wrapped_by = new.wrapped_by, wrapped_key = new.wrapped_key
    FROM (VALUES %s) AS new (learner_id, wrapped_by, wrapped_key)
    WHERE data_keys.learner_id = new.learner_id::uuid
"""

Wrapped = tuple[UUID, str, bytes]


@dataclass(frozen=True)
class Batch:
    """What one batch did: how many keys were wrapped again, and whose could not be unwrapped."""

    rewrapped: int
    unreadable: tuple[UUID, ...]


def data_keys_by_wrapping_key() -> dict[str, int]:
    """Name of the wrapping key -> number of data keys under it, destroyed ones left out."""
    names = DataKey.objects.filter(destroyed_at=None).values_list("wrapped_by", flat=True)
    return {name: names.filter(wrapped_by=name).count() for name in names.distinct().order_by("wrapped_by")}


def rewrap_data_keys(*, batch: int = BATCH) -> Iterator[Batch]:
    """Wrap what is not under the first key, a transaction per batch, in the order of learner ids."""
    keys = key_encryption_keys()
    after: UUID | None = None
    while rows := _rewrap_batch(keys, after, batch):
        done, after = rows
        yield done


@transaction.atomic
def _rewrap_batch(keys: KeyEncryptionKeys, after: UUID | None, batch: int) -> tuple[Batch, UUID] | None:
    """The next batch and its last learner id. Rows are locked, so that a key destroyed meanwhile stays so."""
    waiting = DataKey.objects.filter(destroyed_at=None).exclude(wrapped_by=keys.first_name)
    if after is not None:
        waiting = waiting.filter(learner_id__gt=after)
    rows = list(waiting.select_for_update().order_by("learner_id")[:batch])
    if not rows:
        return None
    rewrapped = [new for row in rows if (new := _rewrapped(keys, row)) is not None]
    _store(rewrapped)
    readable = {learner_id for learner_id, _, _ in rewrapped}
    unreadable = tuple(row.learner_id for row in rows if row.learner_id not in readable)
    return Batch(len(rewrapped), unreadable), rows[-1].learner_id


def _rewrapped(keys: KeyEncryptionKeys, row: DataKey) -> Wrapped | None:
    context = wrapping_context(row.learner_id)
    try:
        data_key = keys.unwrap(row.wrapped_by, bytes(row.wrapped_key or b""), context)
    except (UnknownKey, Tampered):
        return None
    return row.learner_id, *keys.wrap(data_key, context)


def _store(rewrapped: list[Wrapped]) -> None:
    if rewrapped:
        with connection.cursor() as cursor:
            execute_values(cursor.cursor, _UPDATE, [(str(one[0]), *one[1:]) for one in rewrapped])
