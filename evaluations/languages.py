"""Which languages this installation can judge, and whether this machine's sandbox is sound."""

from django.conf import settings

from catalog.languages import LANGUAGES
from common.health import NotReady
from evaluations.sandbox import SandboxUnavailable, available_languages, sandbox_in_use


def runtimes_here() -> dict[str, bool]:
    """Language -> whether submissions in it can be run.

    The evaluation service runs all of them, a Judge0 those of JUDGE0_LANGUAGES. Else EVALUATION_LANGUAGES says what
    the evaluators have, for web servers that are no evaluators; without it, this machine's sandbox is asked. The first
    call in a process probes it, which takes about a second; the answer is kept.
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
