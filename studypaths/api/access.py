"""Whose record a request is about, and whether its caller may see or change it. A stranger's object is 404."""

from collections.abc import Callable
from uuid import UUID

from django.conf import settings
from django.utils import timezone
from rest_framework.request import Request

from accounts.principal import Principal, is_subject
from accounts.selectors import learner_id_of, may_look_at
from accounts.services import ensure_learner, record_access
from common.errors import Forbidden, InvalidRequest, NotFound, Unauthenticated
from common.parameters import parse_text
from studypaths.selectors import learner_of_path, learner_of_task

NO_TASK = "There is no such task."
NO_PATH = "There is no such path."
NO_USER = "There is no such user."


def caller(request: Request) -> Principal:
    """Who asks."""
    principal: object = request.user
    if not isinstance(principal, Principal):
        raise Unauthenticated("A valid bearer token is needed.")
    return principal


def learner_acting_on_task(request: Request, task_id: UUID) -> UUID:
    """The learner whose task the caller wants to change: the caller, or for a service whoever's task it is.

    For learners this asks no database: the service finds the task under the lock or answers 404.
    """
    return _acting(request, learner_of_task, task_id, NO_TASK)


def learner_acting_on_path(request: Request, path_id: UUID) -> UUID:
    """The learner whose path the caller wants to change."""
    return _acting(request, learner_of_path, path_id, NO_PATH)


def _acting(request: Request, owner_of: Callable[[UUID], UUID | None], object_id: UUID, missing: str) -> UUID:
    principal = caller(request)
    if principal.learner_id is not None:
        return principal.learner_id
    owner = owner_of(object_id)
    if owner is None or not (principal.is_service or may_look_at(principal, owner)):
        raise NotFound(missing)
    if not principal.is_service:
        raise Forbidden("Only the learner or a service may do this.")
    return owner


def learner_shown_by_task(request: Request, task_id: UUID) -> UUID:
    """The learner whose task the caller may look at; the look of another person is logged."""
    return visible_learner(request, learner_of_task(task_id), f"task {task_id}", NO_TASK)


def learner_shown_by_path(request: Request, path_id: UUID) -> UUID:
    """The learner whose path the caller may look at; the look of another person is logged."""
    return visible_learner(request, learner_of_path(path_id), f"path {path_id}", NO_PATH)


def learner_named(request: Request, user_id: str) -> UUID:
    """The learner with this user id or alias, if the caller may look at the record."""
    named = learner_id_of(parse_text(user_id, "user_id"))
    return visible_learner(request, named, "task history", NO_USER)


def visible_learner(request: Request, learner_id: UUID | None, what: str, missing: str) -> UUID:
    """`learner_id` if the caller may look at that learner's record, else `NotFound`."""
    principal = caller(request)
    if learner_id is None or not may_look_at(principal, learner_id):
        raise NotFound(missing)
    if principal.kind == "person":
        record_access(
            learner_id=learner_id, actor=principal.actor, channel="api", what=what, at=timezone.now()
        )
    return learner_id


def own_learner(request: Request) -> UUID:
    """The learner who calls; `Forbidden` for everybody else."""
    learner_id = caller(request).learner_id
    if learner_id is None:
        raise Forbidden("This is about the caller's own record; only learners have one.")
    return learner_id


def learner_to_plan_for(request: Request, user_id: str | None) -> UUID:
    """For whom a path is created: the caller, or the learner that a service names (made if new)."""
    principal = caller(request)
    if principal.is_service:
        if user_id is None:
            raise InvalidRequest.at("#/user_id", "required", "A service says for whom the path is.")
        if not is_subject(user_id):
            raise InvalidRequest.at("#/user_id", "not_a_user_id", "No token could carry this user id.")
        return ensure_learner(user_id=user_id, issuer=settings.JWT_ISSUER, at=timezone.now())
    learner_id = own_learner(request)
    if user_id is not None and learner_id_of(user_id) != learner_id:
        raise InvalidRequest.at("#/user_id", "not_yours", "A learner creates paths for nobody else.")
    return learner_id
