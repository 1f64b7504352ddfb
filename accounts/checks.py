"""System checks: an installation that could verify nobody or cannot read its keys says so at start-up."""

from collections.abc import Callable
from typing import Any
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning
from django.core.exceptions import ImproperlyConfigured

from accounts.key_source import configured_key, trusts_embedded_issuer
from common.crypto import history_seal_keys, key_encryption_keys


def check_token_keys(**_: Any) -> list[CheckMessage]:
    """Tokens must be verifiable, by keys that reached us safely."""
    if settings.JWT_JWKS_URL:
        return _check_jwks_url(urlsplit(settings.JWT_JWKS_URL))
    if settings.JWT_PUBLIC_KEY:
        return _readable(lambda: configured_key(settings.JWT_PUBLIC_KEY), "accounts.E002")
    if trusts_embedded_issuer():
        return []
    return [
        Error(
            "Neither JWT_JWKS_URL nor JWT_PUBLIC_KEY is set: nobody's tokens can be verified.",
            hint="The embedded issuer is trusted only with the embedded database or with DEBUG.",
            id="accounts.E001",
        )
    ]


def check_encryption_keys(**_: Any) -> list[CheckMessage]:
    """Bodies must be sealable and chain heads must be provable."""
    return [
        *_readable(key_encryption_keys, "accounts.E004"),
        *_readable(history_seal_keys, "accounts.E005"),
    ]


def _check_jwks_url(url: SplitResult) -> list[CheckMessage]:
    if url.scheme not in ("http", "https") or not url.hostname:
        return [Error("JWT_JWKS_URL must be an http or https address.", id="accounts.E003")]
    if url.scheme == "http" and url.hostname not in ("localhost", "127.0.0.1", "::1"):
        return [Warning("JWT_JWKS_URL is not https: whoever is on the way can sign in.", id="accounts.W001")]
    return []


def _readable(read: Callable[[], object], check_id: str) -> list[CheckMessage]:
    try:
        read()
    except ImproperlyConfigured as error:
        return [Error(str(error), id=check_id)]
    return []
