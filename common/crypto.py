"""Cryptographic primitives: AES-256-GCM, named key-encryption keys, keyed digests. No storage, no policy.

Keys come from the settings as `name:base64,name:base64`, 256 bits each. The first makes new things, all are
accepted, so a key is replaced by putting the new one in front and dropping the old one once nothing needs it.
"""

import base64
import binascii
import hashlib
import hmac
import re
import secrets
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

KEY_BYTES = 32
NONCE_BYTES = 12
TAG_BYTES = 16
_KEY_NAME = re.compile(r"[A-Za-z0-9_-]{1,40}")


class Tampered(ValueError):
    """The ciphertext, its key or its context is not the one it was made with."""


class UnknownKey(LookupError):
    """The key of this name is not among the configured ones."""


def new_key() -> bytes:
    """256 random bits."""
    return secrets.token_bytes(KEY_BYTES)


def encrypt(key: bytes, plaintext: bytes, context: bytes) -> bytes:
    """AES-256-GCM (NIST SP 800-38D): nonce (12 bytes) || ciphertext || tag (16); `context` is authenticated.

    The nonce is random, which is sound for 2^32 messages under one key; one learner has one key.
    """
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plaintext, context)


def decrypt(key: bytes, sealed: bytes, context: bytes) -> bytes:
    """What `encrypt` was given; `Tampered` when a single bit of it, of the key or of the context differs."""
    if len(sealed) < NONCE_BYTES + TAG_BYTES:
        raise Tampered("The ciphertext is too short.")
    try:
        return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], context)
    except InvalidTag:
        raise Tampered("The ciphertext does not belong to this key and context.") from None


class NamedKeys:
    """The keys of one setting, in order. Neither `repr` nor an exception ever shows key bytes."""

    def __init__(self, text: str, *, setting: str) -> None:
        self._setting = setting
        self._keys: dict[str, bytes] = {}
        for number, entry in enumerate(text.split(","), start=1):
            name, key = self._parsed(entry.strip(), number)
            if name in self._keys:
                raise ImproperlyConfigured(f"{setting} names the key {name} twice.")
            self._keys[name] = key

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._setting}: {', '.join(self._keys)}>"

    def _parsed(self, entry: str, number: int) -> tuple[str, bytes]:
        name, _, encoded = entry.partition(":")
        try:
            key = base64.b64decode(encoded, validate=True)
        except (binascii.Error, ValueError):
            key = b""
        if not _KEY_NAME.fullmatch(name) or len(key) != KEY_BYTES:
            raise ImproperlyConfigured(
                f"{self._setting}: entry {number} is not name:base64 of {KEY_BYTES} bytes,"
                " with a name of 1 to 40 letters, digits, _ or -."
            )
        return name, key

    @property
    def first_name(self) -> str:
        """The name of the key that makes new things."""
        return next(iter(self._keys))

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._keys)

    def key(self, name: str) -> bytes:
        try:
            return self._keys[name]
        except KeyError:
            raise UnknownKey(f"{self._setting} has no key named {name}.") from None

    def all_keys(self) -> tuple[bytes, ...]:
        return tuple(self._keys.values())


class KeyEncryptionKeys(NamedKeys):
    """The keys that wrap data keys: the first wraps, every one unwraps."""

    def wrap(self, data_key: bytes, context: bytes) -> tuple[str, bytes]:
        """The name of the key that was used, and the wrapped key (60 bytes)."""
        return self.first_name, encrypt(self.key(self.first_name), data_key, context)

    def unwrap(self, name: str, wrapped: bytes, context: bytes) -> bytes:
        """The data key. `UnknownKey` when its wrapping key was dropped, `Tampered` when it does not fit."""
        return decrypt(self.key(name), wrapped, context)


@lru_cache(maxsize=8)
def _key_encryption_keys(text: str) -> KeyEncryptionKeys:
    return KeyEncryptionKeys(text, setting="FIELD_ENCRYPTION_KEYS")


@lru_cache(maxsize=8)
def _history_seal_keys(text: str) -> NamedKeys:
    return NamedKeys(text, setting="HISTORY_SEAL_KEYS")


def key_encryption_keys() -> KeyEncryptionKeys:
    """The keys of FIELD_ENCRYPTION_KEYS; `ImproperlyConfigured` when the setting cannot be read."""
    return _key_encryption_keys(settings.FIELD_ENCRYPTION_KEYS)


def history_seal_keys() -> NamedKeys:
    """The keys of HISTORY_SEAL_KEYS; `ImproperlyConfigured` when the setting cannot be read."""
    return _history_seal_keys(settings.HISTORY_SEAL_KEYS)


def seal_digest(message: bytes) -> bytes:
    """HMAC-SHA256 (RFC 2104), 32 bytes, with the first key of HISTORY_SEAL_KEYS."""
    keys = history_seal_keys()
    return hmac.digest(keys.key(keys.first_name), message, hashlib.sha256)


def seal_matches(message: bytes, digest: bytes) -> bool:
    """Whether any key of HISTORY_SEAL_KEYS made `digest` of `message`."""
    return any(
        hmac.compare_digest(hmac.digest(key, message, hashlib.sha256), digest)
        for key in history_seal_keys().all_keys()
    )
