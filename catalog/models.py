"""What can be learned: tracks of modules of topics, and problems in versions."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from catalog.fields import JSONTextField
from common.ids import uuid7


class Track(models.Model):
    """A goal, such as `coding-interview-meta`. `preset` holds the defaults of its paths' config."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    slug = models.SlugField(max_length=100, unique=True)
    title = models.CharField(max_length=200)
    description = models.TextField(blank=True)
    preset = models.JSONField(default=dict, blank=True)

    class Meta:
        db_table = "tracks"

    def __str__(self) -> str:
        return self.title


class Module(models.Model):
    """A chapter of a track (R054). `position` is the order in which modules open, from 1."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    track = models.ForeignKey(Track, on_delete=models.PROTECT, related_name="modules")
    slug = models.SlugField(max_length=50)
    title = models.CharField(max_length=200)
    position = models.PositiveSmallIntegerField()

    class Meta:
        db_table = "modules"
        constraints = [
            models.UniqueConstraint(fields=["track", "slug"], name="modules_slug_is_unique_in_the_track"),
            models.UniqueConstraint(
                fields=["track", "position"], name="modules_position_is_unique_in_the_track"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Topic(models.Model):
    """A skill inside a module, such as `two-pointers`; mastery is kept per topic."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    module = models.ForeignKey(Module, on_delete=models.PROTECT, related_name="topics")
    slug = models.SlugField(max_length=80, unique=True)
    title = models.CharField(max_length=200)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        db_table = "topics"

    def __str__(self) -> str:
        return self.title


class Problem(models.Model):
    """A problem as planning sees it; text and tests are in its versions. Retired ones are never planned."""

    id = models.CharField(primary_key=True, max_length=100)
    title = models.CharField(max_length=200)
    subject = models.CharField(max_length=50, default="coding")
    module = models.CharField(max_length=50)
    topics = ArrayField(models.CharField(max_length=80), default=list)
    difficulty = models.PositiveSmallIntegerField()
    minutes_target = models.PositiveSmallIntegerField()
    current_version = models.PositiveIntegerField(default=1)
    retired_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "problems"
        indexes = [
            models.Index(fields=["module", "difficulty"], name="idx_problems_module")
        ]  # planning's candidates
        constraints = [
            models.CheckConstraint(
                condition=Q(difficulty__range=(1, 5)), name="problems_difficulty_is_1_to_5"
            ),
            models.CheckConstraint(
                condition=Q(minutes_target__gte=1), name="problems_minutes_target_is_positive"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class ProblemVersion(models.Model):
    """One state of a problem's text and tests, never changed. Only `content` may be shown to everybody.

    `hints` are given out one by one; `hidden_tests`, `checker` (`{lang, code}`, null) and `solutions` never.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    problem = models.ForeignKey(Problem, on_delete=models.PROTECT, related_name="versions")
    version = models.PositiveIntegerField()
    content = JSONTextField()
    hidden_tests = JSONTextField(default=list)
    checker = models.JSONField(null=True)
    hints = models.JSONField(default=dict)
    solutions = models.JSONField(default=dict)
    digest = models.CharField(max_length=64)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "problem_versions"
        constraints = [
            models.UniqueConstraint(fields=["problem", "version"], name="problem_versions_are_numbered_once"),
            models.CheckConstraint(condition=Q(version__gte=1), name="problem_versions_start_at_1"),
        ]

    def __str__(self) -> str:
        return f"{self.problem_id} version {self.version}"
