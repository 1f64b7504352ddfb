"""Bearer authentication of the API: a token in the header, a `Principal` as `request.user`."""

import re
from uuid import UUID

from django.utils import timezone
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from accounts.models import User
from accounts.principal import Principal, kind_of
from accounts.services import ensure_learner
from accounts.token_keys import KeysUnavailable, TokenRefused
from accounts.tokens import MAX_TOKEN_CHARACTERS, Claims, verify_token
from accounts.ttl_cache import TtlCache
from common.errors import Unavailable

REALM = 'Bearer realm="study-paths"'
LEARNER_SECONDS = 60.0

_BEARER = re.compile(r"Bearer ([A-Za-z0-9._-]+)")

# An identity never moves to another learner, so an entry cannot become wrong while it lives.
_learner_ids: TtlCache[tuple[str, str], UUID] = TtlCache(max_entries=10_000, ttl_seconds=LEARNER_SECONDS)


class IdentityUnavailable(Unavailable):
    """The keys of the identity service cannot be fetched, so nobody can say whether the token is good."""

    code = "identity_unavailable"
    title = "The identity service cannot be reached right now"


class BearerAuthentication(BaseAuthentication):
    """One header, one scheme, one space, one token; everything else in `Authorization` is a 401 (K-18)."""

    def authenticate(self, request: Request) -> tuple[Principal, Claims] | None:
        header = request.META.get("HTTP_AUTHORIZATION")
        if header is None:
            return None
        try:
            claims = verify_token(_token_in(header))
        except TokenRefused as refused:
            raise AuthenticationFailed(str(refused)) from None
        except KeysUnavailable as unavailable:
            raise IdentityUnavailable(str(unavailable), retry_after=5) from None
        return principal_of(claims), claims

    def authenticate_header(self, request: Request) -> str:
        """The challenge of a 401 (RFC 6750 section 3): an error code only when there was a token."""
        return f'{REALM}, error="invalid_token"' if "HTTP_AUTHORIZATION" in request.META else REALM


def principal_of(claims: Claims) -> Principal:
    """Who the bearer is here. A learner who comes for the first time is created.

    At most one SELECT on an index for a known learner or person, none for a service.
    """
    kind = kind_of(roles=claims.roles, scopes=claims.scopes)
    return Principal(
        subject=claims.subject,
        kind=kind,
        roles=claims.roles,
        scopes=claims.scopes,
        learner_id=_learner_id(claims) if kind == "learner" else None,
        user_id_pk=_user_id(claims.subject) if kind == "person" else None,
    )


def forget_learners() -> None:
    """Empty the cache of identities."""
    _learner_ids.clear()


def _token_in(header: str) -> str:
    """Two `Authorization` headers reach WSGI as one with a comma, which no token contains."""
    match = _BEARER.fullmatch(header) if len(header) <= MAX_TOKEN_CHARACTERS + 7 else None
    if match is None:
        raise TokenRefused("The Authorization header must be: Bearer, one space, one token.")
    return match[1]


def _learner_id(claims: Claims) -> UUID:
    identity = (claims.issuer, claims.subject)
    learner_id = _learner_ids.get(identity)
    if learner_id is None:
        learner_id = ensure_learner(user_id=claims.subject, issuer=claims.issuer, at=timezone.now())
        _learner_ids.put(identity, learner_id)
    return learner_id


def _user_id(subject: str) -> int | None:
    """The user behind a person's token, if there is one; a user who was switched off is refused."""
    row = User.objects.filter(subject=subject).values_list("pk", "is_active").first()
    if row is None:
        return None
    if not row[1]:
        raise AuthenticationFailed("This account is switched off.")
    return row[0]
