"""The database as PostgreSQL knows it: columns, indexes, constraints (R027 to R057, 001-5, 001-6, practice 4)."""

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, models, transaction

from evaluations.judge import Verdict
from reviews.services import update_settings
from tests.callers import Caller
from tests.config.test_models import OURS
from tests.evaluations import rejudged, scenes
from tests.reviews import builders as reviewed

#: table: column: type, as the source documents have them (K-02: learner_id for user_id).
COLUMNS = {
    "learners": {"user_id": "character varying(255)"},
    "study_paths": {
        "id": "uuid", "learner_id": "uuid", "track_id": "character varying(100)", "config": "jsonb",
        "created_at": "timestamp with time zone", "updated_at": "timestamp with time zone",
    },
    "study_tasks": {
        "id": "uuid", "path_id": "uuid", "learner_id": "uuid", "problem_id": "character varying(100)",
        "module": "character varying(50)", "topic_tags": "character varying(80)[]", "difficulty": "smallint",
        "scheduled_at": "timestamp with time zone", "started_at": "timestamp with time zone",
        "completed_at": "timestamp with time zone", "status": "character varying(20)", "score": "double precision",
        "time_spent_seconds": "integer", "hints_used": "integer", "metadata": "jsonb",
        "created_at": "timestamp with time zone",
    },
    "task_events": {
        "id": "uuid", "task_id": "uuid", "learner_id": "uuid", "sequence": "bigint",
        "event_type": "character varying(40)", "payload": "jsonb", "sealed": "bytea", "previous_hash": "bytea",
        "hash": "bytea", "created_at": "timestamp with time zone",
    },
    "task_evaluations": {
        "id": "uuid", "task_id": "uuid", "submission_id": "uuid", "language": "character varying(20)", "code": "bytea",
        "test_cases_passed": "integer", "test_cases_total": "integer", "runtime_ms": "integer",
        "memory_mb": "double precision", "error_message": "character varying(200)",
        "created_at": "timestamp with time zone",
    },
    "review_queue": {
        "id": "uuid", "learner_id": "uuid", "problem_id": "character varying(100)",
        "due_at": "timestamp with time zone", "stability": "double precision",
    },
    "mastery": {"learner_id": "uuid", "topic": "character varying(80)", "value": "double precision"},
}  # fmt: skip
NULLABLE = {
    "study_tasks": {"started_at", "completed_at", "score", "time_spent_seconds"},
    "task_events": {"task_id", "sealed"},
    # a rejudged evaluation has the code of its submission
    "task_evaluations": {"code", "test_cases_passed", "test_cases_total", "runtime_ms", "memory_mb"},
}
INDEXES = {
    "idx_study_paths_user": "(learner_id, created_at DESC)",  # R033
    "idx_study_tasks_path_schedule": "(path_id, scheduled_at)",  # R045
    "idx_study_tasks_status": "(learner_id, status, scheduled_at DESC, id DESC)",  # R046
    "idx_study_tasks_user_module": "(path_id, module, status)",  # R047
    "idx_study_tasks_upcoming": "(path_id, status, scheduled_at)",  # R048
    "idx_study_tasks_problem": "(problem_id)",  # R049
    "idx_study_tasks_history": "(learner_id, scheduled_at DESC, id DESC)",
    "idx_study_tasks_expiry": "(expires_at) WHERE ((status)::text = 'scheduled'::text)",
    "idx_task_events_task": "(task_id, created_at)",  # R051
    "idx_review_queue_learner": "(learner_id, due_at, id)",
    "idx_review_queue_due": "(due_at, learner_id) WHERE (open_task_id IS NULL)",
    "idx_review_logs_item": "(item_id, id)",
    "idx_review_logs_learner": "(learner_id, id)",
    "idx_task_evaluations_task": "(task_id, created_at)",  # R053
    "idx_task_evaluations_open": "(learner_id, created_at) WHERE (NOT ((status)::text = 'done'::text))",
    "idx_task_evaluations_running": "(learner_id) WHERE ((status)::text = 'running'::text)",
}
CATALOGUE = """
    SELECT a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull FROM pg_attribute a
    WHERE a.attrelid = %s::regclass AND a.attnum > 0 AND NOT a.attisdropped
"""

