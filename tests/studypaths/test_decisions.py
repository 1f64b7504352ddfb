"""Decisions of the adaptive planner: their sentences, and what holds in any situation (006, R107 to R110)."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studypaths.generation import Known, Offer, Situation, Step, plan, replay
from studypaths.path_config import DEFAULTS
from tests.studypaths.situations import (
    EVERYTHING,
    MODULES,
    SETTINGS,
    TOPICS,
    ids,
    next_decision,
    problem,
    situation,
    step,
)


@pytest.mark.parametrize(
    ("steps", "sentence"),
    [
        (
            [step(problem("loops", "a", 1)), step(problem("loops", "a", 1, 1))],
            "You passed two loops a problems in a row, so this one on",
        ),
        (
            [step(problem("loops", "a", 1)), step(problem("loops", "b", 1))],
            "You passed two problems in a row, so this one on",
        ),
        (
            [step(problem("loops", "a", 3), False), step(problem("loops", "b", 3), False)],
            "The last two tasks did not work out; here is",
        ),
        ([step(problem("loops", "a", 4), False)], "The last problem did not work out, so this one on"),
    ],
)
def test_the_decision_says_why_in_words_of_the_situation(steps: list[Step], sentence: str) -> None:
    by_target = replace(SETTINGS, weights={"difficulty_fit": 1.0}, target_share=1.0)

    assert next_decision(*steps, settings=by_target)["why"].startswith(sentence)


def test_a_row_of_passes_is_named_by_a_topic_only_if_all_of_them_were_on_it() -> None:
    passed = [
        step(problem("loops", letter, 1, copy)) for letter, copy in zip("bcaa", (0, 0, 0, 1), strict=True)
    ]
    every_pass = replace(SETTINGS, weights={"difficulty_fit": 1.0}, target_share=1.0)

    assert next_decision(*passed, settings=every_pass)["why"].startswith("You passed four problems in a row")


def test_a_module_that_was_open_from_the_start_is_no_new_module() -> None:
    """A path may begin in a later module; nobody has to come far for those before it."""
    offer = Offer([problem("loops", "a", 1), problem("arrays", "a", 1)], MODULES, start_module="arrays")

    decision = next_decision(step(problem("arrays", "a", 1)), offer=offer)

    assert (decision["chosen"], decision["rule"]) == ("loops-a-1-0", "steady")


def test_the_first_problem_of_a_module_that_opened_says_so() -> None:
    offer = Offer([problem("loops", "a", 1), problem("arrays", "a", 1)], MODULES)

    decision = next_decision(step(problem("loops", "a", 1)), offer=offer)

    assert (decision["chosen"], decision["rule"]) == ("arrays-a-1-0", "new_module")


# What holds for any situation.

steps_of_a_path = st.lists(
    st.tuples(
        st.sampled_from(EVERYTHING[:60]),
        st.sampled_from([True, False, None]),
        st.sampled_from(["problem", "review"]),
    ).map(lambda drawn: step(*drawn)),
    max_size=30,
)
masteries = st.dictionaries(
    st.sampled_from([topic for topics in TOPICS.values() for topic in topics]),
    st.builds(Known, st.floats(0, 100), st.integers(1, 30)),
)
weights = st.fixed_dictionaries({name: st.floats(0, 1) for name in DEFAULTS["weights"]})


@st.composite
def situations(draw: st.DrawFn) -> Situation:
    offered = draw(st.lists(st.sampled_from(EVERYTHING), unique=True, min_size=6, max_size=60))
    settings = replace(SETTINGS, weights=draw(weights))
    return situation(
        *draw(steps_of_a_path),
        mastery=draw(masteries),
        offer=Offer(offered, MODULES),
        settings=settings,
        seed=draw(st.text(max_size=5)),
        algorithm_version=draw(st.sampled_from(["planner-1", "planner-2"])),
    )


@given(situations())
def test_the_same_situation_and_seed_give_the_same_plan(drawn: Situation) -> None:
    again = replace(drawn, offer=Offer(reversed([e.candidate for e in drawn.offer.by_id.values()]), MODULES))

    assert plan(drawn, []) == plan(again, [])


@given(situations())
def test_every_decision_replays_to_its_problem_from_what_is_stored(drawn: Situation) -> None:
    for change in plan(drawn, []):
        stored = json.loads(json.dumps(change.choice.decision))

        assert replay(stored) == change.choice.candidate.problem_id
        assert len(stored["candidates"]) <= 10
        assert len(json.dumps(stored)) < 4096


@given(situations())
def test_nothing_is_repeated_while_something_fresh_fits(drawn: Situation) -> None:
    for change in plan(drawn, []):
        decision, found = change.choice.decision, change.choice.candidate
        if found.problem_id in drawn.done:
            assert decision["rule"] in ("repeat", "recovery_passed_before", "recovery_repeat")


@given(situations())
def test_a_plan_never_holds_a_problem_twice(drawn: Situation) -> None:
    changes = plan(drawn, [])

    assert len(set(ids(changes))) == len(changes)


@given(situations(), st.data())
def test_a_recorded_decision_follows_the_weights_it_names(drawn: Situation, data: st.DataObject) -> None:
    """A record that was tampered with does not replay: the scores are computed, not read."""
    drawn = replace(drawn, algorithm_version="planner-2")
    decision = plan(drawn, [])[0].choice.decision
    forged = [{**candidate, "score": data.draw(st.floats(0, 9))} for candidate in decision["candidates"]]

    assert replay({**decision, "candidates": forged}) == decision["chosen"]
