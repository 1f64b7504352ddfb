"""The plans of the hot paths' statements on a large database, taken while the real code runs."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from django.db import connection, transaction
from django.utils import timezone

from benchmarks.people import NEVER, SERVICE, Person, new_person, new_task_ids, start, token_of
from evaluations import queue
from evaluations.services import prepare_submission, requeue_abandoned, submit
from studypaths.services.tasks import expire_overdue_tasks
from studypaths.verification import verify_learners

LEARNERS = 1_000
VERBS = ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")
STATEMENT_CHARACTERS = 90
CODE = "def calm_spells(values):\n    return []\n"

FILL = """
    SET LOCAL session_replication_role = replica;
    CREATE TEMP TABLE people ON COMMIT DROP AS SELECT uuidv7() AS id, uuidv7() AS path, n
        FROM generate_series(1, %(learners)s) n;
    INSERT INTO learners (id, user_id, timezone, locale) SELECT id, 'plan-' || %(mark)s || n, 'UTC', 'en' FROM people;
    INSERT INTO learner_identities (id, issuer, subject, learner_id)
        SELECT uuidv7(), 'api.scimigo.com', 'plan-' || %(mark)s || n, id FROM people;
    INSERT INTO study_paths (id, learner_id, track_id, config, status, algorithm_version, version, created_at,
        updated_at)
        SELECT path, id, 'coding-interview-meta', '{"expire_after_days": 7, "completion_policy": "pass_or_exhausted",
        "max_attempts": 3}', 'active', 'planner-1', 1, now(), now() FROM people;
    INSERT INTO study_tasks (id, path_id, learner_id, problem_id, module, topic_tags, difficulty, kind, status,
        scheduled_at, expires_at, attempts, hints_used, metadata, decision, version, created_at, updated_at)
        SELECT uuidv7(), path, id, 'problem-' || i %% 70, 'module-' || i %% 14, '{string-scan}', 1 + i %% 5, 'problem',
        (ARRAY['scheduled', 'expired', 'expired', 'skipped'])[1 + i %% 4], now() - i * interval '1 hour',
        %(never)s, 0, 0, '{}', '{"rule": "first_task"}', 1, now(), now()
        FROM generate_series(1, %(tasks)s / %(learners)s) i, people;
    INSERT INTO task_events (id, learner_id, sequence, task_id, path_id, event_type, payload, actor, occurred_at,
        created_at, previous_hash, hash)
        SELECT uuidv7(), p.id, i, NULL, path, 'created', '{"module": "arrays-strings"}', 'system:plans', now(), now(),
        decode(repeat('00', 32), 'hex'), decode(repeat('00', 32), 'hex')
        FROM generate_series(1, %(tasks)s / %(learners)s) i, people p;
    INSERT INTO chain_heads (learner_id, sequence, hash, seal)
        SELECT id, %(tasks)s / %(learners)s, decode(repeat('00', 32), 'hex'), '' FROM people;
    INSERT INTO task_evaluations (id, task_id, learner_id, submission_id, cause, status, verdict, language, code,
        problem_id, error_message, cases, created_at, finished_at)
        SELECT uuidv7(), t.id, t.learner_id, uuidv7(), 'submission', 'done', 'accepted', 'python', 'sealed',
        t.problem_id, '', '[]', now(), now() FROM study_tasks t JOIN people p ON p.id = t.learner_id;
    INSERT INTO idempotency_records (id, caller, key, request_digest, status, headers, body, created_at)
        SELECT uuidv7(), 'learner:' || learner_id, gen_random_uuid()::text, 'digest', 200, '{}', 'body', now()
        FROM study_tasks
