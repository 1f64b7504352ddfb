"""Staff: who takes part, who may look at whom, who did look. Only users and permissions are changed here."""

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.auth.admin import UserAdmin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from accounts.models import AccessLog, DataKey, Learner, LearnerAccess, LearnerIdentity, User
from accounts.principal import actor_name
from accounts.selectors import has_access
from accounts.services import grant_access, record_access, revoke_access
from common.admin import ReadOnlyAdmin, ReadOnlyInline

if TYPE_CHECKING:  # generic to the type checker only
    AccessForm = forms.ModelForm[LearnerAccess]
    AnyUserAdmin = UserAdmin[User]
else:
    AccessForm, AnyUserAdmin = forms.ModelForm, UserAdmin


def actor_of(request: HttpRequest) -> str:
    """The member of staff as the audit trail names people: by the `sub`, or else `admin:` and the user name.

    The prefix keeps a user name from looking like somebody else's `sub`.
    """
    user = request.user
    if not isinstance(user, User):
        raise TypeError("Nobody is signed in to the admin.")
    return actor_name("person", user.subject or f"admin:{user.get_username()}")


@admin.register(User)
class PersonAdmin(AnyUserAdmin):
    """People who sign in; learners have no user."""

    list_display = ("username", "subject", "email", "is_staff", "is_active")
    search_fields = ("username", "subject", "email")
    fieldsets = (*(UserAdmin.fieldsets or ()), ("Bearer tokens", {"fields": ("subject",)}))


class IdentityInline(ReadOnlyInline[LearnerIdentity, Learner]):
    """All names of the learner."""

    model = LearnerIdentity
    fields = ("issuer", "subject", "created_at")


@admin.register(Learner)
class LearnerAdmin(ReadOnlyAdmin[Learner]):
    """Every look at one learner is in the access log (R150)."""

    list_display = ("user_id", "id", "timezone", "locale", "created_at")
    search_fields = ("user_id__exact", "identities__subject__exact")
    search_help_text = "A whole user id, or a whole name at the identity service."
    ordering = ("-id",)
    inlines = (IdentityInline,)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        learner = self.get_object(request, unquote(object_id))
        if learner is not None and self.has_view_permission(request, learner):
            _record_look(request, learner.id, "learner")
        return super().change_view(request, object_id, form_url, extra_context)


def _record_look(request: HttpRequest, learner_id: UUID, what: str) -> None:
    record_access(
        learner_id=learner_id, actor=actor_of(request), channel="admin", what=what, at=timezone.now()
    )


class GrantForm(AccessForm):
    """Who may look at whom."""

    class Meta:
        model = LearnerAccess
        fields = ("user", "learner", "role")

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        user, learner = given.get("user"), given.get("learner")
        if user and learner and has_access(user.pk, learner.pk):
            raise forms.ValidationError("This person has access already. Revoke it to give another role.")
        return given


@admin.register(LearnerAccess)
class LearnerAccessAdmin(ReadOnlyAdmin[LearnerAccess]):
    """Permissions are granted and revoked, never edited."""

    list_display = ("user", "learner", "role", "granted_by", "granted_at", "revoked_by", "revoked_at")
    list_filter = ("role",)
    list_select_related = ("user", "learner")
    search_fields = ("user__username__exact", "learner__user_id__exact")
    ordering = ("-id",)
    raw_id_fields = ("user", "learner")
    form = GrantForm
    actions = ("revoke",)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return admin.ModelAdmin.has_add_permission(self, request)

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("accounts.change_learneraccess")

    def save_model(self, request: HttpRequest, obj: LearnerAccess, form: Any, change: bool) -> None:
        obj.pk = grant_access(
            user_id=obj.user_id,
            learner_id=obj.learner_id,
            role=obj.role,
            by=actor_of(request),
            at=timezone.now(),
        )

    @admin.action(description="Revoke selected learner access", permissions=["revoke"])
    def revoke(self, request: HttpRequest, chosen: QuerySet[LearnerAccess]) -> None:
        by, at = actor_of(request), timezone.now()
        revoked = sum(revoke_access(access_id=access.pk, by=by, at=at) for access in chosen)
        self.message_user(request, f"{revoked} permissions revoked.", messages.SUCCESS)


@admin.register(AccessLog)
class AccessLogAdmin(ReadOnlyAdmin[AccessLog]):
    """Newest first: the ids are in the order of time, and indexed."""

    list_display = ("at", "actor", "channel", "what", "learner")
    list_filter = ("channel",)
    list_select_related = ("learner",)
    search_fields = ("learner__user_id__exact", "actor__exact")
    ordering = ("-id",)


@admin.register(DataKey)
class DataKeyAdmin(ReadOnlyAdmin[DataKey]):
    """Which key wraps whose data key. The wrapped key itself stays in the database."""

    fields = ("learner", "wrapped_by", "created_at", "destroyed_at")
    list_display = fields
    list_filter = ("wrapped_by",)
    list_select_related = ("learner",)
    search_fields = ("learner__user_id__exact",)
    ordering = ("-learner_id",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[DataKey]:
        return super().get_queryset(request).defer("wrapped_key")
