"""The settings of a path: what may be set, and what holds when nothing is said. Pure."""

from typing import Any

COMPLETION_POLICIES = ("pass_or_exhausted", "first_evaluation")

# Engine defaults (design, K-06, K-09); a track's preset comes over them, the path's own config over both.
DEFAULTS: dict[str, Any] = {
    "completion_policy": "first_evaluation",
    "max_attempts": 1,
    "expire_after_days": 7,
    "initial_tasks": 6,
    "weights": {"weakness": 0.4, "novelty": 0.2, "difficulty_fit": 0.25, "recency": 0.15},
    "module_weights": {},
    # Planning (requirements 6.4 to 6.7, K-29, K-30); `sequence.Settings` says what each one means. Those that no
    # requirement names were chosen in simulation (docs/adr/0011).
    "open_ahead": 5,
    "promotion_streak": 2,
    "demote_below": 0.5,
    "recovery_after": 2,
    "recovery_success": 0.85,
    "success_target": 0.675,
    "least_success": 0.5,
    "target_share": 0.25,
    "replan_margin": 0.05,
    "unlock_completion": 0.7,
    "unlock_mastery": 70.0,
}
MERGED = ("weights", "module_weights")


def complete_config(preset: dict[str, Any], config: dict[str, Any]) -> dict[str, Any]:
    """Every setting of a new path, so that a later default never changes a path that exists."""
    return merged_config({**DEFAULTS, **preset}, config)


def merged_config(current: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """`current` with the settings of `changes`; weights are merged one by one."""
    merged = {**current, **changes}
    for name in MERGED:
        if name in changes:
            merged[name] = {**current.get(name, {}), **changes[name]}
    return merged


def attempts_allowed(config: dict[str, Any]) -> int:
    """How many judged attempts a task has: one under `first_evaluation`, else `max_attempts`."""
    return 1 if config["completion_policy"] == "first_evaluation" else int(config["max_attempts"])


def is_complete(config: dict[str, Any], *, passed: bool, attempts: int) -> bool:
    """Whether a task is completed after its `attempts`-th judged attempt (K-06)."""
    return passed or attempts >= attempts_allowed(config)
