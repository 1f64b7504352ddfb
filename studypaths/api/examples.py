"""Examples for the OpenAPI document: one learner's first minutes."""

from typing import Any

from drf_spectacular.utils import OpenApiExample

PATH_ID = "019a9e5c-2b1a-7c3d-8e4f-5a6b7c8d9e0f"
TASK_ID = "019a9e5c-2b1b-7a10-9b2c-3d4e5f607182"
NOON = "2026-03-02T12:00:00Z"

_config: dict[str, Any] = {
    "completion_policy": "pass_or_exhausted",
    "max_attempts": 3,
    "expire_after_days": 7,
    "initial_tasks": 6,
    "weights": {"weakness": 0.4, "novelty": 0.2, "difficulty_fit": 0.25, "recency": 0.15},
}
_path: dict[str, Any] = {
    "user_id": "alice",
    "id": PATH_ID,
    "track_id": "coding-interview-meta",
    "config": _config,
    "status": "active",
    "algorithm_version": "planner-2",
    "supersedes_id": None,
    "version": 1,
    "created_at": NOON,
    "updated_at": NOON,
}
_listed: dict[str, Any] = {
    "user_id": "alice",
    "id": TASK_ID,
    "path_id": PATH_ID,
    "problem_id": "longest-climb",
    "problem_version": 1,
    "module": "arrays-strings",
    "topic_tags": ["string-scan"],
    "difficulty": 2,
    "kind": "problem",
    "status": "in_progress",
    "scheduled_at": NOON,
    "expires_at": "2026-03-09T12:00:00Z",
    "started_at": "2026-03-02T12:05:00Z",
    "completed_at": None,
    "score": None,
    "passed": None,
    "attempts": 0,
    "time_spent_seconds": None,
    "hints_used": 0,
    "metadata": {},
    "version": 2,
    "created_at": NOON,
    "updated_at": "2026-03-02T12:05:00Z",
}
_task: dict[str, Any] = {
    **_listed,
    "decision": {
        "algorithm_version": "planner-2",
        "seed": f"{PATH_ID}:7",
        "rule": "step_up",
        "kind": "problem",
        "why": "You passed two hashing problems in a row, so this one on string scan is a step harder: difficulty 2.",
        "predicted_success": 0.6912,
        "inputs": {"target_difficulty": 2, "highest_difficulty": 2, "passes_in_a_row": 2, "considered": 9},
        "candidates": [
            {
                "problem_id": "longest-climb",
                "module": "arrays-strings",
                "topics": ["string-scan"],
                "difficulty": 2,
                "score": 0.871204,
            }
        ],
        "chosen": "longest-climb",
        "minutes_target": 20,
    },
}
_figures: dict[str, Any] = {
    "path_id": PATH_ID,
    "algorithm_version": "planner-2",
    "status": "active",
    "created_at": NOON,
    "closed_at": None,
    "served": 40,
    "completed": 38,
    "success_rate": 0.7105,
    "mean_difficulty": 2.35,
    "longest_run_of_failures": 2,
    "predicted": 36,
    "share_in_band": 0.6389,
    "minutes_per_task": 17.4,
    "mastery": {"topics": 9, "then": 41.25, "now": 63.5},
}
_event: dict[str, Any] = {
    "id": "019a9e5c-2b1c-7b20-8c3d-4e5f60718293",
    "sequence": 9,
    "task_id": TASK_ID,
    "path_id": PATH_ID,
    "event_type": "started",
    "payload": {},
    "actor": "learner:019a9e5b-0000-7000-8000-000000000001",
    "occurred_at": "2026-03-02T12:05:00Z",
    "created_at": "2026-03-02T12:05:00Z",
    "previous_hash": "5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef",
    "hash": "9834876dcfb05cb167a5c24953eba58c4ac89b1adf57f28f2f9d09af107ee8f0",
}
_new_task: dict[str, Any] = {
    "problem_id": "longest-climb",
    "module": "arrays-strings",
    "topic_tags": ["string-scan"],
    "difficulty": 1,
}


def _page(*results: dict[str, Any]) -> dict[str, Any]:
    return {"next": None, "previous": None, "results": list(results)}


def _answer(name: str, value: Any) -> OpenApiExample:
    return OpenApiExample(name, value=value, response_only=True, status_codes=["200", "201", "202"])


def _body(name: str, value: Any) -> OpenApiExample:
    return OpenApiExample(name, value=value, request_only=True)


PATH = _answer("A path", _path)
PATH_PAGE = _answer("Own paths", _page(_path))
NEW_PATH = _answer("A new path", {"path": _path, "tasks": [_task]})
CURRENT_PATH = _answer(
    "The active path",
    {
        **_path,
        "progress": {
            "total": 6,
            "counts_by_status": {"completed": 2, "scheduled": 4},
            "completed": 2,
            "accuracy": 0.5,
        },
    },
)
PATH_COMPARISON = _answer("The path and the one before", {"path": _figures, "compared_with": None})
TASK = _answer("A task", _task)
TASKS = _answer("New tasks", {"tasks": [{**_task, "status": "scheduled", "started_at": None, "version": 1}]})
TASK_PAGE = _answer("A page of tasks", _page(_listed))
EVENT_PAGE = _answer("A timeline", _page(_event))
NEXT_TASK = _answer("The next task", {**_task, "problem": {"id": "longest-climb", "title": "Longest climb"}})

NEW_PATH_BODY = _body("With settings", {"track_id": "coding-interview-meta", "config": {"max_attempts": 2}})
PATH_CHANGE_BODY = _body("Weights", {"config": {"weights": {"weakness": 0.6, "novelty": 0.1}}})
TASK_BATCH_BODY = _body("One task", {"path_id": PATH_ID, "tasks": [_new_task]})
PATH_TASK_BATCH_BODY = _body("One task", {"tasks": [_new_task]})
TASK_CHANGE_BODY = _body("Skip", {"status": "skipped"})
SKIP_BODY = _body("With a reason", {"reason": "I know this one by heart."})
