"""Tokens and key sets made by hand: what an attacker or a broken identity service could send."""

import base64
import json
import time
from functools import cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt import PyJWS
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


@cache
def rsa_key(name: str, bits: int = 2048) -> rsa.RSAPrivateKey:
    """One RSA key per name and test process: making them takes a tenth of a second."""
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


@cache
def ec_key(name: str) -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def pem(key: PrivateKey) -> str:
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def claims(**changes: Any) -> dict[str, Any]:
    """The claims of a good token of Alice; None takes a claim away."""
    now = int(time.time())
    good = {"iss": "api.scimigo.com", "aud": "scimigo", "sub": "alice", "iat": now, "exp": now + 600}
    return {name: value for name, value in (good | changes).items() if value is not None}


def signed(
    key: PrivateKey, payload: dict[str, Any] | None = None, *, kid: str | None = None, **headers: Any
) -> str:
    """A token signed by `key` with the algorithm that fits it."""
    algorithm = "RS256" if isinstance(key, rsa.RSAPrivateKey) else "ES256"
    named = headers if kid is None else {"kid": kid, **headers}
    body = json.dumps(claims() if payload is None else payload).encode()
    # PyJWT's own encoder refuses some of the claims that a test wants to see refused.
    return PyJWS().encode(body, key, algorithm=algorithm, headers=named)


def segment(value: Any) -> str:
    """One part of a compact token, from JSON or from bytes."""
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def jwk(key: PrivateKey, kid: str | None, **members: Any) -> dict[str, Any]:
    """The public JSON Web Key of `key`."""
    public = key.public_key()
    made = (
        RSAAlgorithm.to_jwk(public, as_dict=True)
        if isinstance(public, rsa.RSAPublicKey)
        else ECAlgorithm.to_jwk(public, as_dict=True)
    )
    made.pop("key_ops", None)
    return made | ({} if kid is None else {"kid": kid}) | members
