"""Bearer tokens of the identity service: what a good one looks like (RFC 7519, RFC 8725).

simplejwt's `TokenBackend` checks signature, issuer, audience and times with one algorithm per key. It does
not require `exp`, takes any `sub` and follows no key rotation, and its `Token` classes want a `token_type`
claim that only tokens made by simplejwt have; so keys come from `accounts.token_keys`, and the claims are
checked here.
"""

import hashlib
import re
import time
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, cast

import orjson
from django.conf import settings
from jwt.utils import base64url_decode
from rest_framework_simplejwt.exceptions import TokenBackendError, TokenBackendExpiredToken

from accounts.key_source import key_source
from accounts.principal import is_subject
from accounts.token_keys import KeySource, TokenRefused
from accounts.ttl_cache import TtlCache

MAX_TOKEN_CHARACTERS = 8192
MAX_HEADER_CHARACTERS = 1024
MAX_KEY_ID_CHARACTERS = 256
MAX_SUBJECT_CHARACTERS = 255
MAX_ROLES = 64
VERIFIED_SECONDS = 60.0
EXPIRED = "The token has expired."
_COMPACT = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")


@dataclass(frozen=True, slots=True)
class Claims:
    """What a verified token says about its bearer."""

    subject: str
    issuer: str
    roles: frozenset[str]
    scopes: frozenset[str]
    expires_at: int


# The key is the source and the token's digest: other keys or other checks make another source.
_verified: TtlCache[tuple[KeySource, bytes], Claims] = TtlCache(
    max_entries=10_000, ttl_seconds=VERIFIED_SECONDS
)


def verify_token(token: str) -> Claims:
    """The claims of a good token, in compact form (RFC 7515 section 3.1) and of at most 8,192 characters.

    Raises `TokenRefused` for any other, `KeysUnavailable` when the identity service's keys could not be
    fetched yet. A token seen within the last minute is not decoded again, but its expiry is looked at again.
    """
    source = key_source()
    seen = (source, hashlib.sha256(token.encode()).digest())
    claims = _verified.get(seen)
    if claims is None:
        claims = _claims(_decoded(token, source))
        _verified.put(seen, claims)
    elif claims.expires_at <= time.time() - settings.JWT_LEEWAY_SECONDS:
        raise TokenRefused(EXPIRED)
    return claims


def forget_verified_tokens() -> None:
    """Empty the cache of decoded tokens."""
    _verified.clear()


def _decoded(token: str, source: KeySource) -> dict[str, Any]:
    if len(token) > MAX_TOKEN_CHARACTERS or not _COMPACT.fullmatch(token):
        raise TokenRefused("The token is malformed.")
    backend = source.backend(_key_id(token.partition(".")[0]))
    try:
        # Annotated with simplejwt's own token class, which is not what PyJWT gets to decode below it.
        return backend.decode(cast(Any, token))
    except TokenBackendExpiredToken:
        raise TokenRefused(EXPIRED) from None
    except TokenBackendError:
        raise TokenRefused("The token is not valid.") from None


@lru_cache(maxsize=64)
def _key_id(header_segment: str) -> str | None:
    """The `kid` of the header. `jku`, `x5u`, `jwk` and `x5c` are never looked at (RFC 8725 section 3.10).

    Headers repeat from token to token, hence the cache.
    """
    if len(header_segment) > MAX_HEADER_CHARACTERS:
        raise TokenRefused("The token's header is too long.")
    try:
        header = orjson.loads(base64url_decode(header_segment))
    except ValueError:
        raise TokenRefused("The token's header cannot be read.") from None
    if not isinstance(header, dict) or header.get("alg") not in settings.JWT_ALGORITHMS:
        raise TokenRefused("The token's algorithm is not accepted.")
    key_id = header.get("kid")
    if "kid" in header and not (isinstance(key_id, str) and 0 < len(key_id) <= MAX_KEY_ID_CHARACTERS):
        raise TokenRefused("The token's key id is not valid.")
    return key_id


def _claims(payload: dict[str, Any]) -> Claims:
    return Claims(
        subject=_subject(payload.get("sub")),
        issuer=payload["iss"],
        roles=_names(payload.get("roles", []), "roles"),
        scopes=_names(_scope_list(payload.get("scope", "")), "scope"),
        expires_at=_expiry(payload.get("exp")),
    )


def _expiry(value: object) -> int:
    """Seconds since 1970 (RFC 7519 section 2, NumericDate)."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TokenRefused("The token's expiry is missing or not valid.")
    return int(value)


def _subject(value: object) -> str:
    if not isinstance(value, str) or not is_subject(value):
        raise TokenRefused("The token's subject is missing or not valid.")
    return value


def _scope_list(value: object) -> object:
    """Scopes are one string with spaces between them (RFC 8693 section 4.2)."""
    return value.split() if isinstance(value, str) else None


def _names(value: object, claim: str) -> frozenset[str]:
    """A malformed claim refuses the token: reading it as "none" would turn a service into a learner."""
    if not isinstance(value, list) or len(value) > MAX_ROLES:
        raise TokenRefused(f"The token's claim {claim} is not valid.")
    if not all(isinstance(name, str) for name in value):
        raise TokenRefused(f"The token's claim {claim} is not valid.")
    return frozenset(value)
