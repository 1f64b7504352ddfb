"""Rules over all models: what may change, what refers to the log, which projection reads which event."""

from typing import Any

from django.apps import apps
from django.db import models

from studypaths.models import TaskEvent
from studypaths.projection import projections, projections_of
from studypaths.states import EventType

OURS = ("accounts", "catalog", "evaluations", "reviews", "studypaths")

#: How rows of each table change. A model that is missing here was added without a thought about it.
MUTABILITY = {
    "accounts.User": "mutable",
    "accounts.Learner": "mutable",
    "accounts.LearnerIdentity": "append-only",
    "accounts.LearnerAccess": "mutable",  # revoked once
    "accounts.AccessLog": "append-only",
    "accounts.DataKey": "mutable",  # rewrapped, destroyed
    "accounts.IdempotencyRecord": "mutable",  # filled once, forgotten after a day
    "catalog.Track": "mutable",
    "catalog.Module": "mutable",
    "catalog.Topic": "mutable",
    "catalog.Problem": "mutable",
    "catalog.ProblemVersion": "append-only",
    "studypaths.StudyPath": "projection",
    "studypaths.StudyTask": "projection",
    "studypaths.TaskEvent": "append-only",
    "studypaths.ChainHead": "mutable",  # moves with every event
    "studypaths.Mastery": "projection",
    "reviews.ReviewItem": "projection",
    "reviews.ReviewLog": "projection",
    "reviews.ReviewSettings": "projection",
    "evaluations.TaskEvaluation": "projection",
    "evaluations.EvaluationTurn": "mutable",
    "evaluations.Rejudging": "mutable",  # working rows: no learner record before it is applied
    "evaluations.RejudgingItem": "mutable",
}
#: Types that later work records; their place in the vocabulary is taken (R061, K-10).
NOT_YET_RECORDED = {
    "hint_requested", "tutor_interaction", "task_rescheduled", "corrected", "imported", "erased",
}  # fmt: skip


def our_models() -> list[type[models.Model]]:
    return [model for app in OURS for model in apps.get_app_config(app).get_models()]


def test_every_model_says_how_it_changes() -> None:
    assert {model._meta.label for model in our_models()} == MUTABILITY.keys()


def test_projections_are_the_tables_that_the_log_determines() -> None:
    declared = {
        model._meta.db_table for model in our_models() if MUTABILITY[model._meta.label] == "projection"
    }

    assert declared == {projection.table for projection in projections()}


def test_append_only_models_have_no_time_of_change() -> None:
    for model in our_models():
        if MUTABILITY[model._meta.label] == "append-only":
            assert "updated_at" not in {field.name for field in model._meta.fields}, model


def test_every_event_type_has_a_projection_or_is_listed_as_not_recorded() -> None:
    handled = {str(event_type) for event_type in EventType if projections_of(event_type)}

    assert handled | NOT_YET_RECORDED == {str(event_type) for event_type in EventType}
    assert not handled & NOT_YET_RECORDED


def test_projections_read_known_types_only() -> None:
    for projection in projections():
        assert projection.event_types <= {str(event_type) for event_type in EventType}
        assert projection.creates <= projection.event_types


def foreign_keys() -> list[Any]:
    return [field for model in our_models() for field in model._meta.fields if field.remote_field]


def test_nothing_cascades_to_what_the_log_refers_to() -> None:
    """K-22. A task may go with its path; its events refuse that, so neither ever goes."""
    allowed = {("studypaths.StudyTask", "path")}

    unprotected = {
        (field.model._meta.label, field.name)
        for field in foreign_keys()
        if field.remote_field.on_delete is not models.PROTECT
    }

    assert unprotected == allowed
    assert {field.name for field in TaskEvent._meta.fields if field.remote_field} == {
        "learner",
        "path",
        "task",
    }


def test_tables_carry_the_names_of_the_source_documents() -> None:
    tables = {model._meta.db_table for model in our_models()}

    assert {
        "study_paths",
        "study_tasks",
        "task_events",
        "task_evaluations",
        "mastery",
        "review_queue",
    } <= tables
