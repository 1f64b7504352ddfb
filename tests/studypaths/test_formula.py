"""The planner (006, R085, R107, R110): pure, repeatable, explained."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studypaths.generation.candidates import Candidate, NothingToChoose
from studypaths.generation.formula import FormulaSituation, choose, choose_first_batch, score
from studypaths.path_config import DEFAULTS

TOPICS = ["two-pointers", "sliding-window", "prefix-sums", "matrix"]
WEIGHTS = DEFAULTS["weights"]

candidates_of_a_module = st.lists(
    st.builds(
        Candidate,
        problem_id=st.integers(0, 40).map("problem-{}".format),
        problem_version=st.just(1),
        module=st.just("arrays-strings"),
        topics=st.lists(st.sampled_from(TOPICS), min_size=1, max_size=2, unique=True).map(tuple),
        difficulty=st.integers(1, 2),
    ),
    unique_by=lambda candidate: candidate.problem_id,
    max_size=30,
)


def first_batch(candidates: list[Candidate], count: int = 6, seed: str = "seed") -> list[Candidate]:
    choices = choose_first_batch(candidates, module="arrays-strings", count=count, weights=WEIGHTS, seed=seed)
    return [choice.candidate for choice in choices]


@given(candidates_of_a_module, st.integers(5, 10), st.text(max_size=8))
def test_the_first_batch_is_repeatable_and_repeats_no_problem(
    candidates: list[Candidate], count: int, seed: str
) -> None:
    chosen = first_batch(candidates, count, seed)

    assert chosen == first_batch(list(reversed(candidates)), count, seed)
    assert len({candidate.problem_id for candidate in chosen}) == len(chosen) == min(count, len(candidates))


@given(candidates_of_a_module)
def test_topics_rotate_while_the_module_has_another(candidates: list[Candidate]) -> None:
    """R110."""
    chosen = first_batch(candidates)

    for index in range(1, len(chosen)):
        if chosen[index].primary_topic == chosen[index - 1].primary_topic:
            left = [c for c in candidates if c not in chosen[:index]]
            assert {c.primary_topic for c in left} == {chosen[index].primary_topic}


@given(candidates_of_a_module)
def test_replaying_a_recorded_decision_picks_the_same_problem(candidates: list[Candidate]) -> None:
    choices = choose_first_batch(candidates, module="arrays-strings", count=6, weights=WEIGHTS, seed="s")

    for choice in choices:
        inputs = choice.decision["inputs"]
        situation = FormulaSituation(
            module=inputs["module"],
            target_difficulty=inputs["target_difficulty"],
            mastery=inputs["mastery"],
            weights=inputs["weights"],
            seed=choice.decision["seed"],
            previous_topic=inputs["previous_topic"],
            recent_topics=tuple(inputs["recent_topics"]),
            done_problems=frozenset(inputs["done_problems"]),
        )
        assert choose(candidates, situation).candidate == choice.candidate


def test_the_decision_names_rule_scores_and_a_sentence() -> None:
    easy = Candidate("easy", 1, "arrays-strings", ("matrix",), 1)
    hard = Candidate("hard", 1, "arrays-strings", ("matrix",), 2)

    decision = choose_first_batch([hard, easy], module="arrays-strings", count=1, weights=WEIGHTS, seed="")[
        0
    ].decision

    assert decision["rule"] == "first_task"
    assert [problem for problem, _ in decision["candidates"]] == ["easy", "hard"]
    assert decision["candidates"][0][1] > decision["candidates"][1][1]
    assert decision["why"] == "Your path starts here: an easy problem on matrix shows where you stand."


def test_no_problem_of_the_first_batch_is_called_harder_than_one_as_hard() -> None:
    found = [Candidate(f"{topic}-2", 1, "arrays-strings", (topic,), 2) for topic in TOPICS]

    choices = choose_first_batch(found, module="arrays-strings", count=4, weights=WEIGHTS, seed="")

    assert all("difficulty 2" in choice.decision["why"] for choice in choices[1:])


def test_the_score_is_the_weighted_sum_of_its_four_parts() -> None:
    candidate = Candidate("p", 1, "m", ("matrix",), 3)
    situation = FormulaSituation(
        module="m",
        target_difficulty=1,
        mastery={"matrix": 25.0},
        weights={"weakness": 0.4, "novelty": 0.2, "difficulty_fit": 0.25, "recency": 0.15},
        seed="",
        recent_topics=("matrix", "two-pointers"),
    )

    assert score(candidate, situation) == pytest.approx(0.4 * 0.75 + 0.2 * 0.0 + 0.25 * 0.5 + 0.15 * 0.5)


def test_nothing_is_chosen_from_nothing() -> None:
    with pytest.raises(NothingToChoose):
        choose([], FormulaSituation(module="m", target_difficulty=1, mastery={}, weights={}, seed=""))
