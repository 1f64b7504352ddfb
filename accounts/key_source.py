"""Which keys verify tokens here: the identity service's, a configured one, or the embedded issuer's."""

from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from accounts import issuer
from accounts.jwks import RemoteKeys
from accounts.token_keys import FixedKey, KeySource, WeakKey


def key_source() -> KeySource:
    """The configured source; it lives as long as the process and the settings that it was made of.

    Raises `ImproperlyConfigured` where there is none: only an installation with the embedded database, or
    with DEBUG, trusts the key that it made itself.
    """
    return _source(
        settings.JWT_JWKS_URL,
        settings.JWT_JWKS_CACHE_SECONDS,
        settings.JWT_PUBLIC_KEY,
        issuer.key_path() if trusts_embedded_issuer() else None,
        (settings.JWT_ISSUER, settings.JWT_AUDIENCE, settings.JWT_LEEWAY_SECONDS),
    )


def trusts_embedded_issuer() -> bool:
    """Whether tokens of `accounts.issuer` are accepted without further configuration."""
    return not settings.JWT_JWKS_URL and not settings.JWT_PUBLIC_KEY and (settings.EMBEDDED or settings.DEBUG)


def forget_key_sources() -> None:
    """Drop every source with the key sets that it holds."""
    _source.cache_clear()


@lru_cache(maxsize=8)
def _source(
    jwks_url: str,
    cache_seconds: int,
    public_key: str,
    embedded_key: Path | None,
    checks: tuple[str, str, int],
) -> KeySource:
    """`checks` are the other settings that a source depends on, so that changed ones make a new source."""
    if jwks_url:
        return RemoteKeys(jwks_url, cache_seconds=cache_seconds)
    if public_key:
        return configured_key(public_key)
    if embedded_key is not None:
        return FixedKey(issuer.public_key(), name=issuer.key_id())
    raise ImproperlyConfigured("Set JWT_JWKS_URL or JWT_PUBLIC_KEY: nobody's tokens can be verified.")


def configured_key(pem: str) -> FixedKey:
    """The key of JWT_PUBLIC_KEY. Raises `ImproperlyConfigured` for anything but a strong public key."""
    try:
        return FixedKey(load_pem_public_key(pem.encode()))
    except (ValueError, UnsupportedAlgorithm, WeakKey) as error:
        raise ImproperlyConfigured(f"JWT_PUBLIC_KEY is not usable: {error}") from None
