"""Questions about who takes part."""

from collections.abc import Iterable
from uuid import UUID

from django.conf import settings

from accounts.models import Learner, LearnerAccess, LearnerIdentity
from accounts.principal import Principal
from accounts.ttl_cache import TtlCache


def learner_id_of(user_id: str) -> UUID | None:
    """The learner with this canonical `user_id` or alias at JWT_ISSUER (R161); one query."""
    aliases = LearnerIdentity.objects.filter(issuer=settings.JWT_ISSUER, subject=user_id)
    canonical = Learner.objects.filter(user_id=user_id)
    either = aliases.values_list("learner_id").union(canonical.values_list("id"), all=True)
    return next((learner_id for (learner_id,) in either[:1]), None)


def may_look_at(principal: Principal, learner_id: UUID) -> bool:
    """Whether the caller may see this learner's record: the learner, services, staff, people with access.

    Only the last asks the database.
    """
    if principal.is_service or principal.is_staff:
        return True
    if principal.is_learner:
        return principal.learner_id == learner_id
    return principal.user_id_pk is not None and has_access(principal.user_id_pk, learner_id)


def has_access(user_id: int, learner_id: UUID) -> bool:
    """Whether the person holds a permission for the learner that was not revoked."""
    return LearnerAccess.objects.filter(user_id=user_id, learner_id=learner_id, revoked_at=None).exists()


def user_ids_of(learner_ids: Iterable[UUID]) -> dict[UUID, str]:
    """Learner id -> canonical user id, for the ids that exist; one query."""
    return dict(Learner.objects.filter(pk__in=set(learner_ids)).values_list("id", "user_id"))


_user_ids: TtlCache[UUID, str] = TtlCache(max_entries=10_000, ttl_seconds=60)


def user_id_of(learner_id: UUID) -> str:
    """The canonical user id of a learner that exists; remembered for a minute, for it hardly ever changes."""
    known = _user_ids.get(learner_id)
    if known is None:
        known = Learner.objects.values_list("user_id", flat=True).get(pk=learner_id)
        _user_ids.put(learner_id, known)
    return known


def forget_user_ids() -> None:
    """Ask the database again: after an erasure, between tests."""
    _user_ids.clear()
