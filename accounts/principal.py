"""Who makes a request: a learner, a service or a person, as the token says. No database, no HTTP."""

import hashlib
from dataclasses import dataclass
from typing import ClassVar, Literal
from urllib.parse import quote
from uuid import UUID

Kind = Literal["learner", "service", "person"]

SERVICE_SCOPE = "co"
MENTOR_ROLE = "mentor"
STAFF_ROLE = "staff"
ACTOR_CHARACTERS = 120
MAX_SUBJECT_CHARACTERS = 255


def is_subject(value: str) -> bool:
    """Whether a token could carry this `sub`: 1 to 255 printable characters without space around them.

    The database refuses NUL, logs the other control characters.
    """
    return 0 < len(value) <= MAX_SUBJECT_CHARACTERS and value.isprintable() and value == value.strip()


def kind_of(*, roles: frozenset[str], scopes: frozenset[str]) -> Kind:
    """Service before person before learner: the least personal kind that the token claims."""
    if SERVICE_SCOPE in scopes:
        return "service"
    return "person" if roles & {MENTOR_ROLE, STAFF_ROLE} else "learner"


def actor_name(kind: Kind, name: str) -> str:
    """`kind:name` as log and audit trail keep it: at most 120 characters of A-Z a-z 0-9 : . _ @ | + / = -.

    Other characters are percent-encoded. A name that gets too long is replaced by its SHA-256; the
    `%sha256` cannot be the encoding of any name, so nobody can choose a name that looks like the digest of
    another.
    """
    encoded = f"{kind}:{quote(name, safe=':@|+/=').replace('~', '%7E')}"
    if len(encoded) <= ACTOR_CHARACTERS:
        return encoded
    return f"{kind}:%sha256={hashlib.sha256(name.encode()).hexdigest()}"


@dataclass(frozen=True, slots=True)
class Principal:
    """The caller of the API (`request.user`). Learners have a `learner_id`, people perhaps a `user_id_pk`."""

    subject: str
    kind: Kind
    roles: frozenset[str]
    scopes: frozenset[str]
    learner_id: UUID | None
    user_id_pk: int | None

    is_authenticated: ClassVar[bool] = True
    is_anonymous: ClassVar[bool] = False

    def __str__(self) -> str:
        return self.actor

    @property
    def actor(self) -> str:
        """The caller's name in events and audit trail: `learner:<uuid>`, `service:<sub>`, `person:<sub>`."""
        return actor_name(self.kind, str(self.learner_id) if self.learner_id else self.subject)

    @property
    def is_learner(self) -> bool:
        return self.kind == "learner"

    @property
    def is_service(self) -> bool:
        return self.kind == "service"

    @property
    def is_mentor(self) -> bool:
        return self.kind == "person" and MENTOR_ROLE in self.roles

    @property
    def is_staff(self) -> bool:
        return self.kind == "person" and STAFF_ROLE in self.roles
