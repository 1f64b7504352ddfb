"""The running server against its OpenAPI document: schemathesis sends what the document allows and what it does not.

No 5xx, no undocumented status or media type, no header or body that is not as described, nothing taken that the
document forbids, for every kind of caller.
"""

from collections import Counter
from dataclasses import dataclass, field
from itertools import product
from typing import Any
from uuid import UUID

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import CheckFunction, not_a_server_error
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.stack.harness import TIMEOUT_SECONDS, Person, RunningStack, solution_of

pytestmark = pytest.mark.stack

EXAMPLES = 25
MODES = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
CHECKS: list[CheckFunction] = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
]
GRANT = """
from django.utils import timezone
from accounts.models import User
from accounts.selectors import learner_id_of
from accounts.services import grant_access
user = User.objects.create_user({mentor!r}, subject={mentor!r})
learner = learner_id_of({learner!r})
grant_access(user_id=user.pk, learner_id=learner, role="mentor", by="person:staff", at=timezone.now())
"""

Found = dict[str, list[str]]


@pytest.fixture
def learner(stack: RunningStack) -> Person:
    """A learner with a history: one task judged twice and completed, one begun, others scheduled."""
    learner = stack.learner()
    task = learner.started_task(max_attempts=20)
    submit = f"/v1/study-tasks/{task['id']}/submit"
    learner.post(submit, {"language": "python", "code": "x = 1"}, Prefer="wait=30")
    learner.post(submit, {"language": "python", "code": solution_of(task)}, Prefer="wait=30")
    learner.post("/v1/study-tasks/next/start")
    return learner


@pytest.fixture
def existing(learner: Person) -> Found:
    """Values of path parameters for which there is something: of tasks one in each state."""
    tasks = {task["status"]: task for task in learner.get("/v1/study-tasks")["results"]}
    judged = tasks["completed"]
    evaluations = learner.get(f"/v1/study-tasks/{judged['id']}/evaluations")["results"]
    [item] = learner.get("/v1/study-tasks/review-due?state=upcoming")["results"]
    return {
        "task_id": [task["id"] for task in tasks.values()],
        "path_id": [judged["path_id"]],
        "evaluation_id": [evaluation["id"] for evaluation in evaluations],
        "problem_id": [judged["problem_id"]],
        "slug": ["coding-interview-meta"],
        "user_id": [learner.name],
        "item_id": [item["id"]],
    }


def cases_of(operation: Any, existing: Found) -> st.SearchStrategy[Any]:
    """Requests of an operation, proper and improper, to objects that exist and to others."""
    names = [parameter.name for parameter in operation.path_parameters]
    fixed = [dict(zip(names, values, strict=True)) for values in product(*(existing[name] for name in names))]
    places: list[dict[str, str] | None] = [*(fixed if names else []), None]
    requests = st.one_of(
        *(
            operation.as_strategy(generation_mode=mode, path_parameters=place)
            for mode in MODES
            for place in places
        )
    )
    return requests.map(lambda case: about_an_existing_path(case, existing))


def about_an_existing_path(case: Any, existing: Found) -> Any:
    """The same request, with the learner's path where the body has the id of one; what is no id stays so."""
    if isinstance(case.body, dict) and is_uuid(case.body.get("path_id")):
        case.body["path_id"] = existing["path_id"][0]
    return case


def is_uuid(value: Any) -> bool:
    """Whether it is a UUID as JSON has it, with its hyphens and nothing around them."""
    try:
        return isinstance(value, str) and str(UUID(value)) == value.lower()
    except ValueError:
        return False


@dataclass
class Audit:
    """What was answered: label and status of every request, and what was wrong, with an example of each kind."""

    person: Person
    existing: Found
    answered: Counter[tuple[str, int]] = field(default_factory=Counter)
    faults: dict[str, str] = field(default_factory=dict)

    def examine(self, operation: Any) -> None:
        """Send requests to an operation and check the answers."""

        @settings(
            max_examples=EXAMPLES,
            derandomize=True,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=cases_of(operation, self.existing))
        def send(case: Any) -> None:
            person = self.person
            authorization = {"Authorization": str(person.session.headers["Authorization"])}
            response = case.call(person.base_url, person.session, authorization, timeout=TIMEOUT_SECONDS)
            self.answered[operation.label, response.status_code] += 1
            try:
                case.validate_response(response, checks=CHECKS)
            except FailureGroup as group:
                for failure in group.exceptions:
                    self.faults.setdefault(f"{operation.label}: {failure.title}", described(case, failure))

        send()


def described(case: Any, failure: Failure) -> str:
    return f"{case.method} {case.formatted_path} {case.query} {case.headers} {case.body!r:.300}\n{failure.message}"


@pytest.mark.parametrize(("role", "served"), [("learner", 15), ("mentor", 8), ("service", 10)])
def test_every_answer_is_as_the_document_says(
    stack: RunningStack, learner: Person, existing: Found, role: str, served: int
) -> None:
    """At least `served` of the operations must have succeeded too, or the refusals alone were checked."""
    person = learner if role == "learner" else stack.person(role)
    if role == "mentor":
        script = GRANT.format(mentor=person.name, learner=learner.name)
        stack.stack.manage("shell", "--no-imports", "-c", script)
    audit = Audit(person, existing)
    for result in schemathesis.openapi.from_url(f"{stack.base_url}/v1/schema").get_all_operations():
        assert isinstance(result, Ok), result
        audit.examine(result.ok())

    assert audit.faults == {}, "\n\n".join(f"{title}\n{example}" for title, example in audit.faults.items())
    assert len({label for label, status in audit.answered if status < 400}) >= served, audit.answered
