"""The rules of the adaptive planner one by one (006, R107 to R110, K-29, K-30)."""

from dataclasses import replace

from studypaths.generation import Change, Known, Offer, OpenTask, Settings, plan
from studypaths.generation.sequence import read
from studypaths.path_config import DEFAULTS
from tests.studypaths.situations import (
    EVERYTHING,
    MODULES,
    SETTINGS,
    TOPICS,
    ids,
    next_decision,
    next_problem,
    open_task,
    problem,
    situation,
    step,
)


def test_a_new_path_gets_five_easy_tasks_of_the_first_module() -> None:
    changes = plan(situation(), [])

    assert [change.position for change in changes] == [None] * 5
    assert len(set(ids(changes))) == 5
    assert {change.choice.candidate.module for change in changes} == {"loops"}
    assert {change.choice.candidate.difficulty for change in changes} <= {1, 2}
    assert [change.choice.decision["rule"] for change in changes] == ["first_task", *["steady"] * 4]


def test_two_passes_in_a_row_raise_the_target_by_one() -> None:
    """R094, requirement 6.4."""
    one = next_decision(step(problem("loops", "a", 2)))
    two = next_decision(step(problem("loops", "a", 2)), step(problem("loops", "b", 2)))

    assert one["inputs"]["target_difficulty"] == 2
    assert two["inputs"]["target_difficulty"] == 3


def test_a_third_pass_alone_does_not_raise_it_again() -> None:
    passed = [step(problem("loops", letter, 2)) for letter in "abc"]

    assert next_decision(*passed)["inputs"]["target_difficulty"] == 2


def test_a_score_below_one_half_lowers_the_target() -> None:
    """R093, requirement 6.4; nearly solved is no reason to step down."""
    failed = step(problem("loops", "a", 3), passed=False)

    assert next_decision(failed)["inputs"]["target_difficulty"] == 2
    assert next_decision(failed._replace(score=0.8))["inputs"]["target_difficulty"] == 3


def test_no_problem_is_more_than_one_step_harder_than_the_last() -> None:
    """K-30: even where the learner is sure to pass anything and only fit counts."""
    masters = {topic: Known(99.0, 20) for topics in TOPICS.values() for topic in topics}
    fit_only = replace(SETTINGS, weights={"difficulty_fit": 1.0}, target_share=0.0)

    chosen = next_problem(step(problem("loops", "a", 2)), mastery=masters, settings=fit_only)

    assert chosen.difficulty == 3


def test_a_review_of_any_difficulty_neither_raises_nor_lowers_the_next_problem() -> None:
    """K-30: the cap is for generated problems."""
    review = step(problem("loops", "b", 5), kind="review")

    decision = next_decision(step(problem("loops", "a", 1)), review, review)

    assert decision["inputs"]["target_difficulty"] == 1
    assert decision["inputs"]["highest_difficulty"] == 2


def test_after_two_failures_an_easier_problem_of_a_known_topic_comes_until_one_success() -> None:
    """K-29, R108."""
    failed = [step(problem("loops", "a", 3), False), step(problem("loops", "b", 3), False)]
    again = step(problem("loops", "a", 2), False, "recovery")
    passed = step(problem("loops", "a", 2), True, "recovery")

    first, second = next_decision(*failed), next_decision(*failed, again)
    after = next_decision(*failed, passed)

    assert first["kind"] == second["kind"] == "recovery"
    assert {c["topics"][0] for c in first["candidates"]} <= {"loops-a", "loops-b"}
    assert max(c["difficulty"] for c in first["candidates"]) == 2
    assert max(c["difficulty"] for c in second["candidates"]) == 1
    assert after["kind"] == "problem"


def test_recovery_prefers_what_is_likely_to_be_passed() -> None:
    """K-29: predicted success of 0.85 or more where there is one, and no easier than that needs."""
    failed = [step(problem("loops", "a", 4), False), step(problem("loops", "b", 4), False)]
    mastery = {"loops-a": Known(30.0, 5), "loops-b": Known(30.0, 5), "loops-c": Known(90.0, 9)}

    chosen = next_problem(*failed, mastery=mastery)

    assert chosen.primary_topic == "loops-c"
    assert chosen.difficulty > 1


