"""`make demo`: one learner's story over real HTTP, printed for a person to read; fails if a step is not as expected.

Runs against the stack that config.supervisor has started (BASE_URL, STUDYPATHS_DATA). Solutions come from the shipped
problem set.
"""

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg2
import requests
from rich.console import Console
from rich.table import Table

from config.embedded import addresses

ROOT = Path(__file__).resolve().parents[1]
TIMEOUT_SECONDS = 40
SNOOPING = """
def {name}(*arguments):
    import os, socket
    found = []
    for path in ("/etc/passwd", "/proc/1/environ", "manage.py"):
        try:
            found.append(open(path).read())
        except OSError as error:
            found.append(type(error).__name__)
    try:
        socket.create_connection(("127.0.0.1", 5432), 1)
        found.append("connected")
    except OSError as error:
        found.append(type(error).__name__)
    return [found, sorted(os.environ)]
"""

console = Console(highlight=False, width=110, soft_wrap=False)


class Unexpected(Exception):
    """A step did not go as the story says."""


def expect(condition: bool, what: str) -> None:
    """Go on if the condition holds."""
    if not condition:
        raise Unexpected(what)


@dataclass
class Person:
    """Somebody who calls the API with a token."""

    name: str
    role: str = "learner"
    session: requests.Session = field(default_factory=requests.Session)

    def __post_init__(self) -> None:
        token = manage("issue_token", self.name, "--role", self.role).strip()
        self.session.headers["Authorization"] = f"Bearer {token}"

    def call(
        self, method: str, path: str, *, status: int, body: Any = None, **headers: str
    ) -> requests.Response:
        """Call the API and expect that status."""
        response = self.session.request(
            method, os.environ["BASE_URL"] + path, json=body, headers=headers, timeout=TIMEOUT_SECONDS
        )
        expect(
            response.status_code == status, f"{method} {path}: {response.status_code} {response.text[:500]}"
        )
        return response

    def get(self, path: str, *, status: int = 200, **headers: str) -> Any:
        return self.call("GET", path, status=status, **headers).json()

    def post(self, path: str, body: Any = None, *, status: int = 200, **headers: str) -> Any:
        return self.call("POST", path, status=status, body=body, **headers).json()


