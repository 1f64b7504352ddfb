"""Who takes part: learners and their names elsewhere, people who may look at them, the keys of their sealed bodies."""

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from common.ids import uuid7


class User(AbstractUser):
    """Somebody who signs in to the pages or the admin: staff, mentors, teachers, parents. Learners have no user."""

    subject = models.CharField(
        max_length=255,
        null=True,
        blank=True,
        unique=True,
        help_text="The `sub` of this person's bearer tokens; empty for people who only use the pages.",
    )

    class Meta:
        db_table = "users"


class Learner(models.Model):
    """A person whose journey is recorded. `user_id` is the canonical JWT `sub` (R029); all else points to `id`."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user_id = models.CharField(max_length=255, unique=True)
    timezone = models.CharField(max_length=64, default="UTC")
    locale = models.CharField(max_length=16, default="en")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "learners"
        constraints = [
            models.CheckConstraint(condition=~Q(user_id=""), name="learners_user_id_is_not_empty"),
        ]

    def __str__(self) -> str:
        return self.user_id


class LearnerIdentity(models.Model):
    """A name of a learner at an issuer, in the old or the new format: each leads to the same learner (R161, K-19)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    learner = models.ForeignKey(Learner, on_delete=models.PROTECT, related_name="identities")
    issuer = models.CharField(max_length=255)
    subject = models.CharField(max_length=255)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "learner_identities"
        verbose_name_plural = "learner identities"
        constraints = [
            models.UniqueConstraint(
                fields=["issuer", "subject"], name="learner_identities_lead_to_one_learner"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject} at {self.issuer}"


class LearnerAccess(models.Model):
    """Permission of a mentor, teacher or parent to look at one learner (R150)."""

    class Role(models.TextChoices):
        MENTOR = "mentor"
        TEACHER = "teacher"
        PARENT = "parent"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="learner_access")
    learner = models.ForeignKey(Learner, on_delete=models.PROTECT, related_name="access")
    role = models.CharField(max_length=10, choices=Role, default=Role.MENTOR)
    granted_by = models.CharField(max_length=120)
    granted_at = models.DateTimeField(db_default=Now())
    revoked_by = models.CharField(max_length=120, blank=True, default="")
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "learner_access"
        verbose_name_plural = "learner access"
        constraints = [
            models.UniqueConstraint(
                fields=["user", "learner"],
                condition=Q(revoked_at=None),
                name="learner_access_is_granted_once",
            ),
            models.CheckConstraint(
                condition=Q(role__in=["mentor", "teacher", "parent"]), name="learner_access_role_is_known"
            ),
            models.CheckConstraint(
                condition=Q(revoked_at=None) | Q(revoked_at__gte=F("granted_at")),
                name="learner_access_is_revoked_after_it_was_granted",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} as {self.role} of {self.learner}"


class AccessLog(models.Model):
    """One look of a mentor or of staff at a learner's record (R150)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    learner = models.ForeignKey(Learner, on_delete=models.PROTECT, related_name="access_log", db_index=False)
    actor = models.CharField(max_length=120)
    channel = models.CharField(max_length=10)
    what = models.CharField(max_length=200)
    at = models.DateTimeField()

    class Meta:
        db_table = "access_log"
        verbose_name_plural = "access log"
        indexes = [
            models.Index(fields=["learner", "-at"], name="idx_access_log_learner")
        ]  # the learner's own view
        constraints = [
            models.CheckConstraint(
                condition=Q(channel__in=["api", "page", "admin", "export"]),
                name="access_log_channel_is_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.actor} looked at {self.what}"


class DataKey(models.Model):
    """The learner's data key, wrapped by a key-encryption key. Once destroyed, no sealed body of theirs can be read."""

    learner = models.OneToOneField(
        Learner, on_delete=models.PROTECT, primary_key=True, related_name="data_key"
    )
    wrapped_by = models.CharField(max_length=40)
    wrapped_key = models.BinaryField(null=True)
    created_at = models.DateTimeField(db_default=Now())
    destroyed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "data_keys"
        constraints = [
            models.CheckConstraint(
                condition=Q(wrapped_key=None, destroyed_at__isnull=False)
                | Q(wrapped_key__isnull=False, destroyed_at=None),
                name="data_keys_are_whole_or_destroyed",
            ),
        ]

    def __str__(self) -> str:
        return f"data key of {self.learner_id}"


class IdempotencyRecord(models.Model):
    """The answer that an `Idempotency-Key` got, stored in the transaction of the change it answers."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    caller = models.CharField(max_length=300)
    key = models.CharField(max_length=255)
    request_digest = models.BinaryField()
    status = models.PositiveSmallIntegerField(null=True)
    headers = models.JSONField(default=dict)
    body = models.BinaryField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "idempotency_records"
        constraints = [
            models.UniqueConstraint(fields=["caller", "key"], name="idempotency_records_answer_once"),
        ]
        indexes = [models.Index(fields=["created_at"], name="idx_idempotency_created")]  # forgetting old keys

    def __str__(self) -> str:
        return self.key
