"""Changes to who takes part: learners and their identities, access of people to learners, data keys."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction

from accounts.models import AccessLog, DataKey, Learner, LearnerAccess, LearnerIdentity, User
from accounts.sealing import forget_data_key, wrapping_context
from common.crypto import key_encryption_keys, new_key
from common.errors import Conflict, NotFound


class IdentityTaken(Conflict):
    """The name already leads to another learner."""

    code = "identity_taken"
    title = "The name leads to another learner"


class AccessAlreadyGranted(Conflict):
    """The person already has access to the learner, in another role."""

    code = "access_already_granted"
    title = "The person already has access"


def ensure_learner(*, user_id: str, issuer: str, at: datetime) -> UUID:
    """The learner that `user_id` is at `issuer`; made with identity and data key when there is none.

    One SELECT for a known identity. A subject that is some learner's canonical `user_id` is that learner at
    every issuer: `user_id` is unique here (R029).
    """
    known = _learner_at(issuer, user_id)
    return known or _new_identity(user_id, issuer, at)


@transaction.atomic
def _new_identity(user_id: str, issuer: str, at: datetime) -> UUID:
    _lock_name(user_id)
    known = _learner_at(issuer, user_id)
    if known:
        return known
    learner_id = _canonical_learner(user_id) or _new_learner(user_id, at)
    LearnerIdentity.objects.create(learner_id=learner_id, issuer=issuer, subject=user_id, created_at=at)
    return learner_id


def _new_learner(user_id: str, at: datetime) -> UUID:
    learner = Learner.objects.create(user_id=user_id, created_at=at)
    wrapped_by, wrapped_key = key_encryption_keys().wrap(new_key(), wrapping_context(learner.id))
    DataKey.objects.create(learner=learner, wrapped_by=wrapped_by, wrapped_key=wrapped_key, created_at=at)
    return learner.id


@transaction.atomic
def add_identity(*, learner_id: UUID, subject: str, at: datetime, issuer: str | None = None) -> None:
    """Let `subject` at `issuer` (JWT_ISSUER by default) lead to the learner too (R161, K-19).

    Nothing changes when it does already. Raises `IdentityTaken` when the name leads to somebody else,
    `NotFound` when there is no such learner.
    """
    issuer = issuer or settings.JWT_ISSUER
    if not Learner.objects.filter(pk=learner_id).exists():
        raise NotFound("There is no such learner.")
    _lock_name(subject)
    taken_by = _learner_at(issuer, subject) or _canonical_learner(subject)
    if taken_by not in (None, learner_id):
        raise IdentityTaken("This name already leads to another learner.")
    LearnerIdentity.objects.get_or_create(
        issuer=issuer, subject=subject, defaults={"learner_id": learner_id, "created_at": at}
    )


def grant_access(*, user_id: int, learner_id: UUID, role: str, by: str, at: datetime) -> UUID:
    """Let a person look at a learner (R150); the id of the permission. Granting it again changes nothing.

    Raises `AccessAlreadyGranted` when the person has access in another role, `NotFound` for an unknown
    person or learner.
    """
    if not User.objects.filter(pk=user_id).exists() or not Learner.objects.filter(pk=learner_id).exists():
        raise NotFound("There is no such person or learner.")
    LearnerAccess.objects.bulk_create(
        [LearnerAccess(user_id=user_id, learner_id=learner_id, role=role, granted_by=by, granted_at=at)],
        ignore_conflicts=True,
    )
    access = LearnerAccess.objects.get(user_id=user_id, learner_id=learner_id, revoked_at=None)
    if access.role != role:
        raise AccessAlreadyGranted(f"This person already has access as {access.role}.")
    return access.id


def revoke_access(*, access_id: UUID, by: str, at: datetime) -> bool:
    """End a permission. False when it had ended before; raises `NotFound` when there never was one."""
    if LearnerAccess.objects.filter(pk=access_id, revoked_at=None).update(revoked_by=by, revoked_at=at):
        return True
    if not LearnerAccess.objects.filter(pk=access_id).exists():
        raise NotFound("There is no such permission.")
    return False


def record_access(*, learner_id: UUID, actor: str, channel: str, what: str, at: datetime) -> None:
    """Note that somebody looked at a learner's record (R150). `channel` is api, page, admin or export."""
    AccessLog.objects.create(learner_id=learner_id, actor=actor, channel=channel, what=what[:200], at=at)


def record_accesses(
    *, learner_ids: Iterable[UUID], actor: str, channel: str, what: str, at: datetime
) -> None:
    """The same for one look at several learners' records; one statement."""
    AccessLog.objects.bulk_create(
        AccessLog(learner_id=learner_id, actor=actor, channel=channel, what=what[:200], at=at)
        for learner_id in set(learner_ids)
    )


def destroy_data_key(*, learner_id: UUID, at: datetime) -> bool:
    """Make every sealed body of the learner unreadable, in every copy, for ever. False when it was before.

    Other processes may still hold the unwrapped key for `accounts.sealing.DATA_KEY_SECONDS`.
    """
    destroyed = DataKey.objects.filter(learner_id=learner_id, destroyed_at=None).update(
        wrapped_key=None, destroyed_at=at
    )
    forget_data_key(learner_id)
    return bool(destroyed)


def _learner_at(issuer: str, subject: str) -> UUID | None:
    identities = LearnerIdentity.objects.filter(issuer=issuer, subject=subject)
    return identities.values_list("learner_id", flat=True).first()


def _canonical_learner(user_id: str) -> UUID | None:
    return Learner.objects.filter(user_id=user_id).values_list("id", flat=True).first()


def _lock_name(name: str) -> None:
    """One transaction at a time may decide whom a name belongs to: it stands in two tables, at any issuer."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 7411))", [name])