def manage(*arguments: str, status: int = 0) -> str:
    """What a management command prints; it must end with `status`."""
    command = [sys.executable, str(ROOT / "manage.py"), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    expect(done.returncode == status, f"manage.py {' '.join(arguments)}: {done.stdout}{done.stderr}")
    return done.stdout if status == 0 else done.stdout + done.stderr


def solution(task: dict[str, Any], extension: str) -> str:
    """The reference solution that the project ships for a task's problem."""
    folder = ROOT / "catalog" / "problem_set" / task["module"] / task["problem_id"]
    return Path(folder / f"solution.{extension}").read_text()


def say(text: str) -> None:
    console.print(f"  {text}")


def a_path_is_planned(alice: Person) -> None:
    created = alice.post("/v1/study-paths", {"track_id": "coding-interview-meta"}, status=201)
    tasks = created["tasks"]
    expect(5 <= len(tasks) <= 10, "the first batch has 5 to 10 tasks")
    expect(all(task["difficulty"] <= 2 for task in tasks), "the first batch is easy")
    table = Table(show_edge=False, pad_edge=False)
    for title in ("problem", "topic", "difficulty", "why this task"):
        table.add_column(title)
    for task in tasks:
        table.add_row(
            task["problem_id"], task["topic_tags"][0], str(task["difficulty"]), task["decision"]["why"]
        )
    console.print(table)


def she_starts_the_next_task(alice: Person) -> None:
    following = alice.get("/v1/study-tasks/next")
    problem = following["problem"]
    expect("hidden_tests" not in problem and "solutions" not in problem, "hidden tests stay on the server")
    say(f"Next is “{problem['title']}”, target {problem['minutes_target']} minutes:")
    for line in problem["statement"].strip().splitlines()[:4]:
        say(f"  [dim]{line}[/dim]")
    task = alice.post(f"/v1/study-tasks/{following['id']}/start")
    expect(task["status"] == "in_progress", "the task is in progress")
    again = alice.post("/v1/study-tasks/next/start")
    expect(again["id"] == task["id"], "a second tab gets the same task")
    say("She starts it. A second browser tab that also asks to start gets the same task, not another one.")


def a_wrong_submission(alice: Person) -> None:
    task = alice.get("/v1/study-tasks/next")
    code = f"def {task['problem']['entry_points']['python']}(*arguments):\n    return None\n"
    body = {"language": "python", "code": code}
    key: dict[str, Any] = {"Idempotency-Key": "first-try"}
    first = alice.post(f"/v1/study-tasks/{task['id']}/submit", body, status=202, **key)
    retry = alice.post(f"/v1/study-tasks/{task['id']}/submit", body, status=202, **key)
    expect(first["id"] == retry["id"], "one Idempotency-Key gives one evaluation")
    say(
        "She submits a first try. Her connection stutters and sends it twice with one Idempotency-Key: one evaluation."
    )
    done = alice.post(f"/v1/study-tasks/{task['id']}/submit", body, Prefer="wait=30", **key)
    expect(done["id"] == first["id"], "waiting for the verdict is no new submission either")
    show_verdict(done, "wrong_answer")


def show_verdict(evaluation: dict[str, Any], verdict: str) -> None:
    """Print a verdict with the first failed visible test."""
    expect(
        evaluation["verdict"] == verdict,
        f"verdict {evaluation['verdict']} instead of {verdict}: {evaluation}",
    )
    passed, total = evaluation["test_cases_passed"], evaluation["test_cases_total"]
    say(f"Verdict: [bold]{verdict}[/bold], {passed} of {total} tests, slowest {evaluation['runtime_ms']} ms.")
    failed = next((c for c in evaluation["cases"] if c["visible"] and c["verdict"] != "accepted"), None)
    if failed and failed["details"]:
        details = failed["details"]
        say(f"  {failed['id']}: expected {details.get('expected')!r}, got {details.get('got')!r}")
    hidden = [case for case in evaluation["cases"] if not case["visible"]]
    expect(
        bool(hidden) and all(case["details"] is None for case in hidden),
        "hidden tests show their category only",
    )


def code_that_looks_around(alice: Person) -> None:
    task = alice.get("/v1/study-tasks/next")
    body = {"language": "python", "code": SNOOPING.format(name=task["problem"]["entry_points"]["python"])}
    done = alice.post(f"/v1/study-tasks/{task['id']}/submit", body, Prefer="wait=30")
    case = next(case for case in done["cases"] if case["visible"])
    got = str((case["details"] or {}).get("got"))
    expect(
        "root:" not in got and "connected" not in got and "DATABASE_URL" not in got,
        f"the sandbox holds: {got}",
    )
    say(
        "A submission that tries to read /etc/passwd, the server's files and environment, and to open a connection"
    )
    say(f"finds nothing: {got[:95]}")


def the_right_submission(alice: Person) -> None:
    task = alice.get("/v1/study-tasks/next")
    body = {"language": "python", "code": solution(task, "py")}
    done = alice.post(f"/v1/study-tasks/{task['id']}/submit", body, Prefer="wait=30")
    show_verdict(done, "accepted")
    task = alice.get(f"/v1/study-tasks/{task['id']}")
    expect(task["status"] == "completed" and task["score"] == 1.0 and task["passed"], "the task is completed")
    say(f"The task is completed with score {task['score']:.0%} after {task['attempts']} attempts.")
    following = alice.get("/v1/study-tasks/next")
    expect(following["id"] != task["id"] and bool(following["decision"]["why"]), "another task comes next")
    say(f"What comes next was planned in the same transaction: {following['problem_id']}.")
    say(f"  [dim]{following['decision']['why']}[/dim]")
    scheduled = review_of(alice, task["id"])
    say(f"So was a review of it: she will be asked again on {scheduled['due_at'][:10]}.")


def review_of(person: Person, task_id: str) -> dict[str, Any]:
    """The state of the review that a completed task led to."""
    events = person.get(f"/v1/study-tasks/{task_id}/events")["results"]
    found = [event["payload"] for event in events if event["event_type"] == "review_scheduled"]
    expect(len(found) == 1, "one review is scheduled")
    state: dict[str, Any] = found[0]["after"]
    return state


def javascript_too(alice: Person) -> None:
    task = alice.post("/v1/study-tasks/next/start")
    body = {"language": "javascript", "code": solution(task, "js")}
    say(f"The next one, {task['problem_id']}, she solves in JavaScript.")
    show_verdict(alice.post(f"/v1/study-tasks/{task['id']}/submit", body, Prefer="wait=30"), "accepted")


def she_skips_one(alice: Person) -> None:
    task = alice.get("/v1/study-tasks/next")
    skipped = alice.post(f"/v1/study-tasks/{task['id']}/skip", {"reason": "I know this one by heart."})
    expect(skipped["status"] == "skipped", "the task is skipped")
    refused = alice.post(f"/v1/study-tasks/{task['id']}/start", status=409)
    say(
        f"She skips {task['problem_id']}. Starting it afterwards is refused: {refused['code']}, “{refused['detail']}”"
    )


def nobody_else_sees_it(alice: Person) -> None:
    task = alice.get("/v1/study-tasks?limit=1")["results"][0]
    for person in (Person("mallory"), Person("grace", "mentor")):
        person.get(f"/v1/study-tasks/{task['id']}", status=404)
    say("For another learner, and for a mentor who was given no access, Alice's task does not exist: 404.")
    planner = Person("curriculum-orchestrator", "service")
    path = alice.get("/v1/study-paths/current")
    new = {
        "problem_id": "last-coat",
        "module": "arrays-strings",
        "difficulty": 2,
        "topic_tags": ["string-scan"],
    }
    planner.post("/v1/study-tasks/batch", {"path_id": path["id"], "tasks": [new]}, status=201)
    say("The Curriculum Orchestrator, with its service token, may plan a task for her.")


def how_far_she_is(alice: Person) -> None:
    response = alice.call("GET", "/v1/study-paths/current", status=200)
    progress = response.json()["progress"]
    expect(
        progress["counts_by_status"].get("completed") == 2 and progress["accuracy"] == 1.0,
        f"progress {progress}",
    )
    say(
        f"{progress['completed']} of {progress['total']} tasks completed, accuracy {progress['accuracy']:.0%}."
    )
    alice.call("GET", "/v1/study-paths/current", status=304, **{"If-None-Match": response.headers["ETag"]})
    say("Asked again with its ETag, the answer is 304: nothing happened since.")


def the_timeline(alice: Person) -> None:
    task = next(t for t in alice.get("/v1/study-tasks?status=completed")["results"] if t["attempts"] > 1)
    events = alice.get(f"/v1/study-tasks/{task['id']}/events")["results"]
    types = [event["event_type"] for event in events]
    wanted = ["created", "started", *["submitted", "evaluated"] * 3, "status_changed", "review_scheduled"]
    expect(types == wanted, f"the timeline is {types}")
    table = Table(show_edge=False, pad_edge=False)
    for title in ("sequence", "event", "", "at", "hash"):
        table.add_column(title)
    for event in events:
        payload = event["payload"]
        note = payload.get("verdict") or payload.get("to") or payload.get("language") or ""
        table.add_row(
            str(event["sequence"]), event["event_type"], note, event["occurred_at"][11:23], event["hash"][:16]
        )
    console.print(table)


BEAT_LATER = """
from datetime import datetime
from accounts.selectors import learner_id_of
from reviews.services import make_due_tasks
learner_id = learner_id_of({name!r})
print(make_due_tasks(by="system:demo", at=datetime.fromisoformat({at!r}), learner_ids=[learner_id]))
"""


def days_go_by(alice: Person) -> None:
    task = next(t for t in alice.get("/v1/study-tasks?status=completed")["results"] if t["attempts"] > 1)
    due_at = review_of(alice, task["id"])["due_at"]
    say(
        f"Beat looks for due reviews every five minutes. Nobody waits until {due_at[:10]}: the demo makes the same"
    )
    say("call as beat does, with that day for a clock.")
    code = BEAT_LATER.format(name=alice.name, at=due_at)
    made = int(manage("shell", "--verbosity", "0", "-c", code))
    expect(made >= 1, "the review became a task")
    again = int(manage("shell", "--verbosity", "0", "-c", code))
    expect(again == 0, "a second beat makes no second task")
    following = alice.get("/v1/study-tasks/next")
    expect(
        following["kind"] == "review" and following["metadata"]["source"]["type"] == "review",
        "reviews come before new problems",
    )
    say(f"Next is the review of {following['problem_id']}:")
    say(f"  [dim]{following['decision']['why']}[/dim]")


def the_record_is_proven(alice: Person) -> None:
    say(manage("verify_history", "--learner", alice.name).strip())
    say(manage("rebuild_tasks", "--check").strip())


def tampering_shows(alice: Person) -> None:
    say("Somebody with the database's own superuser rights turns the wrong answer into an accepted one …")
    forge = "UPDATE task_events SET payload = jsonb_set(payload, '{verdict}', %s) WHERE id = %s"
    with psycopg2.connect(addresses()["DATABASE_URL"]) as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, sequence FROM task_events WHERE payload->>'verdict' = 'wrong_answer' ORDER BY sequence LIMIT 1"
        )
        event_id, sequence = cursor.fetchone() or (None, 0)
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(forge, ['"accepted"', event_id])
        connection.commit()
        report = manage("verify_history", "--learner", alice.name, status=1)
        expect(
            f"sequence {sequence} was changed" in report, f"verification names sequence {sequence}: {report}"
        )
        say(f"… and verify_history names the place: {report.strip().splitlines()[0]}")
        cursor.execute(forge, ['"wrong_answer"', event_id])
    connection.close()
    say("Put back as it was, it verifies again: " + manage("verify_history", "--learner", alice.name).strip())


