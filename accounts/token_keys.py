"""Keys that verify bearer tokens. The key decides the algorithm, never the token (RFC 8725 section 3.1)."""

from datetime import timedelta
from typing import Protocol

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from rest_framework_simplejwt.backends import TokenBackend

MIN_RSA_BITS = 2048


class TokenRefused(Exception):
    """The token does not identify anybody here; the message says why and may be told to the caller."""


class KeysUnavailable(Exception):
    """The identity service did not answer, so nobody can say whether the token is good."""


class WeakKey(ValueError):
    """The key is not RSA with at least 2,048 bits (RS256) or EC on P-256 (ES256)."""


class KeySource(Protocol):
    """Where verifying keys come from."""

    def backend(self, key_id: str | None) -> TokenBackend:
        """The backend of that key; `TokenRefused` for an unknown one, or `KeysUnavailable`."""


def backend_of(key: object) -> TokenBackend:
    """simplejwt's verifier for one public key, pinned to its algorithm, our issuer and our audience.

    Raises `WeakKey`.
    """
    if isinstance(key, rsa.RSAPublicKey) and key.key_size >= MIN_RSA_BITS:
        return _backend("RS256", key)
    if isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1):
        return _backend("ES256", key)
    raise WeakKey("A verifying key must be a public RSA key of at least 2048 bits or an EC key on P-256.")


def _backend(algorithm: str, key: rsa.RSAPublicKey | ec.EllipticCurvePublicKey) -> TokenBackend:
    return TokenBackend(
        algorithm,
        verifying_key=key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode(),
        audience=settings.JWT_AUDIENCE,
        issuer=settings.JWT_ISSUER,
        leeway=timedelta(seconds=settings.JWT_LEEWAY_SECONDS),
    )


def chosen(backends: dict[str | None, TokenBackend], key_id: str | None) -> TokenBackend | None:
    """The backend of `key_id`; a token without key id may use the only key there is."""
    if key_id is None and len(backends) == 1:
        return next(iter(backends.values()))
    return backends.get(key_id)


class FixedKey:
    """One configured key. With a name of its own it refuses tokens that name another."""

    def __init__(self, key: object, *, name: str | None = None) -> None:
        self._backend = backend_of(key)
        self._name = name

    def backend(self, key_id: str | None) -> TokenBackend:
        if self._name is not None and key_id not in (None, self._name):
            raise TokenRefused("The token's key is not known.")
        return self._backend