#: constraint: a statement that breaks it. Rows: Alice with one solved task, in a catalogue with one problem.
TASK, PATH, EVALUATION = "UPDATE study_tasks SET", "UPDATE study_paths SET", "UPDATE task_evaluations SET"
ITEM, SETTINGS = "UPDATE review_queue SET", "UPDATE review_settings SET"
COPY_TASK_EVENT = """
    INSERT INTO task_events (id, learner_id, sequence, event_type, payload, actor, occurred_at, created_at,
        previous_hash, hash)
    SELECT gen_random_uuid(), learner_id, {sequence}, event_type, payload, actor, occurred_at, created_at, {previous},
        {own} FROM task_events WHERE sequence = 1
"""
BREAKERS = {
    "learners_user_id_is_not_empty": "UPDATE learners SET user_id = ''",
    "learner_identities_lead_to_one_learner": "INSERT INTO learner_identities (id, issuer, subject, learner_id)"
    " SELECT gen_random_uuid(), issuer, subject, learner_id FROM learner_identities",
    "learner_access_is_granted_once": "INSERT INTO learner_access (id, user_id, learner_id, role, granted_by,"
    " revoked_by) SELECT gen_random_uuid(), user_id, learner_id, 'parent', 'x', '' FROM learner_access",
    "learner_access_role_is_known": "UPDATE learner_access SET role = 'spy'",
    "learner_access_is_revoked_after_it_was_granted": "UPDATE learner_access SET revoked_by = 'x',"
    " revoked_at = granted_at - interval '1 s'",
    "access_log_channel_is_known": "INSERT INTO access_log (id, learner_id, actor, channel, what, at)"
    " SELECT gen_random_uuid(), id, 'x', 'telepathy', 'x', now() FROM learners",
    "data_keys_are_whole_or_destroyed": "UPDATE data_keys SET wrapped_key = NULL",
    "idempotency_records_answer_once": "INSERT INTO idempotency_records (id, caller, key, request_digest, headers,"
    " created_at) SELECT gen_random_uuid(), 'a', 'k', '', '{}', now() FROM generate_series(1, 2)",
    "modules_slug_is_unique_in_the_track": "UPDATE modules SET slug = 'heaps'",
    "modules_position_is_unique_in_the_track": "UPDATE modules SET position = 1",
    "problems_difficulty_is_1_to_5": "UPDATE problems SET difficulty = 6",
    "problems_minutes_target_is_positive": "UPDATE problems SET minutes_target = 0",
    "problem_versions_are_numbered_once": "INSERT INTO problem_versions (id, problem_id, version, content,"
    " hidden_tests, hints, solutions, digest) SELECT gen_random_uuid(), problem_id, version, content, hidden_tests,"
    " hints, solutions, digest FROM problem_versions",
    "problem_versions_start_at_1": "UPDATE problem_versions SET version = 0",
    "study_paths_one_active_per_track": "INSERT INTO study_paths (id, learner_id, track_id, config, status,"
    " algorithm_version, version, created_at, updated_at) SELECT gen_random_uuid(), learner_id, track_id, config,"
    " status, algorithm_version, version, created_at, updated_at FROM study_paths",
    "study_paths_status_is_known": f"{PATH} status = 'paused'",
    "study_tasks_difficulty_is_1_to_5": f"{TASK} difficulty = 0",
    "study_tasks_status_is_known": f"{TASK} status = 'paused', score = NULL",
    "study_tasks_kind_is_known": f"{TASK} kind = 'quiz'",
    "study_tasks_score_belongs_to_completion": f"{TASK} score = 1.5",
    "study_tasks_completion_is_whole": f"{TASK} passed = NULL",
    "study_tasks_complete_after_they_start": f"{TASK} completed_at = started_at - interval '1 s'",
    "study_tasks_not_started_have_no_start": f"{TASK} status = 'scheduled', score = NULL",
    "study_tasks_expire_after_they_are_scheduled": f"{TASK} expires_at = scheduled_at",
    "study_tasks_learner_is_the_paths_learner": "INSERT INTO learners (id, user_id, timezone, locale)"
    " VALUES (gen_random_uuid(), 'bob', 'UTC', 'en');"
    f" {TASK} learner_id = (SELECT id FROM learners WHERE user_id = 'bob'); SET CONSTRAINTS ALL IMMEDIATE",
    "task_events_sequence_starts_at_1": COPY_TASK_EVENT.format(
        sequence=0, previous="previous_hash", own="hash"
    ),
    "task_events_previous_hash_is_sha256": COPY_TASK_EVENT.format(
        sequence=99, previous="''::bytea", own="hash"
    ),
    "task_events_hash_is_sha256": COPY_TASK_EVENT.format(
        sequence=99, previous="previous_hash", own="''::bytea"
    ),
    "mastery_is_one_value_per_topic": "INSERT INTO mastery (learner_id, topic, value, observations, model_version,"
    " updated_at) SELECT learner_id, topic, value, observations, model_version, updated_at FROM mastery",
    "mastery_is_0_to_100": "UPDATE mastery SET value = 100.1",
    "review_queue_one_item_per_problem": f"{ITEM} problem_id = 'shout'",
    "review_queue_one_item_per_open_task": f"{ITEM} offered_at = now(), open_task_id = (SELECT id FROM study_tasks"
    " LIMIT 1)",
    "review_queue_difficulty_is_1_to_5": f"{ITEM} difficulty = 6",
    "review_queue_stability_is_positive": f"{ITEM} stability = 0",
    "review_queue_memory_difficulty_is_1_to_10": f"{ITEM} memory_difficulty = 10.5",
    "review_queue_reason_is_known": f"{ITEM} reason = 'boredom'",
    "review_queue_lapses_are_some_of_the_reps": f"{ITEM} lapses = reps + 1",
    "review_queue_open_tasks_were_offered": f"{ITEM} open_task_id = (SELECT id FROM study_tasks LIMIT 1)"
    " WHERE problem_id = 'shout'",
    "review_logs_rating_is_1_to_4": "UPDATE review_logs SET rating = 5",
    "review_logs_first_ratings_have_no_past": "UPDATE review_logs SET elapsed_days = 1",
    "review_settings_daily_cap_is_0_to_100": f"{SETTINGS} daily_cap = 101",
    "review_settings_retention_is_70_to_97": f"{SETTINGS} desired_retention = 0.99",
    "review_settings_vacation_ends_after_it_begins": f"{SETTINGS} vacation_to = '2026-01-01'",
    "task_evaluations_status_is_known": f"{EVALUATION} status = 'lost', verdict = NULL, finished_at = NULL",
    "task_evaluations_have_a_verdict_when_done": f"{EVALUATION} verdict = NULL",
    "task_evaluations_are_leased_while_running": f"{EVALUATION} lease_expires_at = now()",
    "task_evaluations_pass_at_most_all_tests": f"{EVALUATION} test_cases_passed = test_cases_total + 1",
    "task_evaluations_score_is_0_to_1": f"{EVALUATION} score = -0.1",
    "task_evaluations_have_code_unless_rejudged": f"{EVALUATION} code = NULL",
    "rejudgings_are_closed_once": "UPDATE rejudgings SET closed_at = now()",
    "rejudgings_one_open_per_problem": "INSERT INTO rejudgings (id, problem_id, to_version, language, reason, state,"
    " created_by, created_at, closed_by) SELECT gen_random_uuid(), problem_id, 3, language, reason, state, created_by,"
    " created_at, closed_by FROM rejudgings",
    "rejudging_items_state_is_known": "UPDATE rejudging_items SET state = 'lost'",
    "rejudging_items_are_leased_while_running": "UPDATE rejudging_items SET lease_expires_at = now()",
    "rejudging_items_have_a_result_once_judged": "UPDATE rejudging_items SET state = 'judged'",
    "rejudging_items_judge_a_submission_once": "INSERT INTO rejudging_items (id, rejudging_id, learner_id, task_id,"
    " submission_id, evaluation_id, language, old_verdict, old_score, state, new_verdict, new_facts, message)"
    " SELECT gen_random_uuid(), rejudging_id, learner_id, task_id, submission_id, evaluation_id, language, old_verdict,"
    " old_score, state, new_verdict, new_facts, message FROM rejudging_items",
}
#: The first is only there as the target of a foreign key; `id` alone is unique already. What breaks the second breaks
#: rejudgings_are_closed_once too, which is looked at first.
CANNOT_BREAK = {"study_paths_have_one_learner", "rejudgings_state_is_known"}


