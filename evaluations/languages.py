"""Which languages this installation can judge."""

from django.conf import settings

from catalog.languages import LANGUAGES
from evaluations.sandbox import available_languages


def runtimes_here() -> dict[str, bool]:
    """Language -> whether code in it can be run: by the evaluation service always, by the sandbox if it holds.

    The first call in a process probes the sandbox, which takes about a second; the answer is kept.
    """
    here = LANGUAGES.keys() if settings.EVAL_SERVICE_URL else available_languages()
    return {language: language in here for language in LANGUAGES}
