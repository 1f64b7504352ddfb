"""The local evaluator: judges hostile Python and JavaScript on this machine. See docs/evaluation.md for the
threat model.

Standard library only, and no Django: settings are the environment variables SANDBOX_TIER, SANDBOX_PYTHON,
SANDBOX_NODE, SANDBOX_ALLOW_WEAK and SANDBOX_WARM.
"""

from __future__ import annotations

from collections.abc import Callable

from evaluations.judge import Bundle, Judgement

from .config import WEAK, SandboxUnavailable
from .layers import LayerStatus, describe
from .local import judge_in
from .probe import available_languages, chosen_tier, why_unavailable
from .tiers import launcher_order
from .warm import launchers


def judge_locally(
    bundle: Bundle, language: str, code: str, *, should_stop: Callable[[], bool] | None = None
) -> Judgement:
    """Run `code` on every test of `bundle` and say what became of it.

    `should_stop` is asked several times a second; once true, everything is ended and the verdict is
    `cancelled`. Raises SandboxUnavailable when this machine has no safe way to run the language; every
    other trouble of the sandbox's own is the verdict `infrastructure_error`. Blocks; safe to call from
    several threads.
    """
    missing = why_unavailable(language)
    if missing:
        raise SandboxUnavailable(missing)
    tier = chosen_tier()
    order = launcher_order(tier, bundle, language)
    try:
        return judge_in(tier, bundle, language, code, should_stop)
    finally:
        launchers().keep(order)  # for the next submission


def sandbox_in_use() -> tuple[str, bool]:
    """The tier that submissions run in here, and whether it isolates them. Raises SandboxUnavailable."""
    tier = chosen_tier()
    return tier, tier != WEAK


__all__ = [
    "LayerStatus",
    "SandboxUnavailable",
    "available_languages",
    "describe",
    "judge_locally",
    "sandbox_in_use",
]