"""


@dataclass(frozen=True, slots=True)
class Plan:
    """How PostgreSQL executed one statement."""

    call: str
    statement: str
    nodes: str
    planning_ms: float
    execution_ms: float


def measured_plans(tasks: int) -> list[Plan]:
    """Fill the database up to that many tasks, events, evaluations and idempotency keys, then make every call once."""
    mark = uuid4().hex[:6]
    values: dict[str, Any] = {"learners": LEARNERS, "tasks": tasks, "never": NEVER, "mark": f"{mark}-"}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute(FILL, values)
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute("VACUUM ANALYZE")
    plans: list[Plan] = []
    for name, call in _calls(mark).items():
        call()  # fills caches: what is asked once a minute is not part of a hot path
        with transaction.atomic():
            with _explained(name, plans):
                call()
            transaction.set_rollback(True)
    return plans


def _calls(mark: str) -> dict[str, Callable[[], Any]]:
    person = new_person(f"plans-{mark}")
    many = _person_with_many(mark)
    ids = iter(new_task_ids(person, 20, problem_id="calm-spells"))
    return {
        "start": lambda: _post(person, f"/v1/study-tasks/{next(ids)}/start"),
        "batch": lambda: _batch(person),
        "history page": lambda: many.client().get("/v1/study-tasks?limit=50"),
        "history page, filtered": lambda: many.client().get(
            "/v1/study-tasks?module=module-3&status=expired&difficulty_min=2&limit=50"
        ),
        "next task": lambda: many.client().get("/v1/study-tasks/next"),
        "submit": lambda: _submit(person, next(ids)),
        "claim": lambda: queue.claim_next(at=timezone.now()),
        "sweep": lambda: requeue_abandoned(at=timezone.now()),
        "expire": lambda: expire_overdue_tasks(by="system:beat", at=timezone.now()),
        "verify one learner": lambda: verify_learners([person.learner_id]),
    }


def _person_with_many(mark: str) -> Person:
    name = f"plan-{mark}-1"
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT l.id, p.id FROM learners l JOIN study_paths p ON p.learner_id = l.id WHERE user_id = %s",
            [name],
        )
        return Person(token_of(name), *cursor.fetchone())


def _post(person: Person, path: str, body: Any = b"") -> None:
    answer = person.client().post(
        path, body, content_type="application/json", headers={"Idempotency-Key": str(uuid4())}
    )
    if answer.status_code not in (200, 201):
        raise RuntimeError(f"{path}: {answer.status_code} {answer.content!r}")


def _batch(person: Person) -> None:
    task = {"problem_id": "calm-spells", "module": "arrays-strings", "difficulty": 1}
    service = Person(token_of(SERVICE, "service"), person.learner_id, person.path_id)
    _post(service, "/v1/study-tasks/batch", {"path_id": str(person.path_id), "tasks": [task] * 50})


def _submit(person: Person, task_id: Any) -> None:
    start(person, task_id)
    submission = prepare_submission(
        learner_id=person.learner_id, task_id=task_id, language="python", code=CODE
    )
    submit(submission=submission, by=f"learner:{person.learner_id}", at=timezone.now())


@contextmanager
def _explained(call: str, plans: list[Plan]) -> Iterator[None]:
    """Before each statement that the block executes, execute it under EXPLAIN and undo that."""

    def explain(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.lstrip().startswith(VERBS):
            with connection.connection.cursor() as cursor:
                cursor.execute("SAVEPOINT explained")
                cursor.execute("EXPLAIN (ANALYZE, FORMAT JSON) " + sql, params)
                ((plan,),) = cursor.fetchone()
                cursor.execute("ROLLBACK TO SAVEPOINT explained")
            plans.append(_plan(call, sql, plan))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(explain):
        yield


def _plan(call: str, sql: str, plan: dict[str, Any]) -> Plan:
    statement = " ".join(sql.split())[:STATEMENT_CHARACTERS]
    return Plan(
        call, statement, " ← ".join(_nodes(plan["Plan"])), plan["Planning Time"], plan["Execution Time"]
    )


def _nodes(node: dict[str, Any]) -> Iterator[str]:
    """The nodes that do something, from the top down; a partition that holds nothing is left out."""
    if node["Actual Loops"] and not (
        node["Actual Rows"] == 0 and "_default" in node.get("Relation Name", "")
    ):
        place = node.get("Index Name") or node.get("Relation Name") or node.get("CTE Name") or ""
        yield f"{node['Node Type']} {place} ({node['Actual Rows']:.0f})".replace("  ", " ")
    for child in node.get("Plans", ()):
        yield from _nodes(child)


def plans_as_markdown(plans: list[Plan]) -> str:
    """One row a statement; numbers in parentheses are rows."""
    lines = ["| call | statement | plan | planning ms | execution ms |", "|---|---|---|---|---|"]
    for plan in plans:
        statement = plan.statement.replace("|", "\\|")
        times = f"{plan.planning_ms:.2f} | {plan.execution_ms:.2f}"
        lines.append(f"| {plan.call} | `{statement}` | {plan.nodes} | {times} |")
    return "\n".join(lines) + "\n"
