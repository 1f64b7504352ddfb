"""The simulation behind docs/learning.md: repeatable, and its people are who their profiles say (006-7)."""

from functools import cache, partial
from statistics import fmean

import pytest

from benchmarks.learning.catalogues import made_up
from benchmarks.learning.journey import Journey, journey
from benchmarks.learning.learner import taught
from benchmarks.learning.measures import band_share, gain_per_hour, interval
from benchmarks.learning.teachers import TEACHERS
from benchmarks.learning.world import PROFILES, Forgetting, Law, World

OURS = "adaptive (planner-2)"
BY_NAME = {profile.name: profile for profile in PROFILES}


@cache
def lived(teacher: str, profile: str, seed: int, days: int = 24) -> Journey:
    return journey(made_up(11), World(days=days), BY_NAME[profile], TEACHERS[teacher], f"test {seed}")


def difficulties(profile: str) -> list[int]:
    """Of the last ten problems of four learners."""
    found = []
    for seed in range(4):
        problems = [s.entry.difficulty for s, _ in lived(OURS, profile, seed).tasks if s.kind != "review"]
        found += problems[-10:]
    return found


def recoveries(profile: str) -> float:
    """Share of recovery items among the problems of four learners."""
    served = [s for seed in range(4) for s, _ in lived(OURS, profile, seed).tasks if s.kind != "review"]
    return fmean(s.kind == "recovery" for s in served)


def test_the_same_seed_is_the_same_journey() -> None:
    again = journey(made_up(11), World(days=24), BY_NAME["average"], TEACHERS[OURS], "test 0")

    assert again == lived(OURS, "average", 0)


def test_every_teacher_gets_the_same_person() -> None:
    assert len({lived(teacher, "gifted", 0).exam_before for teacher in TEACHERS}) == 1


def test_the_planner_gives_the_gifted_harder_problems_than_the_struggling() -> None:
    gifted, average, struggling = (fmean(difficulties(name)) for name in ("gifted", "average", "struggling"))

    assert gifted > average > struggling


def test_recovery_items_are_for_who_fails() -> None:
    clicker, struggling, gifted = (recoveries(name) for name in ("random clicker", "struggling", "gifted"))

    assert min(clicker, struggling) > gifted


@pytest.mark.parametrize("baseline", [teacher for teacher in TEACHERS if teacher != OURS])
def test_the_planner_beats_a_baseline_on_gain_and_on_time_in_the_band(baseline: str) -> None:
    """A small copy of docs/learning.md; its seeds are fixed, so this fails by a change of code alone."""
    for measure in (gain_per_hour, band_share):
        ahead = [
            fmean(measure(lived(OURS, p, seed)) - measure(lived(baseline, p, seed)) for p in BY_NAME)
            for seed in range(6)
        ]

        mean, half = interval(ahead)
        assert mean - half > 0


def test_forgetting_costs_what_was_learned() -> None:
    profile, teach = BY_NAME["average"], TEACHERS["fixed order"]
    forgetful, remembering = (
        journey(made_up(11), World(days=6, forgetting=kind), profile, teach, "a seed")
        for kind in (Forgetting.HALF_LIFE, Forgetting.NONE)
    )

    assert forgetful.exam_later < forgetful.exam_after
    assert remembering.exam_later == remembering.exam_after


def test_laws_of_learning_differ_in_where_the_most_is_learned() -> None:
    chances = [chance / 100 for chance in range(1, 100)]

    def expected(law: Law, p: float) -> float:
        return p * taught(law, p, passed=True) + (1 - p) * taught(law, p, passed=False)

    def best(law: Law) -> float:
        return max(chances, key=partial(expected, law))

    assert best(Law.CHALLENGE) == pytest.approx(0.58)
    assert best(Law.EIGHTY_FIVE) == pytest.approx(0.84, abs=0.02)
    assert expected(Law.CONSTANT, 0.1) == pytest.approx(expected(Law.CONSTANT, 0.9))
