"""The checker of the guard rails finds each kind of broken sequence: a checker that cannot fail proves nothing."""

import pytest

from tests.studypaths.rail_checker import Problem, Task, violations

TOPICS = ("loops", "matrix", "stack", "queue")
# Two modules; each has every topic at every difficulty twice.
CATALOGUE = {
    (module, topic, difficulty, copy): Problem(
        f"{module}-{topic}-{difficulty}-{copy}", module, topic, difficulty
    )
    for module in (0, 1)
    for topic in TOPICS
    for difficulty in (1, 2, 3, 4, 5)
    for copy in (0, 1)
}


def done(
    topic: str, difficulty: int, passed: bool = True, *, copy: int = 0, kind: str = "problem", day: int = 0
) -> Task:
    return Task(CATALOGUE[0, topic, difficulty, copy], passed, kind, day)


def broken_rules(*tasks: Task) -> list[str]:
    return violations(tasks, list(CATALOGUE.values()), first_module=0, review_cap=2)


def test_a_sequence_that_keeps_every_rail_is_not_accused() -> None:
    assert not broken_rules(
        done("loops", 1),
        done("matrix", 2),
        done("stack", 3, passed=False),
        done("loops", 2, passed=False),
        done("matrix", 1, kind="recovery"),
        done("queue", 2),
    )


@pytest.mark.parametrize(
    ("rule", "tasks"),
    [
        ("2: jump", (done("loops", 1), done("matrix", 2), done("stack", 4))),
        (
            "2: recovery",  # a third generated task that is no recovery item
            (done("loops", 2, False), done("matrix", 2, False), done("stack", 1)),
        ),
        (
            "2: recovery",  # a recovery item as hard as what failed
            (done("loops", 2, False), done("matrix", 2, False), done("loops", 2, copy=1, kind="recovery")),
        ),
        (
            "2: recovery",  # failed reviews count
            (done("loops", 2, False), done("loops", 2, False, kind="review"), done("matrix", 2)),
        ),
        (
            "3: recovery",  # until one success, not only once
            (
                done("loops", 2, False),
                done("matrix", 2, False),
                done("loops", 1, False, kind="recovery"),
                done("matrix", 2, copy=1),
            ),
        ),
        (
            "2: known topic",
            (done("loops", 2, False), done("matrix", 2, False), done("queue", 1, kind="recovery")),
        ),
        ("1: recovery without need", (done("loops", 2), done("matrix", 1, kind="recovery"))),
        ("1: rotation", (done("loops", 1), done("loops", 1, copy=1))),
        (
            "4: diversity",
            (
                done("loops", 1),
                done("matrix", 1),
                done("loops", 1, copy=1),
                done("matrix", 1, copy=1),
                done("loops", 2),
            ),
        ),
        ("6: repetition", (*(done(t, d) for d in (1, 2) for t in TOPICS[:3]), done("loops", 1))),
        (
            "7: repeated soon",  # more than five to choose from, and the one of just now comes again
            (
                *(done(t, 1, kind="review") for t in TOPICS),
                *(done(t, 2) for t in TOPICS[:3]),
                done("matrix", 2),
            ),
        ),
        ("2: review cap", tuple(done("loops", 1, kind="review", day=3) for _ in range(3))),
    ],
)
def test_each_broken_rule_is_found(rule: str, tasks: tuple[Task, ...]) -> None:
    found = broken_rules(*tasks)

    assert rule in found


def test_topics_may_stay_where_the_catalogue_has_no_other() -> None:
    only = [CATALOGUE[0, "loops", 1, copy] for copy in (0, 1)]

    assert not violations([Task(p, True) for p in only], only, first_module=0, review_cap=0)


def test_reviews_are_capped_by_the_day() -> None:
    assert not broken_rules(*(done("loops", 1, kind="review", day=day) for day in (1, 1, 2, 2)))
