"""Due reviews made into tasks with chained events, beside one statement of SQL that does the same without hashes."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from statistics import median
from typing import Any
from uuid import uuid4

from django.db import connection, transaction

from benchmarks.installation import Installation
from benchmarks.record import NotAsExpected
from benchmarks.results import Result, interleaved
from benchmarks.scales import Scale
from reviews.decisions import sentence
from reviews.scheduling import Reason
from reviews.services import make_due_tasks

ITEMS_EACH = 5
AT = datetime(2026, 3, 2, 12, tzinfo=UTC)
BY = "system:beat"
WHY = sentence(Reason.RETENTION, date(2026, 2, 27), 0.8798)

FILL = """
    SET LOCAL session_replication_role = replica;
    CREATE TEMP TABLE people ON COMMIT DROP AS SELECT uuidv7() AS id, uuidv7() AS path, n
        FROM generate_series(1, %(learners)s) n;
    INSERT INTO learners (id, user_id, timezone, locale)
        SELECT id, 'due-' || %(mark)s || n, 'Europe/Berlin', 'en' FROM people;
    INSERT INTO study_paths (id, learner_id, track_id, config, status, algorithm_version, version, created_at,
        updated_at)
        SELECT path, id, 'coding-interview-meta', '{"expire_after_days": 7, "completion_policy": "pass_or_exhausted",
        "max_attempts": 3}', 'active', 'planner-1', 1, now(), now() FROM people;
    INSERT INTO chain_heads (learner_id, sequence, hash, seal, updated_at)
        SELECT id, 0, decode(repeat('00', 32), 'hex'), '', 'epoch' FROM people;
    INSERT INTO review_queue (id, learner_id, problem_id, problem_version, module, topic_tags, difficulty,
        minutes_target, track_id, stability, memory_difficulty, last_reviewed_at, due_at, reason, reps, lapses, misses,
        created_at, updated_at)
        SELECT uuidv7(), id, 'problem-' || i, 1, 'arrays-strings', '{string-scan}', 1 + i %% 5, 20,
        'coding-interview-meta', 2.3065, 5.1, %(at)s - interval '3 days', %(at)s - interval '1 hour', 'retention', 1, 0,
        0, now(), now() FROM people, generate_series(1, %(each)s) i
"""
FREE_AGAIN = "UPDATE review_queue SET open_task_id = NULL, offered_at = NULL WHERE open_task_id IS NOT NULL"
DUE_IN_SQL = """
    WITH due AS MATERIALIZED (
        SELECT q.*, p.id AS path_id, uuidv7() AS task_id,
            jsonb_build_object('source', jsonb_build_object('type', 'review', 'review_item', q.id, 'reason', reason))
                AS metadata,
            jsonb_build_object('algorithm_version', 'fsrs-6', 'rule', 'review_due', 'why', %(why)s::text,
                'minutes_target', minutes_target, 'inputs', jsonb_build_object('reason', reason, 'due_at', due_at,
                'stability', stability,
                'retrievability', 0.8798, 'reps', reps, 'lapses', lapses)) AS decision
        FROM review_queue q
        JOIN study_paths p ON p.learner_id = q.learner_id AND p.status = 'active' AND p.track_id = q.track_id
        WHERE q.open_task_id IS NULL AND q.due_at <= %(at)s
    ), made AS (
        INSERT INTO study_tasks (id, path_id, learner_id, problem_id, problem_version, module, topic_tags, difficulty,
            kind, status, scheduled_at, expires_at, attempts, hints_used, metadata, decision, version, created_at,
            updated_at)
        SELECT task_id, path_id, learner_id, problem_id, problem_version, module, topic_tags, difficulty, 'review',
            'scheduled', %(at)s, %(at)s + interval '7 days', 0, 0,
            metadata, decision, 1, %(at)s, %(at)s
        FROM due
    ), linked AS (
        UPDATE review_queue q SET open_task_id = due.task_id, offered_at = %(at)s, updated_at = %(at)s
        FROM due WHERE q.id = due.id
    )
    INSERT INTO task_events (id, learner_id, sequence, task_id, path_id, event_type, payload, actor, occurred_at,
        created_at, previous_hash, hash)
    SELECT uuidv7(), d.learner_id, h.sequence + row_number() OVER (PARTITION BY d.learner_id), d.task_id, d.path_id,
        'created', jsonb_build_object('problem_id', d.problem_id, 'problem_version', d.problem_version, 'kind',
        'review', 'review_item', d.id, 'module', d.module, 'topic_tags', d.topic_tags, 'difficulty', d.difficulty,
        'scheduled_at', %(at)s, 'expires_at', %(at)s::timestamptz + interval '7 days', 'metadata', d.metadata,
        'decision', d.decision), 'system:beat', %(at)s, %(at)s, h.hash, h.hash
    FROM due d JOIN chain_heads h USING (learner_id)
"""


def due_reviews(installation: Installation, scale: Scale) -> Iterator[Result]:
    """One run of beat's work over all due items; and two runs at the same time, which must make each task once."""
    items = _fill(scale.due_reviews)
    raw, ours = interleaved(scale.rounds, lambda _: _in_sql(items), lambda _: _by_us(items))
    together = [_two_at_once(items) for _ in range(scale.rounds)]
    yield Result(
        f"{items:,} due reviews to tasks",
        "tasks/s",
        ours,
        raw,
        goal=0.3,
        notes={
            "learners": f"{items // ITEMS_EACH:,}",
            "two runs at once": f"{median(together):,.0f} tasks/s together, no task twice",
        },
    )


def _fill(items: int) -> int:
    values: dict[str, Any] = {
        "learners": items // ITEMS_EACH,
        "each": ITEMS_EACH,
        "at": AT,
        "mark": f"{uuid4().hex[:6]}-",
    }
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute(FILL, values)
    return items // ITEMS_EACH * ITEMS_EACH


def _free_again() -> None:
    """All items due and without a task, as before the first round."""
    with connection.cursor() as cursor:
        cursor.execute(FREE_AGAIN)
        cursor.execute("VACUUM ANALYZE review_queue, study_tasks, task_events, chain_heads")


def _in_sql(items: int) -> float:
    _free_again()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
        started = time.perf_counter()
        cursor.execute(DUE_IN_SQL, {"at": AT, "why": WHY})
        made = int(cursor.rowcount)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # what COMMIT would check
        seconds = time.perf_counter() - started
        transaction.set_rollback(True)
    return _rate(made, items, seconds)


def _by_us(items: int) -> float:
    _free_again()
    started = time.perf_counter()
    made = make_due_tasks(by=BY, at=AT)
    return _rate(made, items, time.perf_counter() - started)


def _two_at_once(items: int) -> float:
    _free_again()
    before = _review_tasks()

    def run(_: int) -> int:
        try:
            return make_due_tasks(by=BY, at=AT)
        finally:
            connection.close()

    started = time.perf_counter()
    with ThreadPoolExecutor(2) as threads:
        made = sum(threads.map(run, range(2)))
    seconds = time.perf_counter() - started
    if _review_tasks() - before != items:
        raise NotAsExpected(f"{_review_tasks() - before} tasks of {items} items")
    return _rate(made, items, seconds)


def _rate(made: int, items: int, seconds: float) -> float:
    if made != items:
        raise NotAsExpected(f"{made} review tasks of {items} items")
    return made / seconds


def _review_tasks() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM study_tasks WHERE kind = 'review'")
        return int(cursor.fetchone()[0])
