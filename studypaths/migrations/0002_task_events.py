"""The log: partitioned by month on its own id, append-only by triggers.

Each partition is made by `task_events_make_partition(month)`. It carries its own unique index on (learner_id, sequence),
because a unique index over all partitions would have to contain the partition key.
"""

import django.db.models.deletion
from django.db import migrations, models

import common.ids

CREATE = """
ALTER TABLE study_tasks ADD CONSTRAINT study_tasks_learner_is_the_paths_learner
    FOREIGN KEY (path_id, learner_id) REFERENCES study_paths (id, learner_id) DEFERRABLE INITIALLY DEFERRED;

CREATE TABLE task_events (
    id uuid PRIMARY KEY,
    learner_id uuid NOT NULL REFERENCES learners (id) DEFERRABLE INITIALLY DEFERRED,
    sequence bigint NOT NULL CONSTRAINT task_events_sequence_starts_at_1 CHECK (sequence >= 1),
    task_id uuid REFERENCES study_tasks (id) DEFERRABLE INITIALLY DEFERRED,
    path_id uuid REFERENCES study_paths (id) DEFERRABLE INITIALLY DEFERRED,
    event_type varchar(40) NOT NULL,
    payload jsonb NOT NULL,
    sealed bytea,
    actor varchar(120) NOT NULL,
    occurred_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL,
    previous_hash bytea NOT NULL CONSTRAINT task_events_previous_hash_is_sha256 CHECK (length(previous_hash) = 32),
    hash bytea NOT NULL CONSTRAINT task_events_hash_is_sha256 CHECK (length(hash) = 32)
) PARTITION BY RANGE (id);
CREATE INDEX idx_task_events_task ON task_events (task_id, created_at);

CREATE FUNCTION task_events_are_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'task_events is append-only: % refused', TG_OP USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER task_events_refuse_change BEFORE UPDATE OR DELETE ON task_events
    FOR EACH ROW EXECUTE FUNCTION task_events_are_append_only();
CREATE TRIGGER task_events_refuse_truncate BEFORE TRUNCATE ON task_events
    FOR EACH STATEMENT EXECUTE FUNCTION task_events_are_append_only();

CREATE FUNCTION task_events_first_id(at timestamptz) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
    SELECT (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || '70008000000000000000')::uuid
$$;

CREATE FUNCTION task_events_finish_partition(name text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('CREATE UNIQUE INDEX %I ON %I (learner_id, sequence)', name || '_chain', name);
    EXECUTE format('CREATE TRIGGER task_events_refuse_truncate BEFORE TRUNCATE ON %I
                    FOR EACH STATEMENT EXECUTE FUNCTION task_events_are_append_only()', name);
END $$;

-- Makes the partition of a month unless it is there. Rows of that month that fell into the default partition move along.
CREATE FUNCTION task_events_make_partition(month date) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    first_day timestamptz := date_trunc('month', month::timestamp) AT TIME ZONE 'UTC';
    next_month timestamptz := (date_trunc('month', month::timestamp) + interval '1 month') AT TIME ZONE 'UTC';
    name text := to_char(month, '"task_events_"YYYY_MM');
    low uuid := task_events_first_id(first_day);
    high uuid := task_events_first_id(next_month);
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('task_events_make_partition'));
    IF to_regclass(name) IS NOT NULL THEN
        RETURN false;
    END IF;
    EXECUTE format('CREATE TABLE %I (LIKE task_events INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', name);
    IF EXISTS (SELECT FROM task_events_default WHERE id >= low AND id < high) THEN
        LOCK TABLE task_events_default IN ACCESS EXCLUSIVE MODE;
        EXECUTE format('INSERT INTO %I SELECT * FROM task_events_default WHERE id >= %L AND id < %L', name, low, high);
        ALTER TABLE task_events_default DISABLE TRIGGER task_events_refuse_change;
        EXECUTE format('DELETE FROM task_events_default WHERE id >= %L AND id < %L', low, high);
        ALTER TABLE task_events_default ENABLE TRIGGER task_events_refuse_change;
    END IF;
    EXECUTE format('ALTER TABLE task_events ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', name, low, high);
    PERFORM task_events_finish_partition(name);
    RETURN true;
END $$;

CREATE TABLE task_events_default PARTITION OF task_events DEFAULT;
SELECT task_events_finish_partition('task_events_default');
SELECT task_events_make_partition((now() AT TIME ZONE 'UTC')::date);
SELECT task_events_make_partition(((now() AT TIME ZONE 'UTC') + interval '1 month')::date);
"""

REMOVE = """
DROP TABLE task_events;
DROP FUNCTION task_events_make_partition(date);
DROP FUNCTION task_events_finish_partition(text);
DROP FUNCTION task_events_first_id(timestamptz);
DROP FUNCTION task_events_are_append_only();
ALTER TABLE study_tasks DROP CONSTRAINT study_tasks_learner_is_the_paths_learner;
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial"), ("studypaths", "0001_initial")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(CREATE, REMOVE)],
            state_operations=[
                migrations.CreateModel(
                    name="TaskEvent",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=common.ids.uuid7, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("sequence", models.PositiveBigIntegerField()),
                        (
                            "event_type",
                            models.CharField(
                                choices=[
                                    ("created", "created"),
                                    ("started", "started"),
                                    ("submitted", "submitted"),
                                    ("evaluated", "evaluated"),
                                    ("hint_requested", "hint requested"),
                                    ("tutor_interaction", "tutor interaction"),
                                    ("status_changed", "status changed"),
                                    ("path_created", "path created"),
                                    ("path_config_changed", "path config changed"),
                                    ("path_superseded", "path superseded"),
                                    ("task_rescheduled", "task rescheduled"),
                                    ("progress_reported", "progress reported"),
                                    ("evaluation_requested", "evaluation requested"),
                                    ("review_scheduled", "review scheduled"),
                                    ("review_rated", "review rated"),
                                    ("corrected", "corrected"),
                                    ("imported", "imported"),
                                    ("erased", "erased"),
                                ],
                                max_length=40,
                            ),
                        ),
                        ("payload", models.JSONField(default=dict)),
                        ("sealed", models.BinaryField(null=True)),
                        ("actor", models.CharField(max_length=120)),
                        ("occurred_at", models.DateTimeField()),
                        ("created_at", models.DateTimeField()),
                        ("previous_hash", models.BinaryField()),
                        ("hash", models.BinaryField()),
                        (
                            "learner",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="events",
                                to="accounts.learner",
                            ),
                        ),
                        (
                            "path",
                            models.ForeignKey(
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="events",
                                to="studypaths.studypath",
                            ),
                        ),
                        (
                            "task",
                            models.ForeignKey(
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="events",
                                to="studypaths.studytask",
                            ),
                        ),
                    ],
                    options={
                        "db_table": "task_events",
                    },
                ),
                migrations.AddIndex(
                    model_name="taskevent",
                    index=models.Index(fields=["task", "created_at"], name="idx_task_events_task"),
                ),
            ],
        ),
    ]
