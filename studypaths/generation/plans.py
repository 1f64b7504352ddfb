"""Which tasks come next, and why. Pure: the same situation gives the same plan, to the letter.

At any time up to `open_ahead` tasks of a path are open. After each result `plan` looks again at the task that would be
served next, and adds what is missing behind it: so the guard rails hold for tasks in the order in which they are
*served*, while later ones are provisional. A path's `algorithm_version` names who plans it; every version stays here,
so that `replay` can show for any recorded decision that its inputs lead to its problem.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, NamedTuple

from studypaths.generation import adaptive, formula
from studypaths.generation.candidates import Choice, NothingToChoose
from studypaths.generation.sequence import PROBLEM, Step
from studypaths.generation.situation import Situation
from studypaths.generation.success import Believed, believed

NEWEST_VERSION = adaptive.ALGORITHM_VERSION


class OpenTask(NamedTuple):
    """A task that was planned and has no outcome. `started` ones stay as they are. `kind` as in `Step`."""

    problem_id: str
    module: str
    topic: str
    difficulty: int
    kind: str
    started: bool = False

    def as_step(self) -> Step:
        return Step(self.problem_id, self.module, self.topic, self.difficulty, None, None, self.kind)


class Change(NamedTuple):
    """Plan `choice` for the open task at `position` of those passed in, or as a new task where that is None."""

    position: int | None
    choice: Choice


def plan(situation: Situation, open_tasks: Sequence[OpenTask]) -> list[Change]:
    """What to change so that the next task fits and `open_ahead` tasks are open. Fewer when the track has no more.

    `open_tasks` are in the order in which they would be served, started ones first; review tasks are not among them.
    """
    return PLANS[situation.algorithm_version](situation, open_tasks)


def replay(decision: Mapping[str, Any]) -> str:
    """The id of the problem that a recorded decision leads to. `KeyError` for a decision of no planner."""
    return REPLAYS[decision["algorithm_version"]](decision)


class _Line:
    """The open tasks of a path while they are planned."""

    def __init__(self, situation: Situation, open_tasks: Sequence[OpenTask]) -> None:
        self.situation = situation
        self.tasks = list(open_tasks)
        self.changes: list[Change] = []
        self.believed: Believed = believed(situation.mastery)
        self.modules = situation.open_modules()

    def steps_before(self, index: int) -> list[Step]:
        return [*self.situation.served, *(task.as_step() for task in self.tasks[:index])]

    def problems(self, *, without: int | None = None) -> set[str]:
        return {task.problem_id for index, task in enumerate(self.tasks) if index != without}

    def ranking(self, index: int, taken: Collection[str]) -> adaptive.Ranking:
        ordinal = self.situation.ordinal + index
        steps = self.steps_before(index)
        return adaptive.rank(self.situation, self.believed, self.modules, steps, ordinal, taken)

    def put(self, index: int, ranking: adaptive.Ranking) -> None:
        choice = adaptive.choice(self.situation, ranking, self.situation.ordinal + index)
        task = _open_task(choice)
        if index < len(self.tasks):
            self.tasks[index] = task
            self.changes.append(Change(index, choice))
        else:
            self.tasks.append(task)
            self.changes.append(Change(None, choice))

    def look_at_the_next(self) -> None:
        """Plan the first task that was not started anew, unless it is about as good as any.

        It may take the problem of a later one, which then gets another: later tasks are provisional.
        """
        index = sum(1 for task in self.tasks if task.started)
        if index == len(self.tasks):
            return
        ranking = self.ranking(index, {task.problem_id for task in self.tasks[:index]})
        if _still_fits(ranking, self.tasks[index], self.situation.settings.replan_margin):
            return
        self.put(index, ranking)
        for later in range(index + 1, len(self.tasks)):
            if self.tasks[later].problem_id == self.tasks[index].problem_id:
                self.put(later, self.ranking(later, self.problems(without=later)))

    def fill(self) -> None:
        while len(self.tasks) < self.situation.settings.open_ahead:
            self.put(len(self.tasks), self.ranking(len(self.tasks), self.problems()))


def _plan_adaptively(situation: Situation, open_tasks: Sequence[OpenTask]) -> list[Change]:
    line = _Line(situation, open_tasks)
    try:
        line.look_at_the_next()
        line.fill()
    except NothingToChoose:
        pass  # the track has no more to offer: the tasks that are open are what there is
    return line.changes


def _still_fits(ranking: adaptive.Ranking, task: OpenTask, margin: float) -> bool:
    enough = ranking.scored[0].score - margin
    return task.kind == ranking.kind and any(
        scored.problem_id == task.problem_id for scored in ranking.scored if scored.score >= enough
    )


def _plan_by_formula(situation: Situation, open_tasks: Sequence[OpenTask]) -> list[Change]:
    """planner-1 never looks at a planned task again: it only adds."""
    tasks = list(open_tasks)
    changes: list[Change] = []
    while len(tasks) < situation.settings.open_ahead:
        steps = [*situation.served, *(task.as_step() for task in tasks)]
        taken = {task.problem_id for task in tasks}
        try:
            choice = formula.choose_after(situation, steps, situation.ordinal + len(tasks), taken)
        except NothingToChoose:
            break
        tasks.append(_open_task(choice))
        changes.append(Change(None, choice))
    return changes


def _open_task(choice: Choice) -> OpenTask:
    found = choice.candidate
    kind = choice.decision.get("kind", PROBLEM)
    return OpenTask(found.problem_id, found.module, found.primary_topic, found.difficulty, kind)


PLANS: dict[str, Callable[[Situation, Sequence[OpenTask]], list[Change]]] = {
    formula.ALGORITHM_VERSION: _plan_by_formula,
    adaptive.ALGORITHM_VERSION: _plan_adaptively,
}
REPLAYS: dict[str, Callable[[Mapping[str, Any]], str]] = {
    formula.ALGORITHM_VERSION: formula.replay,
    adaptive.ALGORITHM_VERSION: adaptive.replay,
}
VERSIONS = frozenset(PLANS)
