"""Which languages this installation can judge, and whether this machine's sandbox is sound."""

from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache

from django.conf import settings

from catalog.languages import LANGUAGES
from common.health import NotReady
from evaluations.sandbox import SandboxUnavailable, available_languages, sandbox_in_use

_PATIENCE_SECONDS = 0.05
_WEAK = (
    "Submitted code runs WITHOUT isolation on this machine: it can read files, reach the network and see other "
    "processes. Run manage.py check_sandbox, provide one of the sandbox tiers that it lists, then remove "
    "SANDBOX_ALLOW_WEAK and restart."
)
_REFUSED = (
    "Submitted code cannot be run on this machine; submissions are refused, and those that were made fail until this "
    "is put right. Run manage.py check_sandbox. What it needs: "
)


def runtimes_here() -> dict[str, bool]:
    """Language -> whether submissions in it can be run.

    The evaluation service runs all of them, a Judge0 those of JUDGE0_LANGUAGES. Else EVALUATION_LANGUAGES says what
    the evaluators have, for web servers that are no evaluators; without it, this machine's sandbox is asked. The first
    call in a process probes it, which takes about a second; a good answer is kept, a bad one for a minute.
    """
    if settings.EVAL_SERVICE_URL:
        return dict.fromkeys(LANGUAGES, True)
    if settings.JUDGE0_URL:
        return {language: language in settings.JUDGE0_LANGUAGES for language in LANGUAGES}
    available = settings.EVALUATION_LANGUAGES or available_languages()
    return {language: language in available for language in LANGUAGES}


def sandbox_health() -> str:
    """For `/health/ready`: what submissions run in. Raises `NotReady` where they cannot run, or run unprotected."""
    if settings.EVAL_SERVICE_URL:
        return "the evaluation service"
    if settings.JUDGE0_URL:
        return f"Judge0: {', '.join(settings.JUDGE0_LANGUAGES)}"
    if settings.EVALUATION_LANGUAGES:
        return f"evaluators elsewhere: {', '.join(settings.EVALUATION_LANGUAGES)}"
    try:
        tier, isolated = sandbox_in_use()
    except SandboxUnavailable as problem:
        raise NotReady(str(problem)) from problem
    if not isolated:
        raise NotReady("SANDBOX_ALLOW_WEAK=1: submitted code runs WITHOUT isolation")
    return tier


def sandbox_warning() -> str:
    """For every page of the admin: that submitted code runs unprotected here, or not at all, and what to do.

    A page never waits for the probe: what is not known yet is told on the next page. What was wrong is looked at again
    for the next one; the sandbox itself remembers for a while what it found.
    """
    if settings.EVAL_SERVICE_URL or settings.JUDGE0_URL or settings.EVALUATION_LANGUAGES:
        return ""
    try:
        warning = probed_warning().result(timeout=_PATIENCE_SECONDS)
    except TimeoutError:
        return ""
    if warning:
        probed_warning.cache_clear()
    return warning


@cache
def probed_warning() -> Future[str]:
    """What the sandbox's probe comes to, found in the background."""
    background = ThreadPoolExecutor(max_workers=1, thread_name_prefix="sandbox-probe")
    finding = background.submit(_find_warning)
    background.shutdown(wait=False)
    return finding


def _find_warning() -> str:
    try:
        _, isolated = sandbox_in_use()
    except SandboxUnavailable as problem:
        return f"{_REFUSED}{problem}"
    return "" if isolated else _WEAK
