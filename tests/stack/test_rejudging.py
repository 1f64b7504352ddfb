"""Rejudging with real workers and the real sandbox: judged on the side, decided by command, applied."""

import json

import pytest

from tests.stack.harness import Person, RunningStack, solution_of, until

pytestmark = pytest.mark.stack

BEGIN = """
from django.utils import timezone
from catalog.models import ProblemVersion, Problem
version = ProblemVersion.objects.filter(problem_id={problem!r}).latest("version")
version.pk, version.version, version.digest = None, version.version + 1, "0" * 64
version.content = version.content | {{"visible_tests": []}}
version.hidden_tests = [test | {{"expected": None}} for test in version.hidden_tests]
version.save(force_insert=True)
Problem.objects.filter(id=version.problem_id).update(current_version=version.version)
"""


def solved(learner: Person) -> dict[str, str]:
    """A task that the learner solved."""
    task = learner.started_task()
    submit = f"/v1/study-tasks/{task['id']}/submit"
    done = learner.post(submit, {"language": "python", "code": solution_of(task)}, Prefer="wait=30")
    assert done["verdict"] == "accepted"
    return {"id": task["id"], "problem_id": task["problem_id"]}


def test_workers_judge_again_and_the_record_follows(stack: RunningStack) -> None:
    """Tests that expect something else come in; an evaluator is killed meanwhile; nothing is lost or done twice."""
    learners = [stack.learner() for _ in range(3)]
    tasks = [solved(learner) for learner in learners]
    problem = tasks[0]["problem_id"]
    concerned = [pair for pair in zip(learners, tasks, strict=True) if pair[1]["problem_id"] == problem]
    stack.stack.manage("shell", "--no-imports", "-c", BEGIN.format(problem=problem))

    stack.stack.manage("rejudge", problem, "--no-wait", "--reason", "Wrong tests.")
    stack.kill("evaluator")
    stack.start("evaluator")
    [[rejudging]] = stack.rows("SELECT id::text FROM rejudgings WHERE problem_id = %s", problem)
    until(lambda: swept_until_ready(stack, rejudging), "the rejudging to be ready")
    assert all(learner.get(f"/v1/study-tasks/{task['id']}")["passed"] for learner, task in concerned)
    shown = json.loads(stack.stack.manage("rejudge", "--show", rejudging, "--json"))
    assert shown["changed"] == len(shown["changes"]) >= len(concerned)
    stack.stack.manage("rejudge", "--apply", rejudging, "--yes")

    for learner, task in concerned:
        after = learner.get(f"/v1/study-tasks/{task['id']}")
        assert (after["status"], after["passed"], after["attempts"]) == ("completed", False, 1)
        evaluations = learner.get(f"/v1/study-tasks/{task['id']}/evaluations")["results"]
        assert sorted(each["cause"] for each in evaluations) == ["rejudge", "submission"]
        [rejudged] = [each for each in evaluations if each["cause"] == "rejudge"]
        assert "def " in learner.evaluation(rejudged["id"])["code"]
        assert [event["event_type"] for event in learner.events(task["id"])].count("rejudged") == 1
    stack.assert_whole_record()


def swept_until_ready(stack: RunningStack, rejudging_id: str) -> bool:
    """Whether it is ready; the sweeper is asked to look after it each time, for the killed worker has left a lease."""
    stack.sweep()
    return stack.rows("SELECT state FROM rejudgings WHERE id = %s", rejudging_id) == [("ready",)]
