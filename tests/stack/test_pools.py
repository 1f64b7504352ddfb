"""Evaluations are for evaluators: while those are away learners wait, and nobody else takes their work."""

import pytest

from tests.stack.harness import RunningStack, solution_of, until

pytestmark = pytest.mark.stack


def test_the_general_worker_judges_nothing_while_the_evaluators_are_away(stack: RunningStack) -> None:
    """It goes on with its own work meanwhile; what was submitted is judged once evaluators are back."""
    stack.stop("evaluator")
    erin = stack.learner()
    task = erin.started_task()
    body = {"language": "python", "code": solution_of(task)}
    queued = erin.post(f"/v1/study-tasks/{task['id']}/submit", body)

    stack.sweep()
    until(lambda: stack.messages("default") == 0, "the general worker to sweep")

    waiting = erin.evaluation(queued["id"])
    assert (waiting["status"], waiting["verdict"]) == ("queued", None)
    assert stack.rows("SELECT deliveries FROM task_evaluations WHERE id = %s", queued["id"]) == [(0,)]
    stack.start("evaluator")
    assert erin.verdict(queued["id"])["verdict"] == "accepted"
