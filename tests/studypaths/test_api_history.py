"""Task history over HTTP: filters against a plain-Python oracle, pages while rows are added.

R019, R066, R074, K-03, K-04.
"""

import random
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from studypaths.journal import open_journal
from studypaths.models import StudyTask
from studypaths.services import paths, tasks
from studypaths.states import TERMINAL_STATUSES, TaskKind, TaskStatus
from tests.callers import Caller
from tests.studypaths.builders import CO, MINUTE, NOON, me, new_path, new_tasks, planned
from tests.studypaths.conftest import Scene
from tests.studypaths.declared import check, declared, document

pytestmark = pytest.mark.usefixtures("unlimited")

DAY = timedelta(days=1)
MODULES = ("arrays-strings", "heaps", "design")
TOPICS = ("two-pointers", "top-k", "caching")
ORDERINGS = ("-scheduled_at", "scheduled_at", "-created_at", "created_at")
Task = dict[str, Any]


def path_on(learner_id: UUID, track: str) -> Any:
    plan = paths.PathPlan(uuid4(), track, {"expire_after_days": 7}, [])
    return paths.create_path(learner_id=learner_id, plan=plan, by=me(learner_id), at=NOON).path["id"]


def sixty_tasks(learner_id: UUID) -> list[UUID]:
    """On two tracks, with every module, kind, difficulty and status; many are scheduled at the same instant."""
    choice = random.Random(20260302)
    made: list[UUID] = []
    for batch, track in enumerate(("coding-interview-meta", "coding-interview-meta", "another-track")):
        path_id = path_on(learner_id, track)
        columns = [
            planned(
                choice.choice(("longest-climb", "fair-split", "night-buses")),
                at=NOON + choice.randrange(8) * DAY,
                module=choice.choice(MODULES),
                topic_tags=choice.sample(TOPICS, choice.randrange(4)),
                difficulty=choice.randint(1, 5),
                kind=choice.choice(list(TaskKind)),
            )
            for _ in range(20)
        ]
        rows = tasks.create_tasks_batch(
            learner_id=learner_id, path_id=path_id, tasks=columns, by=CO, at=NOON + batch * MINUTE
        )
        made += [row["id"] for row in rows]
    for number, task_id in enumerate(made):
        move(learner_id, task_id, list(TaskStatus)[number % 5])
    return made


def move(learner_id: UUID, task_id: UUID, status: TaskStatus) -> None:
    act: dict[str, Any] = {"learner_id": learner_id, "task_id": task_id, "by": CO, "at": NOON + MINUTE}
    if status in (TaskStatus.IN_PROGRESS, TaskStatus.COMPLETED):
        tasks.start_task(**act)
    if status in TERMINAL_STATUSES:
        measured = {"score": 0.5} if status is TaskStatus.COMPLETED else {}
        tasks.report_progress(**act, status=status, measured=measured)


@pytest.fixture
def history(learner: Caller, stranger: Caller) -> list[Task]:
    """Alice's tasks as plain values; Mallory has some too."""
    assert learner.learner_id is not None
    assert stranger.learner_id is not None
    new_tasks(stranger.learner_id, new_path(stranger.learner_id)["id"], 5)
    made = sixty_tasks(learner.learner_id)
    return list(StudyTask.objects.filter(id__in=made).values(*COLUMNS))


COLUMNS = (
    "id", "path_id", "path__track_id", "problem_id", "module", "topic_tags", "difficulty", "kind", "status",
    "scheduled_at", "created_at",
)  # fmt: skip


