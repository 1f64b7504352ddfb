"""Sealed bodies: submitted code, hint texts and the like, encrypted under a data key per learner.

A sealed body is `version (1 byte) || nonce (12) || ciphertext || tag (16)`. Version 1 holds the plaintext,
version 2 the plaintext compressed by zlib, whichever is shorter. The authenticated context is the version,
the learner's id and the purpose: a body that is moved to another learner, or used for something else, does
not open. The data key itself is wrapped by a key of FIELD_ENCRYPTION_KEYS. Once a learner's data key is
destroyed, no copy of a body can be read again.
"""

import zlib
from uuid import UUID

from accounts.models import DataKey
from accounts.ttl_cache import TtlCache
from common.crypto import Tampered, UnknownKey, decrypt, encrypt, key_encryption_keys

PLAIN = b"\x01"
COMPRESSED = b"\x02"
DATA_KEY_SECONDS = 60.0

_data_keys: TtlCache[UUID, bytes] = TtlCache(max_entries=1024, ttl_seconds=DATA_KEY_SECONDS)


class KeyDestroyed(Exception):
    """The learner's data key was destroyed (or never made): what it sealed cannot be read, by anybody."""


class SealBroken(Exception):
    """The body was changed, belongs to another learner or purpose, or its key-encryption key is missing."""


def seal(learner_id: UUID, plaintext: bytes, *, purpose: str) -> bytes:
    """The sealed form of `plaintext`, for this learner and purpose only. Raises `KeyDestroyed`."""
    compressed = zlib.compress(plaintext, 6)
    version, body = (COMPRESSED, compressed) if len(compressed) < len(plaintext) else (PLAIN, plaintext)
    return version + encrypt(_data_key(learner_id), body, _context(version, learner_id, purpose))


def unseal(learner_id: UUID, sealed: bytes | memoryview, *, purpose: str) -> bytes:
    """The plaintext. Raises `SealBroken` or `KeyDestroyed`; neither carries anything of the body."""
    version, body = bytes(sealed[:1]), bytes(sealed[1:])
    if version not in (PLAIN, COMPRESSED):
        raise SealBroken("The sealed body has an unknown version.")
    try:
        opened = decrypt(_data_key(learner_id), body, _context(version, learner_id, purpose))
    except Tampered:
        raise SealBroken("The sealed body does not belong to this learner and purpose.") from None
    return zlib.decompress(opened) if version == COMPRESSED else opened


def wrapping_context(learner_id: UUID) -> bytes:
    """What a wrapped data key is bound to, so that one learner's key cannot be put into another's row."""
    return b"data key\x00" + learner_id.bytes


def forget_data_key(learner_id: UUID) -> None:
    """Drop the unwrapped key from this process; others drop theirs within `DATA_KEY_SECONDS`."""
    _data_keys.forget(learner_id)


def forget_all_data_keys() -> None:
    _data_keys.clear()


def _context(version: bytes, learner_id: UUID, purpose: str) -> bytes:
    return b"sealed body" + version + learner_id.bytes + purpose.encode()


def _data_key(learner_id: UUID) -> bytes:
    key = _data_keys.get(learner_id)
    if key is None:
        key = _unwrapped_data_key(learner_id)
        _data_keys.put(learner_id, key)
    return key


def _unwrapped_data_key(learner_id: UUID) -> bytes:
    row = DataKey.objects.filter(learner_id=learner_id).values_list("wrapped_by", "wrapped_key").first()
    if row is None or row[1] is None:
        raise KeyDestroyed(f"Learner {learner_id} has no data key.")
    try:
        return key_encryption_keys().unwrap(row[0], bytes(row[1]), wrapping_context(learner_id))
    except (Tampered, UnknownKey) as error:
        raise SealBroken(f"The data key of learner {learner_id} cannot be unwrapped: {error}") from None
