"""An event of the log and its place in the hash chain. Pure: no database, no clock.

`hash = SHA-256(previous_hash || canonical JSON of the immutable fields)`, where a sealed body is represented by the
SHA-256 of its ciphertext, so the chain can be verified without any key and after a key was destroyed.
"""

import re
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import sha256
from typing import Any, NamedTuple
from uuid import UUID

import orjson

from common.canonical import canonical_json, storable

GENESIS_HASH = bytes(32)
# A number ends before one of , ] } while hexadecimal digits stand in text: ids alone are no reason to look closer.
EXPONENT = re.compile(rb"[0-9]e[-+]?[0-9]+[,\]}]")


class Event(NamedTuple):
    """One act. `payload` holds JSON types only, exactly as it is stored; times are aware and in UTC."""

    id: UUID
    learner_id: UUID
    sequence: int
    task_id: UUID | None
    path_id: UUID | None
    event_type: str
    payload: dict[str, Any]
    sealed: bytes | None
    actor: str
    occurred_at: datetime
    created_at: datetime
    previous_hash: bytes
    hash: bytes


def as_stored(payload: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    """The payload in JSON types, as replay will read it (times and ids become text), and the same as canonical JSON.

    Nothing gets past that `jsonb` would change or refuse (`NotStorable`), for its hash could never be verified.
    """
    text = orjson.dumps(payload, option=orjson.OPT_UTC_Z | orjson.OPT_SORT_KEYS)
    stored: dict[str, Any] = orjson.loads(text)
    if _is_suspect(text):
        stored = storable(stored)
        text = canonical_json(stored)
    return stored, text


def _is_suspect(text: bytes) -> bool:
    """Whether there could be a value in it that `jsonb` would change or refuse: a float so large that it is written
    with an exponent, a negative zero, a NUL. Most payloads have none, and need no walk.
    """
    return b"-0.0" in text or b"\\u0000" in text or EXPONENT.search(text) is not None


@lru_cache(maxsize=1024)
def rfc3339(at: datetime) -> str:
    """An instant as hashed: UTC, always six decimals, `Z`."""
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def immutable_fields(event: Event) -> dict[str, Any]:
    """What the hash of an event covers, under the names it is documented with; ids are written as text."""
    return {
        "actor": event.actor,
        "created_at": rfc3339(event.created_at),
        "event_type": event.event_type,
        "id": event.id,
        "learner_id": event.learner_id,
        "occurred_at": rfc3339(event.occurred_at),
        "path_id": event.path_id,
        "payload": event.payload,
        "sealed_digest": event.sealed and sha256(event.sealed).hexdigest(),
        "sequence": event.sequence,
        "task_id": event.task_id,
    }


def hash_of(previous_hash: bytes, fields: dict[str, Any]) -> bytes:
    """The hash that an event with these immutable fields has after `previous_hash` (32 bytes)."""
    return sha256(previous_hash + canonical_json(fields)).digest()


def chained(event: Event, payload_text: bytes | None = None) -> Event:
    """The event with its own hash filled in. `payload_text` is its payload as canonical JSON, if that is at hand."""
    fields = immutable_fields(event)
    if payload_text is not None:
        fields["payload"] = orjson.Fragment(payload_text)
    return Event(*event[:-1], hash_of(event.previous_hash, fields))


def head_message(learner_id: UUID, sequence: int, head_hash: bytes) -> bytes:
    """What the seal of a chain head covers."""
    return learner_id.bytes + sequence.to_bytes(8, "big") + head_hash