KEEPS: dict[str, Callable[[Task, str], bool]] = {
    "module": lambda task, value: task["module"] in value.split(","),
    "status": lambda task, value: task["status"] in value.split(","),
    "kind": lambda task, value: task["kind"] in value.split(","),
    "difficulty": lambda task, value: str(task["difficulty"]) in value.split(","),
    "difficulty_min": lambda task, value: task["difficulty"] >= int(value),
    "difficulty_max": lambda task, value: task["difficulty"] <= int(value),
    "topic": lambda task, value: value in task["topic_tags"],
    "track": lambda task, value: task["path__track_id"] == value,
    "path": lambda task, value: str(task["path_id"]) == value,
    "problem_id": lambda task, value: task["problem_id"] == value,
    "from": lambda task, value: value == ".." or task["scheduled_at"] >= datetime.fromisoformat(value),
    "to": lambda task, value: value == ".." or task["scheduled_at"] < datetime.fromisoformat(value),
    "date_range": lambda task, value: (
        KEEPS["from"](task, value.split("/")[0]) and KEEPS["to"](task, value.split("/")[1])
    ),
}


def expected(history: list[Task], query: dict[str, str]) -> list[str]:
    """The ids that a query shows, in order."""
    filters = {name: value for name, value in query.items() if name != "ordering"}
    ordering = query.get("ordering", "-scheduled_at")
    column = ordering.removeprefix("-")
    found = [task for task in history if all(KEEPS[name](task, value) for name, value in filters.items())]
    found.sort(key=lambda task: (task[column], task["id"]), reverse=ordering.startswith("-"))
    return [str(task["id"]) for task in found]


def shown(caller: Caller, query: dict[str, str]) -> list[str]:
    answer = caller.get("/v1/study-tasks", {**query, "limit": "200"})
    assert answer.status_code == 200, answer.content
    return [task["id"] for task in answer.json()["results"]]


def some_of(values: Any) -> Any:
    """One or more values, separated by commas."""
    return st.lists(st.sampled_from([str(value) for value in values]), min_size=1, max_size=3).map(",".join)


INSTANTS = [
    (NOON + days * DAY + seconds * timedelta(seconds=1)).isoformat()
    for days in range(9)
    for seconds in (0, 1)
]
FILTERS = {
    "module": some_of([*MODULES, "nowhere"]),
    "status": some_of(TaskStatus),
    "kind": some_of(TaskKind),
    "difficulty": some_of(range(1, 6)),
    "difficulty_min": st.sampled_from("12345"),
    "difficulty_max": st.sampled_from("12345"),
    "topic": st.sampled_from([*TOPICS, "nothing"]),
    "track": st.sampled_from(["coding-interview-meta", "another-track", "nowhere"]),
    "problem_id": st.sampled_from(["longest-climb", "fair-split", "x"]),
    "from": st.sampled_from(INSTANTS),
    "to": st.sampled_from(INSTANTS),
    "date_range": st.tuples(st.integers(0, 8), st.integers(1, 9)).map(
        lambda pair: f"{INSTANTS[pair[0]]}/{INSTANTS[min(pair[0] + pair[1], len(INSTANTS) - 1)]}"
    )
    | st.sampled_from([f"../{INSTANTS[5]}", f"{INSTANTS[4]}/.."]),
    "ordering": st.sampled_from(ORDERINGS),
}


# Filters


@pytest.mark.parametrize("name", [*FILTERS, "path"])
@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_every_filter_alone_keeps_what_it_says(
    learner: Caller, history: list[Task], name: str, data: st.DataObject
) -> None:
    own_paths = st.sampled_from(sorted({str(task["path_id"]) for task in history}))
    query = {name: data.draw(FILTERS.get(name, own_paths))}

    assert shown(learner, query) == expected(history, query)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(query=st.fixed_dictionaries({}, optional=FILTERS))
def test_filters_combine(learner: Caller, history: list[Task], query: dict[str, str]) -> None:
    assert shown(learner, query) == expected(history, query)


def test_the_oracle_would_notice(history: list[Task]) -> None:
    """The set is varied enough that every filter keeps some tasks and drops others."""
    queries = [
        {"module": "heaps"}, {"status": "expired"}, {"kind": "mock"}, {"difficulty": "3"}, {"difficulty_min": "3"},
        {"difficulty_max": "3"}, {"topic": "caching"}, {"track": "another-track"}, {"problem_id": "fair-split"},
        {"path": str(history[0]["path_id"])}, {"from": INSTANTS[6]}, {"to": INSTANTS[6]},
        {"date_range": f"{INSTANTS[2]}/{INSTANTS[8]}"},
    ]  # fmt: skip

    for query in queries:
        assert 0 < len(expected(history, query)) < len(history), query
    assert len({task["scheduled_at"] for task in history}) < len(history) / 4, "ties"


