"""Which languages can be judged here."""

from django.test import override_settings

from catalog.languages import runtimes
from evaluations.languages import runtimes_here
from evaluations.sandbox import available_languages


def test_the_sandbox_says_which_languages_it_can_run() -> None:
    here = available_languages()

    assert runtimes_here() == {"python": "python" in here, "javascript": "javascript" in here}


def test_the_evaluation_service_runs_every_language() -> None:
    with override_settings(EVAL_SERVICE_URL="http://127.0.0.1:9"):
        assert runtimes_here() == {"python": True, "javascript": True}


def test_the_catalogue_shows_what_evaluations_can_run() -> None:
    assert runtimes() == runtimes_here()
