"""What the guard rails promise, checked on served tasks. Reads their sequence and the catalogue, no planner.

Every rule says "where the catalogue has another": the checker looks for that other problem itself. Problems may come
from the modules reached: those up to the first module of the path, and each next one from which something was served.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

NEVER_REPEATED_WITHIN = 5


@dataclass(frozen=True)
class Problem:
    id: str
    module: int  # its place in the order of the track
    topic: str  # the primary one
    difficulty: int
    other_topics: tuple[str, ...] = ()


@dataclass(frozen=True)
class Task:
    """A task in the order of serving, with its outcome. `kind`: problem, recovery or review."""

    problem: Problem
    passed: bool
    kind: str = "problem"
    day: int = 0


@dataclass
class Served:
    """What was served before a task."""

    problems: Sequence[Problem]
    first_module: int
    tasks: list[Task] = field(default_factory=list)
    seen: dict[str, int] = field(default_factory=dict)
    topics: set[str] = field(default_factory=set)
    modules: set[int] = field(default_factory=set)

    def add(self, task: Task) -> None:
        self.seen[task.problem.id] = len(self.tasks)
        self.tasks.append(task)
        self.topics |= {task.problem.topic, *task.problem.other_topics}
        self.modules.add(task.problem.module)

    def generated(self) -> list[Task]:
        return [task for task in self.tasks[-20:] if task.kind != "review"]

    def failed_in_a_row(self) -> list[int]:
        found: list[int] = []
        for task in reversed(self.tasks):
            if task.passed:
                break
            found.append(task.problem.difficulty)
        return found

    def reached(self) -> int:
        """The last module reached, by its place."""
        module = self.first_module
        while module + 1 in self.modules:
            module += 1
        return module

    def fresh(self, *, highest: int, everywhere: bool = False) -> Iterator[Problem]:
        last = len(self.problems) if everywhere else self.reached()
        for problem in self.problems:
            if problem.id not in self.seen and problem.module <= last and problem.difficulty <= highest:
                yield problem

    def repeatable(self, *, highest: int) -> Iterator[Problem]:
        lately = {task.problem.id for task in self.tasks[-NEVER_REPEATED_WITHIN:]}
        for problem in self.problems:
            if problem.id in self.seen and problem.id not in lately and problem.difficulty <= highest:
                yield problem


def violations(
    tasks: Iterable[Task], problems: Sequence[Problem], *, first_module: int, review_cap: int
) -> list[str]:
    """What is wrong with a sequence: one line a violation, with the place of the task and the name of the rule."""
    before = Served(problems, first_module)
    found: list[str] = []
    reviews: dict[int, int] = {}
    for place, task in enumerate(tasks):
        if task.kind == "review":
            reviews[task.day] = reviews.get(task.day, 0) + 1
            if reviews[task.day] > review_cap:
                found.append(f"{place}: review cap")
        else:
            found += [f"{place}: {rule}" for rule in _broken(task, before)]
        before.add(task)
    return found


def _broken(task: Task, before: Served) -> Iterator[str]:
    generated, failed = before.generated(), before.failed_in_a_row()
    if not generated:
        return
    highest = generated[-1].problem.difficulty + 1
    if task.problem.difficulty > highest:
        yield "jump"
    recovering = len(failed) >= 2
    if recovering:
        easiest = min(problem.difficulty for problem in before.problems if problem.module <= before.reached())
        highest = min(highest, max(easiest, min(failed) - 1))
        if task.kind != "recovery" or task.problem.difficulty > highest:
            yield "recovery"
        if task.problem.topic not in before.topics and _known_easier(before, highest):
            yield "known topic"
    elif task.kind == "recovery":
        yield "recovery without need"
    yield from _broken_topics(task, before, [t.problem.topic for t in generated], highest, recovering)
    if task.problem.id in before.seen:
        yield from _broken_repetition(task, before, highest, recovering)


def _known_easier(before: Served, highest: int) -> bool:
    """Whether something easier was there on a topic met before: fresh, or passed lately and served long enough ago."""
    passed = {task.problem.id for task in before.tasks[-24:] if task.passed}
    return any(problem.topic in before.topics for problem in before.fresh(highest=highest)) or any(
        problem.id in passed for problem in before.repeatable(highest=highest)
    )


def _broken_topics(
    task: Task, before: Served, topics: list[str], highest: int, recovering: bool
) -> Iterator[str]:
    topic, lately = task.problem.topic, set(topics[-4:])
    if topic == topics[-1]:
        others = _others(task, before, highest, recovering)
        if any(problem.topic != topic for problem in others):
            yield "rotation"
    if len(topics) >= 4 and len(lately | {topic}) < 3:
        others = _others(task, before, highest, recovering)
        if any(problem.topic not in lately for problem in others):
            yield "diversity"


def _others(task: Task, before: Served, highest: int, recovering: bool) -> list[Problem]:
    """What could have been served instead: fresh problems, or for a repetition other repetitions."""
    if task.problem.id in before.seen:
        passed = {t.problem.id for t in before.tasks[-24:] if t.passed}
        again = list(before.repeatable(highest=highest))
        if recovering and task.problem.id in passed:
            return [problem for problem in again if problem.id in passed]
        return again
    fresh = list(before.fresh(highest=highest))
    known = [problem for problem in fresh if problem.topic in before.topics]
    return known if recovering and (known or task.problem.topic in before.topics) else fresh


def _broken_repetition(task: Task, before: Served, highest: int, recovering: bool) -> Iterator[str]:
    """A repetition needs a reason: nothing fresh fits, in recovery nothing easier on a topic that is known."""
    if recovering:
        if any(problem.topic in before.topics for problem in before.fresh(highest=highest)):
            yield "repetition"
    elif any(before.fresh(highest=highest, everywhere=True)):
        yield "repetition"
    if len(before.tasks) - before.seen[task.problem.id] <= NEVER_REPEATED_WITHIN and any(
        before.repeatable(highest=highest)
    ):
        yield "repeated soon"