def test_from_is_inclusive_and_to_is_exclusive(learner: Caller, history: list[Task]) -> None:
    instant = history[0]["scheduled_at"].isoformat().replace("+00:00", "Z")
    same_instant = {str(task["id"]) for task in history if task["scheduled_at"] == history[0]["scheduled_at"]}

    assert same_instant <= set(shown(learner, {"from": instant}))
    assert not same_instant & set(shown(learner, {"to": instant}))
    assert set(shown(learner, {"from": instant})).isdisjoint(shown(learner, {"to": instant}))


def test_the_history_by_user_id_is_the_same_list(
    learner: Caller, service: Caller, history: list[Task]
) -> None:
    query = {"status": "completed,skipped", "ordering": "created_at", "limit": "200"}

    own = declared(learner.get("/v1/study-tasks", query))
    by_service = declared(service.get("/v1/users/alice/tasks", query))

    assert own == by_service
    assert [task["id"] for task in own["results"]] == expected(
        history, {"status": "completed,skipped", "ordering": "created_at"}
    )


@pytest.mark.parametrize(
    ("query", "pointer", "code"),
    [
        ("status=done", "status", "choice"),
        ("status=", "status", "choice"),
        ("status=scheduled,", "status", "choice"),
        ("kind=quiz", "kind", "choice"),
        ("difficulty=0", "difficulty", "integer"),
        ("difficulty=1,six", "difficulty", "integer"),
        ("difficulty_min=6", "difficulty_min", "integer"),
        ("difficulty_max=1.5", "difficulty_max", "integer"),
        ("module=", "module", "length"),
        ("topic=%00", "topic", "unreadable"),
        ("problem_id=" + "x" * 101, "problem_id", "length"),
        ("path=1", "path", "uuid"),
        ("from=2026-03-02", "from", "instant"),
        ("from=2026-02-30T00:00:00Z", "from", "instant"),
        ("to=0001-01-01T00:00:00%2B05:00", "to", "instant"),
        ("date_range=2026-03-02", "date_range", "interval"),
        ("date_range=2026-03-03/2026-03-02", "date_range", "interval"),
        ("ordering=score", "ordering", "choice"),
        ("limit=0", "limit", "integer"),
        ("limit=201", "limit", "integer"),
        ("cursor=x", "cursor", "cursor"),
        ("status=skipped&status=expired", "status", "repeated_parameter"),
        ("staus=skipped", "staus", "unknown_parameter"),
    ],
)
@pytest.mark.parametrize("address", ["/v1/study-tasks", "/v1/users/alice/tasks"])
def test_a_filter_that_cannot_be_read_is_refused(
    learner: Caller, address: str, query: str, pointer: str, code: str
) -> None:
    problem = declared(learner.get(f"{address}?{query}"), 400)

    assert [(each["pointer"], each["code"]) for each in problem["errors"]] == [(pointer, code)]


# Pages


def pages(caller: Caller, url: str | None, direction: str = "next") -> Iterator[list[Any]]:
    while url:
        page = declared(caller.get(url))
        yield page["results"]
        url = page[direction]


@pytest.mark.parametrize("ordering", ORDERINGS)
def test_pages_neither_skip_nor_repeat_while_tasks_are_added(
    learner: Caller, history: list[Task], ordering: str
) -> None:
    assert learner.learner_id is not None
    path_id = new_path(learner.learner_id, at=NOON + DAY)["id"]
    before = expected(history, {"ordering": ordering, "status": "scheduled,expired"})
    walk = pages(learner, f"/v1/study-tasks?limit=3&status=scheduled,expired&ordering={ordering}")

    seen: list[str] = []
    for results in walk:
        seen += [task["id"] for task in results]
        at = NOON + (len(seen) % 9) * DAY  # before, after and amid what is shown next
        new_tasks(learner.learner_id, path_id, int(len(seen) < 20), at=at)

    assert len(seen) == len(set(seen))
    known = set(before)
    assert [task_id for task_id in seen if task_id in known] == before