def test_failed_reviews_lead_to_recovery_too() -> None:
    failed = step(problem("loops", "a", 2), False)

    assert next_decision(failed, failed._replace(kind="review"))["kind"] == "recovery"


def test_skipped_tasks_count_neither_as_failures_nor_as_passes() -> None:
    failed, skipped = step(problem("loops", "a", 2), False), step(problem("loops", "b", 2), None)

    decision = next_decision(failed, skipped)

    assert decision["inputs"]["failures_in_a_row"] == 1
    assert decision["kind"] == "problem"


def test_skipping_harder_and_harder_tasks_makes_way_for_nothing_harder() -> None:
    passed = step(problem("loops", "a", 2))
    skipped = [step(problem("loops", t, 3), None)._replace(skipped=True) for t in ("b", "c")]
    easier = step(problem("loops", "a", 1), None)._replace(skipped=True)

    assert read([passed], SETTINGS).highest == 3
    assert read([passed, *skipped], SETTINGS).highest == 3
    assert read([passed, *skipped, easier], SETTINGS).highest == 2
    assert read(skipped, SETTINGS).highest == 2, "nothing was done yet"


def test_no_topic_comes_twice_in_a_row_and_five_tasks_have_three() -> None:
    """R110, requirement 6.6."""
    passed = [step(problem("loops", letter, 1, copy)) for copy in (0, 1) for letter in "ab"]
    mastery = {"loops-a": Known(10.0, 9), "loops-b": Known(15.0, 9), "loops-c": Known(95.0, 9)}
    # Left to the score, it would always be the weakest topic, and never the one that is mastered.
    weakest = replace(SETTINGS, weights={"weakness": 1.0}, least_success=0.0)

    second = next_problem(*passed[:1], mastery=mastery, settings=weakest)
    fifth = next_problem(*passed, mastery=mastery, settings=weakest)

    assert second.primary_topic == "loops-b"
    assert fifth.primary_topic == "loops-c"


def test_the_next_module_opens_at_seventy_percent_completion() -> None:
    """Requirement 6.7; completion counts what was served, passed or not."""
    problems = sorted((c for c in EVERYTHING if c.module == "loops"), key=lambda c: c.difficulty)
    served = [step(c, passed=place % 2 == 0) for place, c in enumerate(problems[:21])]
    settings = replace(SETTINGS, least_success=0.0)

    before, after = next_decision(*served[:20], settings=settings), next_decision(*served, settings=settings)

    assert before["inputs"]["open_modules"] == 1
    assert after["inputs"]["open_modules"] == 2


def test_the_next_module_opens_at_a_mean_mastery_of_seventy() -> None:
    first = step(problem("loops", "a", 1))
    almost = {topic: Known(69.9, 5) for topic in TOPICS["loops"]}
    enough = {topic: Known(70.0, 5) for topic in TOPICS["loops"]}

    assert next_decision(first, mastery=almost)["inputs"]["open_modules"] == 1
    assert next_decision(first, mastery=enough)["inputs"]["open_modules"] == 2


def test_modules_up_to_the_first_of_the_path_are_open_from_the_start() -> None:
    offer = Offer(EVERYTHING, MODULES, start_module="arrays")

    assert next_decision(offer=offer)["inputs"]["open_modules"] == 2


def test_a_module_with_nothing_that_fits_opens_the_next() -> None:
    offer = Offer([problem("loops", "a", 1), problem("loops", "b", 5), problem("trees", "a", 1)], MODULES)

    decision = next_decision(step(problem("loops", "a", 1)), offer=offer)

    assert decision["rule"] == "module_dry"
    assert decision["chosen"] == "trees-a-1-0"


def test_a_dry_track_repeats_what_is_longest_ago_or_weakest_but_not_the_last_five() -> None:
    found = [problem("loops", letter, 1, copy) for copy in (0, 1, 2) for letter in "abc"]
    served = [step(c) for c in found]

    decision = next_decision(*served, offer=Offer(found, MODULES))

    assert decision["rule"] == "repeat"
    assert {c["problem_id"] for c in decision["candidates"]} <= {c.problem_id for c in found[:4]}


