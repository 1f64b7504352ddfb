"""A path that was asked for twice is answered from what was stored, whatever is away meanwhile."""

from pytest_django import Settings

from tests.callers import Caller


def test_a_repeated_path_gets_its_answer_while_the_problem_bank_is_away(
    learner: Caller, catalogue: None, settings: Settings
) -> None:
    first = learner.post("/v1/study-paths", idempotency_key="k")
    settings.PROBLEM_BANK_URL = "http://127.0.0.1:1"

    again = learner.post("/v1/study-paths", idempotency_key="k")
    new = learner.post("/v1/study-paths", idempotency_key="l")

    assert (first.status_code, again.status_code, again.content) == (201, 201, first.content)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert new.status_code == 503