STORY: list[tuple[str, Callable[[Person], None]]] = [
    ("Alice begins to prepare for coding interviews: a path is planned", a_path_is_planned),
    ("She starts the next task", she_starts_the_next_task),
    ("Her first try is wrong", a_wrong_submission),
    ("Submitted code is hostile until proven otherwise", code_that_looks_around),
    ("Then she has it", the_right_submission),
    ("Another task, another language", javascript_too),
    ("One she does not need", she_skips_one),
    ("Her record is hers", nobody_else_sees_it),
    ("How far she is", how_far_she_is),
    ("What happened, from the log", the_timeline),
    ("Days go by, and what she learned comes back", days_go_by),
    ("Is it true? Every hash recomputed, every row derived again", the_record_is_proven),
    ("And if somebody tampers", tampering_shows),
]


def main() -> int:
    """Tell the story; 0 only if every step was as expected."""
    alice = Person("alice")
    for number, (title, step) in enumerate(STORY, start=1):
        console.print(f"\n[bold cyan]{number}. {title}[/bold cyan]")
        try:
            step(alice)
        except (Unexpected, requests.RequestException, psycopg2.Error) as error:
            console.print(f"  [bold red]Not as expected:[/bold red] {error}", markup=True)
            return 1
    console.print(f"\n[bold green]All {len(STORY)} steps as expected.[/bold green]")
    return 0


if __name__ == "__main__":
    sys.exit(main())
