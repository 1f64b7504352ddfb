"""Which tier works here, found out by running a submission that tries to get out.

What holds is kept for the life of the process. What does not may have been a hiccup of the machine, so it is forgotten
after a minute: then a submission is judged again, or in a stronger tier.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from evaluations.judge import Bundle, Judgement, TestCase, Verdict

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

_FORGET_SECONDS = 60.0

_lock = threading.Lock()
_problems: dict[tuple[str, ...], tuple[str, float]] = {}
"""What was probed -> its problem, empty for none, and until when (monotonic, s) that is believed."""


def _remembered(key: tuple[str, ...], probe: Callable[[], str]) -> str:
    problem, until = _problems.get(key, ("", 0.0))
    if time.monotonic() >= until:
        problem = probe()
        _problems[key] = problem, time.monotonic() + _FORGET_SECONDS if problem else float("inf")
    return problem


def forget() -> None:
    """Probe anew whatever is asked for next."""
    with _lock:
        _problems.clear()
        _tell.cache_clear()


def _bundle(entry_point: str, argument: str, expected: object) -> Bundle:
    test = TestCase("probe", True, {"value": argument}, expected, "probe")
    return Bundle("probe", 1, "function", ("value",), entry_point, "exact", None, 5000, 256, (test,))


def tier_problem(tier: str, python: str) -> str:
    """Why a tier does not hold here, empty when it does. `python` is in the key because it decides what
    must be bound."""
    return _remembered((tier, python), lambda: _tier_problem(tier))


def _tier_problem(tier: str) -> str:
    try:
        judgement = _tried(
            tier, _bundle("escapes", os.path.realpath(__file__), []), PYTHON, _ESCAPES.read_text()
        )
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


def language_problem(tier: str, language: str, executable: str) -> str:
    """Why a language cannot be judged in a tier, empty when it can."""
    if language == PYTHON:
        return tier_problem(tier, executable) if tier != WEAK else ""
    return _remembered((tier, language, executable), lambda: _language_problem(tier, language))


def _language_problem(tier: str, language: str) -> str:
    judgement = _tried(tier, _bundle("greet", "sandbox", "hello sandbox"), language, _GREETING)
    return "" if judgement.verdict is Verdict.ACCEPTED else judgement.message or judgement.verdict.value


def _tried(tier: str, bundle: Bundle, language: str, code: str) -> Judgement:
    """The judgement of a probe. Trouble of the machine, which `judge_in` has met twice by then, or a time limit that no
    probe should meet, gets one more chance."""
    judgement = judge_in(tier, bundle, language, code, None)
    if judgement.verdict in (Verdict.INFRASTRUCTURE_ERROR, Verdict.TIME_LIMIT):
        return judge_in(tier, bundle, language, code, None)
    return judgement


def chosen_tier() -> str:
    """The strongest tier that holds; SandboxUnavailable, saying how to fix it, when none does."""
    settings = sandbox_settings()
    with _lock:
        return _choose(settings)


def _choose(settings: SandboxSettings) -> str:
    candidates = TIERS if settings.tier == AUTO else (settings.tier,)
    problems: dict[str, str] = {}
    for tier in candidates:
        problem = unusable(tier) or tier_problem(tier, settings.python)
        if not problem:
            if tier == "landlock":
                _tell(tier, str(problems))
            return tier
        problems[tier] = problem
    if settings.allow_weak:
        _tell(WEAK, str(problems))
        return WEAK
    raise SandboxUnavailable(
        f"{_MINIMUM} Tried: " + "; ".join(f"{tier}: {why}" for tier, why in problems.items())
    )


@lru_cache(maxsize=8)
def _tell(tier: str, problems: str) -> None:
    """Log what is weaker than it should be; once, though it is looked at again every minute."""
    if tier == WEAK:
        logger.critical("SANDBOX_ALLOW_WEAK=1: submitted code runs WITHOUT a sandbox (%s)", problems)
    else:
        logger.warning("sandbox: no namespaces here, running on Landlock and seccomp alone (%s)", problems)


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