def test_previous_leads_back_the_same_way(learner: Caller, history: list[Task]) -> None:
    forwards = list(pages(learner, "/v1/study-tasks?limit=25&ordering=created_at"))
    first = declared(learner.get("/v1/study-tasks?limit=25&ordering=created_at"))
    last = declared(learner.get(declared(learner.get(first["next"]))["next"]))

    backwards = [last["results"], *pages(learner, last["previous"], "previous")]

    assert [len(page) for page in forwards] == [25, 25, 10]
    assert backwards == forwards[::-1]
    assert (first["previous"], last["next"]) == (None, None)


def test_a_cursor_belongs_to_its_list_and_ordering(learner: Caller, history: list[Task]) -> None:
    cursors = {
        ordering: declared(learner.get(f"/v1/study-tasks?limit=1&ordering={ordering}"))["next"].split(
            "cursor="
        )[1]
        for ordering in ORDERINGS
    }
    task_id = history[0]["id"]

    for ordering in ORDERINGS:
        for of, cursor in cursors.items():
            answer = learner.get(f"/v1/study-tasks?limit=1&ordering={ordering}&cursor={cursor}")
            assert answer.status_code == (200 if of == ordering else 400)
    for address in (f"/v1/study-tasks/{task_id}/events", "/v1/study-paths"):
        problem = declared(learner.get(f"{address}?cursor={cursors['created_at']}"), 400)
        assert problem["errors"][0]["code"] == "cursor"


def test_a_cursor_of_another_learner_shows_only_ones_own(
    learner: Caller, stranger: Caller, history: list[Task]
) -> None:
    cursor = declared(learner.get("/v1/study-tasks?limit=1"))["next"].split("?", 1)[1]

    theirs = declared(stranger.get(f"/v1/study-tasks?{cursor}&"))["results"]

    assert {task["user_id"] for task in theirs} <= {"mallory"}


# Shape and cost


def test_tasks_in_every_state_are_what_the_document_declares(learner: Caller, history: list[Task]) -> None:
    results = declared(learner.get("/v1/study-tasks?limit=200"))["results"]

    assert {task["status"] for task in results} == {status.value for status in TaskStatus}
    schema = document()["components"]["schemas"]["TaskSchema"]
    for task in results[::7]:
        alone = declared(learner.get(f"/v1/study-tasks/{task['id']}"))
        check(schema, alone)
        assert {name: value for name, value in alone.items() if name != "decision"} == task


@pytest.mark.parametrize(
    ("address", "statements"),
    [
        ("/v1/study-tasks?limit=200", 2),
        ("/v1/study-tasks?limit=200&track=coding-interview-meta&topic=string-scan&difficulty=1", 2),
        ("/v1/users/alice/tasks?limit=200", 3),
        ("/v1/study-tasks/{task}", 2),
        ("/v1/study-tasks/{task}/events?limit=200", 2),
    ],
)
def test_the_number_of_statements_is_fixed(
    scene: Scene, learner: Caller, django_assert_num_queries: Any, address: str, statements: int
) -> None:
    path = address.format(task=scene.task)
    declared(learner.get(path))  # who the learner is, is asked once a minute

    with django_assert_num_queries(statements):
        few = learner.get(path)
    new_tasks(scene.learner_id, UUID(scene.path), 200)
    with open_journal(learner_ids=[scene.learner_id], by=CO, at=NOON) as journal:
        for number in range(200):
            journal.record(
                "progress_reported",
                learner_id=scene.learner_id,
                task_id=UUID(scene.task),
                path_id=UUID(scene.path),
                payload={"metadata": {"number": number}},
            )
    with django_assert_num_queries(statements):
        many = learner.get(path)

    if "limit" in address:
        assert len(many.json()["results"]) > len(few.json()["results"])
