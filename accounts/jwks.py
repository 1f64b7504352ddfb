"""The identity service's JSON Web Key Set (RFC 7517), fetched, cached and refreshed when keys rotate.

PyJWT's `PyJWKClient` is not used: it holds its lock while it fetches, forgets the old set when it expires
while the endpoint is away, and counts only successful fetches against its cool-down.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import orjson
import requests
from jwt import PyJWK
from jwt.exceptions import PyJWTError
from rest_framework_simplejwt.backends import TokenBackend

from accounts.token_keys import KeysUnavailable, TokenRefused, WeakKey, backend_of, chosen

MIN_SECONDS_BETWEEN_REFRESHES = 30.0
SECONDS_BETWEEN_FIRST_ATTEMPTS = 2.0
CONNECT_SECONDS = 2.0
READ_SECONDS = 3.0
TOTAL_SECONDS = 5.0
MAX_BYTES = 256 * 1024
MAX_KEYS = 100

_KEY_ALGORITHMS = {"RSA": "RS256", "EC": "ES256"}

logger = logging.getLogger(__name__)


class KeySetUnreadable(ValueError):
    """The endpoint did not answer with a usable key set."""


@dataclass(frozen=True)
class KeySet:
    """One fetched set. `fetched_at` is on the clock of the source."""

    backends: dict[str | None, TokenBackend] = field(default_factory=dict)
    fetched_at: float = 0.0


class RemoteKeys:
    """The keys behind one URL.

    The set is refreshed when it is `cache_seconds` old, and when a token names an unknown key, but never
    twice within 30 seconds: tokens with made-up key ids cannot hammer the identity service. A set stays in
    use until a newer one has arrived. One thread fetches; the others go on with the set they have.
    """

    def __init__(
        self, url: str, *, cache_seconds: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._url = url
        self._cache_seconds = cache_seconds
        self._clock = clock
        self._keys = KeySet()
        self._attempted_at: float | None = None
        self._last_attempt_failed = False
        self._lock = threading.Lock()

    def backend(self, key_id: str | None) -> TokenBackend:
        """The backend of a known key. `TokenRefused` when the identity service does not list it."""
        self._refresh_when_old()
        found = chosen(self._keys.backends, key_id) or self._after_refresh(key_id)
        if found is not None:
            return found
        if self._last_attempt_failed:
            raise KeysUnavailable("The keys of the identity service cannot be fetched at the moment.")
        raise TokenRefused("The token's key is not known.")

    def _refresh_when_old(self) -> None:
        keys = self._keys
        is_old = self._clock() - keys.fetched_at >= self._cache_seconds
        if keys.backends and is_old and self._may_refresh() and self._lock.acquire(blocking=False):
            try:
                self._refresh()
            finally:
                self._lock.release()

    def _after_refresh(self, key_id: str | None) -> TokenBackend | None:
        """The key, after waiting for a refresh that is under way or making one."""
        with self._lock:
            if self._may_refresh():
                self._refresh()
        return chosen(self._keys.backends, key_id)

    def _may_refresh(self) -> bool:
        if self._attempted_at is None:
            return True
        pause = MIN_SECONDS_BETWEEN_REFRESHES if self._keys.backends else SECONDS_BETWEEN_FIRST_ATTEMPTS
        return self._clock() - self._attempted_at >= pause

    def _refresh(self) -> None:
        try:
            backends = parse_key_set(fetch(self._url))
        except (requests.RequestException, KeySetUnreadable) as error:
            self._last_attempt_failed = True
            logger.warning("The key set at %s could not be fetched: %s", self._url, error)
        else:
            self._last_attempt_failed = False
            self._keys = KeySet(backends, self._clock())
        finally:
            self._attempted_at = self._clock()


def fetch(url: str) -> bytes:
    """The body of a 200 answer of at most 256 KiB within 5 seconds; redirects are not followed."""
    deadline = time.monotonic() + TOTAL_SECONDS
    timeout = (CONNECT_SECONDS, READ_SECONDS)
    with requests.get(url, timeout=timeout, stream=True, allow_redirects=False) as response:
        if response.status_code != requests.codes.ok:
            raise KeySetUnreadable(f"status {response.status_code}")
        return _bounded(response.iter_content(8192), deadline)


def _bounded(chunks: Iterable[bytes], deadline: float) -> bytes:
    body = bytearray()
    for chunk in chunks:
        body += chunk
        if len(body) > MAX_BYTES:
            raise KeySetUnreadable(f"longer than {MAX_BYTES} bytes")
        if time.monotonic() > deadline:
            raise KeySetUnreadable(f"not complete within {TOTAL_SECONDS:.0f} s")
    return bytes(body)


def parse_key_set(body: bytes) -> dict[str | None, TokenBackend]:
    """Key id -> backend of the RS256 and ES256 signature keys in a JWK Set; others are passed over.

    Raises `KeySetUnreadable` when it is not a JWK Set or no key is usable.
    """
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise KeySetUnreadable("not JSON") from None
    listed = document.get("keys") if isinstance(document, dict) else None
    if not isinstance(listed, list):
        raise KeySetUnreadable("not a JWK Set")
    backends = {jwk.get("kid"): backend for jwk in listed[:MAX_KEYS] if (backend := _usable(jwk)) is not None}
    if not backends:
        raise KeySetUnreadable("it holds no usable key")
    return backends


def _usable(jwk: Any) -> TokenBackend | None:
    if not isinstance(jwk, dict) or not _is_for_signatures(jwk):
        return None
    try:
        return backend_of(PyJWK(jwk, _KEY_ALGORITHMS[jwk["kty"]]).key)
    except (PyJWTError, WeakKey):
        return None


def _is_for_signatures(jwk: dict[str, Any]) -> bool:
    """Whether kind, purpose, algorithm and key id fit (RFC 7517 section 4)."""
    algorithm = _KEY_ALGORITHMS.get(str(jwk.get("kty")))
    operations = jwk.get("key_ops", ["verify"])
    return (
        algorithm is not None
        and jwk.get("alg", algorithm) == algorithm
        and jwk.get("use", "sig") == "sig"
        and isinstance(operations, list)
        and "verify" in operations
        and isinstance(jwk.get("kid"), str | None)
    )