@pytest.mark.django_db
@pytest.mark.parametrize("table", COLUMNS)
def test_every_column_of_the_source_documents_exists(table: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(CATALOGUE, [table])
        found = {name: (kind, required) for name, kind, required in cursor.fetchall()}

    for column, kind in COLUMNS[table].items():
        assert found[column] == (kind, column not in NULLABLE.get(table, ())), column


@pytest.mark.django_db
def test_every_index_of_the_source_documents_exists() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = current_schema()")
        found = {name: definition.split(" USING btree ")[1] for name, definition in cursor.fetchall()}

    assert {name: found.get(name) for name in INDEXES} == INDEXES


def named_constraints() -> set[str]:
    found = [model._meta.constraints for app in OURS for model in apps.get_app_config(app).get_models()]
    return {constraint.name for constraints in found for constraint in constraints}


def test_every_constraint_is_tried() -> None:
    assert named_constraints() <= BREAKERS.keys() | CANNOT_BREAK


@pytest.mark.parametrize("name", BREAKERS)
def test_a_constraint_refuses_what_its_name_says(solved: None, name: str) -> None:
    with (
        pytest.raises(IntegrityError, match=f'"{name}"'),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(BREAKERS[name])


@pytest.fixture
def solved(learner: Caller, mentor: Caller) -> None:
    """A row in every table that the statements above touch."""
    assert learner.learner_id is not None
    scenes.import_shout()
    task = scenes.task_in_progress(learner.learner_id)
    scenes.decided(task, Verdict.ACCEPTED)
    reviewed.solved(learner.learner_id, task["path_id"], "shout")
    reviewed.solved(learner.learner_id, task["path_id"], "longest-climb")
    update_settings(learner_id=learner.learner_id, changes={"daily_cap": 3}, by="system:x", at=reviewed.NOON)
    rejudged.new_tests()
    rejudged.begun()


FOREIGN_KEYS = """
    SELECT k.conrelid::regclass::text, array_agg(a.attname::text ORDER BY a.attname) FROM pg_constraint k
    JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = ANY(k.conkey)
    WHERE k.contype = 'f' AND k.conparentid = 0 GROUP BY k.oid, k.conrelid
"""


@pytest.mark.django_db
def test_every_foreign_key_is_held_by_postgresql() -> None:
    """001-6. Path and learner of a task are held together, by one key."""
    with connection.cursor() as cursor:
        cursor.execute(FOREIGN_KEYS)
        held = {(table, column) for table, columns in cursor.fetchall() for column in columns}

    declared = {
        (model._meta.db_table, field.column)
        for app in OURS
        for model in apps.get_app_config(app).get_models()
        for field in model._meta.fields
        if isinstance(field, models.ForeignKey)
    }
    assert declared <= held
