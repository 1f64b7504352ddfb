"""Who may call a view at all. Whose records may be seen is asked of `accounts.selectors.may_look_at`."""

from typing import Any

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from accounts.principal import Principal


def principal_in(request: Request) -> Principal | None:
    """The caller, or None when nobody signed in."""
    user: object = request.user
    return user if isinstance(user, Principal) else None


class IsSignedIn(BasePermission):
    """Any good token."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return principal_in(request) is not None


class IsLearner(BasePermission):
    """Learners only."""

    message = "Only a learner may do this."

    def has_permission(self, request: Request, view: Any) -> bool:
        caller = principal_in(request)
        return caller is not None and caller.is_learner


class IsService(BasePermission):
    """Services (scope `co`) only."""

    message = "Only a service may do this."

    def has_permission(self, request: Request, view: Any) -> bool:
        caller = principal_in(request)
        return caller is not None and caller.is_service


class IsLearnerOrService(BasePermission):
    """Learners and services, but not people who look on."""

    message = "Only a learner or a service may do this."

    def has_permission(self, request: Request, view: Any) -> bool:
        caller = principal_in(request)
        return caller is not None and (caller.is_learner or caller.is_service)
