"""Random acts by concurrent writers (009-6, R160): replay equals the rows, chains verify, no gaps."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings
from django.db import connection
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from accounts.sealing import seal
from accounts.services import ensure_learner
from catalog.services import sync_tracks
from common.errors import DomainError
from common.ids import uuid7
from evaluations import queue, services
from evaluations.judge import Judgement, Verdict
from evaluations.models import Rejudging, TaskEvaluation
from evaluations.rejudging import judging
from evaluations.rejudging.applying import apply_batches, begin_applying
from evaluations.rejudging.selection import RejudgingRefused, plan_rejudging, start_rejudging
from reviews.services import make_due_tasks
from studypaths.mastery import folded_mastery
from studypaths.models import ChainHead, Mastery, StudyTask, TaskEvent
from studypaths.rebuild import check_learners
from studypaths.services import planning, tasks
from studypaths.services.paths import update_path_config
from studypaths.states import TaskStatus
from studypaths.verification import verify_learners
from tests.catalog.samples import imported
from tests.studypaths.builders import CO, MINUTE, NOON, me, new_path, new_tasks

WRITERS = 4
TOPICS = ("string-scan", "two-pointers", "sliding-window")
ACTS = (
    "start", "start_next", "skip", "submit", "judge", "judge", "judge_again", "report", "complete", "configure", "plan",
    "supersede", "rejudge", "plan_ahead", "due",
)  # fmt: skip
act = st.tuples(st.sampled_from(ACTS), st.integers(0, 1), st.integers(0, 30), st.sampled_from(list(Verdict)))


class Journeys(RuleBasedStateMachine):
    """Two learners, and four writers that act on their records at once."""

    @initialize()
    def two_learners_begin(self) -> None:
        self.now = NOON
        sync_tracks()
        imported(
            {},
            *({"id": f"{topic}-{n}", "topics": [topic], "difficulty": n} for topic in TOPICS for n in (1, 2)),
        )
        self.learners = [
            ensure_learner(user_id=f"learner-{uuid7()}", issuer=settings.JWT_ISSUER, at=NOON)
            for _ in range(2)
        ]
        for learner_id in self.learners:
            new_tasks(
                learner_id,
                new_path(learner_id, completion_policy="pass_or_exhausted", max_attempts=2)["id"],
                3,
            )

    @rule(acts=st.lists(act, min_size=2, max_size=12))
    def writers_act_at_once(self, acts: list[tuple[str, int, int, Verdict]]) -> None:
        self.now += MINUTE
        with ThreadPoolExecutor(WRITERS) as writers:
            outcomes = [writers.submit(self._act, *chosen) for chosen in acts]
            writers.map(lambda _: connection.close(), range(WRITERS))
        for outcome in outcomes:
            outcome.result()

    @rule(days=st.integers(1, 8))
    def time_passes_and_two_beats_fire(self, days: int) -> None:
        self.now += timedelta(days=days)
        with ThreadPoolExecutor(2) as beats:
            for outcome in [beats.submit(_closing, self._expire) for _ in range(2)]:
                outcome.result()

    @invariant()
    def the_record_holds(self) -> None:
        verified = verify_learners(self.learners)
        assert verified.breaks == []
        assert check_learners(self.learners).differences == []
        heads = dict(
            ChainHead.objects.filter(learner_id__in=self.learners).values_list("learner_id", "sequence")
        )
        for learner_id, head in heads.items():
            events = TaskEvent.objects.filter(learner_id=learner_id).values_list("sequence", flat=True)
            assert sorted(events) == list(range(1, head + 1))
        done = TaskEvaluation.objects.filter(learner_id__in=self.learners, status="done").count()
        evaluated = TaskEvent.objects.filter(learner_id__in=self.learners, event_type="evaluated").count()
        rejudged = TaskEvent.objects.filter(learner_id__in=self.learners, event_type="rejudged").count()
        assert done == evaluated + rejudged
        self._mastery_is_what_the_corrected_outcomes_say()

    def _mastery_is_what_the_corrected_outcomes_say(self) -> None:
        """Every completion of a topic folded in its order, with the outcome that its task has now."""
        completed = TaskEvent.objects.filter(
            learner_id__in=self.learners, event_type="status_changed", payload__to="completed"
        ).exclude(task__kind="review")
        outcomes: dict[tuple[UUID, str], list[tuple[int, bool]]] = {}
        values = ("learner_id", "task__topic_tags", "task__difficulty", "task__passed")
        for learner_id, topics, difficulty, passed in completed.order_by("sequence").values_list(*values):
            for topic in topics:
                outcomes.setdefault((learner_id, topic), []).append((difficulty, passed))
        stored = Mastery.objects.filter(learner_id__in=self.learners)
        assert {(each.learner_id, each.topic): (each.value, each.observations) for each in stored} == {
            place: (after["value"], after["observations"])
            for place, after in ((place, folded_mastery(each)) for place, each in outcomes.items())
        }

    def _expire(self) -> None:
        tasks.expire_overdue_tasks(by=CO, at=self.now, chunk=2)

    def _act(self, name: str, whose: int, place: int, verdict: Verdict) -> None:
        _closing(lambda: self._try(name, self.learners[whose], place, verdict))

    def _try(self, name: str, learner_id: UUID, place: int, verdict: Verdict) -> None:
        """One act on one of the learner's tasks. Refusals are part of the story; anything else is not."""
        ids = list(
            StudyTask.objects.filter(learner_id=learner_id).order_by("id").values_list("id", flat=True)
        )
        try:
            perform(name, learner_id, ids[place % len(ids)], verdict, self.now)
        except DomainError as refusal:
            if refusal.status not in (404, 409, 429):
                raise


