"""The embedded issuer: signs bearer tokens where there is no identity service.

RS256 rather than ES256: RSA with 2048 bits signs slowly but verifies faster (60 against 96 microseconds for a
whole token with cryptography 50), and every request verifies.
"""

import base64
import hashlib
import os
import secrets
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from django.conf import settings

ALGORITHM = "RS256"
KEY_BITS = 2048
KEY_FILE = "issuer-key.pem"

CLAIMS_OF_ROLE: dict[str, dict[str, Any]] = {
    "learner": {},
    "mentor": {"roles": ["mentor"]},
    "staff": {"roles": ["staff"]},
    "service": {"scope": "co"},
}


def issue_token(*, subject: str, role: str, at: datetime, lifetime: timedelta) -> str:
    """A signed token of `subject` in `role` (a key of `CLAIMS_OF_ROLE`), valid from `at` for `lifetime`."""
    claims = {
        "iss": settings.JWT_ISSUER,
        "aud": settings.JWT_AUDIENCE,
        "sub": subject,
        "iat": int(at.timestamp()),
        "nbf": int(at.timestamp()),
        "exp": int((at + lifetime).timestamp()),
        **CLAIMS_OF_ROLE[role],
    }
    return jwt.encode(claims, signing_key(), algorithm=ALGORITHM, headers={"kid": key_id()})


def signing_key() -> rsa.RSAPrivateKey:
    """The installation's key, made at the first call; processes that start together get the same one."""
    return _signing_key(key_path())


def key_path() -> Path:
    return Path(settings.DATA_DIR) / KEY_FILE


def public_key() -> rsa.RSAPublicKey:
    return signing_key().public_key()


def public_pem() -> str:
    """The public key in the form that JWT_PUBLIC_KEY takes."""
    return public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def key_id() -> str:
    """A fingerprint of the public key, so that a new key file is a new key id."""
    der = public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return base64.urlsafe_b64encode(hashlib.sha256(der).digest()[:12]).decode()


@lru_cache(maxsize=4)
def _signing_key(path: Path) -> rsa.RSAPrivateKey:
    if not path.exists():
        _make_key_file(path)
    key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise TypeError(f"{path} does not hold an RSA key.")
    return key


def _make_key_file(path: Path) -> None:
    """Write a whole file under another name, then link it: the first one wins, nobody sees half a key."""
    path.parent.mkdir(parents=True, exist_ok=True)
    key = rsa.generate_private_key(public_exponent=65537, key_size=KEY_BITS)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with open(descriptor, "wb") as file:
            file.write(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
            file.flush()
            os.fsync(file.fileno())
        _link_unless_there(draft, path)
    finally:
        draft.unlink()


def _link_unless_there(draft: Path, path: Path) -> None:
    try:
        path.hardlink_to(draft)
    except FileExistsError:
        return
