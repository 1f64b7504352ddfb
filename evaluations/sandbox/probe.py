"""Which tier works here, found out by running a submission that tries to get out; once per process."""

from __future__ import annotations

import logging
import os
import threading
from functools import lru_cache
from pathlib import Path

from evaluations.judge import Bundle, TestCase, Verdict

from .config import AUTO, TIERS, WEAK, SandboxSettings, SandboxUnavailable, sandbox_settings
from .inside import kernel
from .local import judge_in
from .runtimes import LANGUAGES, PYTHON, runtime_of

logger = logging.getLogger(__name__)

_ESCAPES = Path(__file__).resolve().parent / "programs" / "escapes.py"
_GREETING = "const greet = (name) => 'hello ' + name;"

_MINIMUM = (
    "No sandbox tier works here. Any one of these makes one work: run as root in a container that allows "
    "namespaces; allow unprivileged user namespaces (sysctl kernel.unprivileged_userns_clone=1, "
    "user.max_user_namespaces above 0, or a container seccomp profile that admits unshare and mount); install "
    "bubblewrap; or run a kernel with Landlock (5.13 or newer, `landlock` in its lsm= list). "
    "For development only: SANDBOX_ALLOW_WEAK=1."
)

_lock = threading.Lock()


def _bundle(entry_point: str, argument: str, expected: object) -> Bundle:
    test = TestCase("probe", True, {"value": argument}, expected, "probe")
    return Bundle("probe", 1, "function", ("value",), entry_point, "exact", None, 5000, 256, (test,))


@lru_cache(maxsize=16)
def tier_problem(tier: str, python: str) -> str:
    """Why a tier does not hold here, empty when it does. `python` is in the key because it decides what
    must be bound."""
    try:
        runtime_of(PYTHON)
        bundle = _bundle("escapes", os.path.realpath(__file__), [])
        judgement = judge_in(tier, bundle, PYTHON, _ESCAPES.read_text(), None)
    except (SandboxUnavailable, OSError) as problem:
        return str(problem)
    if judgement.verdict is Verdict.ACCEPTED:
        return ""
    details = judgement.cases[0].details if judgement.cases else None
    possible = details["got"] if details else None
    return (
        f"a submission could: {', '.join(possible)}"
        if possible
        else judgement.message or judgement.verdict.value
    )


@lru_cache(maxsize=16)
def language_problem(tier: str, language: str, executable: str) -> str:
    """Why a language cannot be judged in a tier, empty when it can."""
    if language == PYTHON:
        return tier_problem(tier, executable) if tier != WEAK else ""
    bundle = _bundle("greet", "sandbox", "hello sandbox")
    judgement = judge_in(tier, bundle, language, _GREETING, None)
    return "" if judgement.verdict is Verdict.ACCEPTED else judgement.message or judgement.verdict.value


def chosen_tier() -> str:
    """The strongest tier that holds; SandboxUnavailable, saying how to fix it, when none does."""
    settings = sandbox_settings()
    with _lock:
        return _choose(settings)


@lru_cache(maxsize=8)
def _choose(settings: SandboxSettings) -> str:
    candidates = TIERS if settings.tier == AUTO else (settings.tier,)
    problems: dict[str, str] = {}
    for tier in candidates:
        problem = unusable(tier) or tier_problem(tier, settings.python)
        if not problem:
            if tier == "landlock":
                logger.warning(
                    "sandbox: no namespaces here, running on Landlock and seccomp alone (%s)", problems
                )
            return tier
        problems[tier] = problem
    if settings.allow_weak:
        logger.critical("SANDBOX_ALLOW_WEAK=1: submitted code runs WITHOUT a sandbox (%s)", problems)
        return WEAK
    raise SandboxUnavailable(
        f"{_MINIMUM} Tried: " + "; ".join(f"{tier}: {why}" for tier, why in problems.items())
    )


def unusable(tier: str) -> str:
    """Why it is not even worth probing a tier."""
    return "needs root" if tier == "rootns" and os.geteuid() != 0 else ""


def available_languages() -> frozenset[str]:
    """The languages that can be judged here; empty when there is no sandbox."""
    return frozenset(language for language in LANGUAGES if not why_unavailable(language))


def why_unavailable(language: str) -> str:
    """Why a language cannot be judged here, empty when it can."""
    try:
        tier = chosen_tier()
        return language_problem(tier, language, runtime_of(language).executable)
    except SandboxUnavailable as problem:
        return str(problem)


def landlock_version() -> int:
    """The kernel's Landlock ABI, 0 without."""
    return kernel.landlock_abi()