def _closing(work: Callable[[], Any]) -> None:
    """Do the work of a thread of its own and give its connection back."""
    try:
        work()
    finally:
        connection.close()


def perform(name: str, learner_id: UUID, task_id: UUID, verdict: Verdict, at: datetime) -> None:
    """Carry out one act through the services."""
    whose: dict[str, Any] = {"learner_id": learner_id, "by": me(learner_id), "at": at}
    task: dict[str, Any] = {**whose, "task_id": task_id}
    path_id = StudyTask.objects.values_list("path_id", flat=True).get(id=task_id)
    report: dict[str, Any] = {"measured": {"metadata": {"seen": verdict}}, "status": None}
    acts: dict[str, Callable[[], object]] = {
        "start": lambda: tasks.start_task(**task),
        "start_next": lambda: tasks.start_next_task(track_id=None, **whose),
        "skip": lambda: tasks.skip_task(reason="no", **task),
        "submit": lambda: submit(learner_id, task_id, at),
        "judge": lambda: judge_one(verdict, at),
        "judge_again": lambda: services.evaluate_again(**task),
        "report": lambda: tasks.report_progress(**task, **report),
        "complete": lambda: tasks.report_progress(
            **task, status=TaskStatus.COMPLETED, score=0.25, measured={"metadata": {}}
        ),
        "configure": lambda: update_path_config(path_id=path_id, config={"max_attempts": 1}, **whose),
        "plan": lambda: new_tasks(learner_id, path_id, 2, at=at),
        "supersede": lambda: new_path(learner_id, at=at),
        "rejudge": lambda: rejudge(verdict, at),
        "plan_ahead": lambda: planning.plan_path_ahead(path_id=path_id, at=at),
        "due": lambda: make_due_tasks(by=CO, at=at),
    }
    acts[name]()


def submit(learner_id: UUID, task_id: UUID, at: datetime) -> None:
    sealed = seal(learner_id, b"print(1)", purpose="code")
    submission = services.Submission(learner_id, task_id, "python", sealed)
    services.submit(submission=submission, by=me(learner_id), at=at)


def rejudge(verdict: Verdict, at: datetime) -> None:
    """Judge every submission again with that verdict, or go on with a rejudging, and apply it. Others may do so too."""
    with suppress(RejudgingRefused):
        plan = plan_rejudging(problem_id="longest-climb", same_version=True)
        start_rejudging(plan=plan, reason="", by=CO, at=at, wake=False)
    while (item := judging.claim_item(at=at)) is not None:
        judging.keep(item, judgement_of(verdict), at=at)
    for rejudging in Rejudging.objects.filter(state__in=("ready", "applying")):
        with suppress(RejudgingRefused):
            begin_applying(rejudging_id=rejudging.id, by=CO, at=at)
        apply_batches(rejudging_id=rejudging.id, at=at)


def judgement_of(verdict: Verdict) -> Judgement:
    return Judgement(
        verdict, passed=4 if verdict == Verdict.ACCEPTED else 2, total=4, runtime_ms=3, memory_mb=9
    )


def judge_one(verdict: Verdict, at: datetime) -> None:
    """Claim the next evaluation, whoever's, and record that verdict for it."""
    claimed = queue.claim_next(at=at)
    if claimed:
        services.finish(claimed, judgement_of(verdict), at=at)


@pytest.mark.django_db(transaction=True)
def test_concurrent_acts_keep_the_record_true() -> None:
    run_state_machine_as_test(
        Journeys,
        settings=hypothesis_settings(
            max_examples=15,
            stateful_step_count=8,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