def test_an_empty_track_is_answered_with_no_plan() -> None:
    assert plan(situation(offer=Offer([], MODULES)), []) == []


def test_a_tiny_track_opens_no_more_tasks_than_it_has() -> None:
    found = [problem("loops", "a", 1), problem("loops", "b", 1)]

    assert len(plan(situation(offer=Offer(found, MODULES)), [])) == 2


def test_a_track_that_begins_hard_begins_with_its_easiest() -> None:
    offer = Offer([problem("loops", "a", 4), problem("loops", "b", 5)], MODULES)

    assert next_problem(offer=offer).difficulty == 4


def test_a_planned_task_that_still_fits_stays_as_it_is() -> None:
    steps = situation(step(problem("loops", "a", 1)))
    waiting = [_opened(change) for change in plan(steps, [])]

    assert plan(steps, waiting) == []


def test_a_planned_task_that_no_longer_fits_is_planned_anew() -> None:
    """After two failures the task that waits next becomes a recovery item; started ones stay."""
    failed = [step(problem("loops", "a", 3), False), step(problem("loops", "b", 3), False)]
    started, waiting = open_task(problem("loops", "a", 4), started=True), open_task(problem("loops", "c", 3))

    changes = plan(situation(*failed), [started, waiting])

    assert changes[0].position == 1
    assert changes[0].choice.decision["kind"] == "recovery"
    assert [change.position for change in changes[1:]] == [None] * 3


def test_a_problem_taken_from_a_later_task_is_replaced_there() -> None:
    offer = Offer([problem("loops", letter, d) for letter in "abc" for d in (1, 2, 3)], MODULES)
    failed = [step(problem("loops", "b", 3), False), step(problem("loops", "a", 3), False)]
    waiting = [
        open_task(problem("loops", "c", 3)),
        open_task(problem("loops", "b", 2)),
        open_task(problem("loops", "b", 1)),
    ]

    changes = plan(situation(*failed, offer=offer), waiting)

    line = {place: task.problem_id for place, task in enumerate(waiting)}
    line |= {
        change.position: change.choice.candidate.problem_id
        for change in changes
        if change.position is not None
    }
    added = ids([change for change in changes if change.position is None])
    assert line[0] in {"loops-b-2-0", "loops-b-1-0"}
    assert len({*line.values(), *added}) == len(line) + len(added)


def test_weights_of_the_path_decide_what_is_preferred() -> None:
    """R107: weakness alone takes the weakest topic, recency alone the one longest ago."""
    steps = [step(problem("loops", letter, 1)) for letter in "abc"]
    mastery = {"loops-a": Known(80.0, 9), "loops-b": Known(20.0, 9), "loops-c": Known(50.0, 9)}

    weakest = next_problem(*steps, mastery=mastery, settings=replace(SETTINGS, weights={"weakness": 1.0}))
    oldest = next_problem(*steps, mastery=mastery, settings=replace(SETTINGS, weights={"recency": 1.0}))

    assert weakest.primary_topic == "loops-b"
    assert oldest.primary_topic == "loops-a"


def test_weights_of_modules_decide_between_open_modules() -> None:
    offer = Offer(EVERYTHING, MODULES, start_module="graphs")
    settings = replace(SETTINGS, module_weights={"trees": 3.0})

    assert next_problem(offer=offer, settings=settings).module == "trees"


def test_settings_come_from_the_config_of_the_path() -> None:
    settings = Settings.of({**DEFAULTS, "promotion_streak": 3, "open_ahead": 2})
    passed = [step(problem("loops", letter, 2)) for letter in "ab"]

    changes = plan(situation(*passed, settings=settings), [])

    assert len(changes) == 2
    assert changes[0].choice.decision["inputs"]["target_difficulty"] == 2


def _opened(change: Change) -> OpenTask:
    return open_task(change.choice.candidate, kind=change.choice.decision["kind"])
