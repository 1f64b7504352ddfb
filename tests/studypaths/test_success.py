"""Mastery and predicted success: monotone, bounded, and never surprised by the same thing twice."""

from hypothesis import given
from hypothesis import strategies as st

from studypaths.generation.success import Known, believed, updated_value

values = st.floats(0, 100)
observations = st.integers(1, 100)
difficulties = st.integers(1, 5)
known = st.builds(Known, values, observations)


@given(st.none() | known, difficulties)
def test_a_pass_raises_mastery_and_a_failure_lowers_it(before: Known | None, difficulty: int) -> None:
    passed = updated_value(before, difficulty=difficulty, passed=True)
    failed = updated_value(before, difficulty=difficulty, passed=False)

    assert 0 <= failed < passed <= 100
    if before is not None and 1 <= before.value <= 99:
        assert failed < before.value < passed


@given(known, st.integers(1, 4), st.booleans())
def test_a_pass_of_something_harder_says_more(before: Known, difficulty: int, passed: bool) -> None:
    easier = updated_value(before, difficulty=difficulty, passed=passed)
    harder = updated_value(before, difficulty=difficulty + 1, passed=passed)

    assert harder >= easier


@given(values, st.integers(1, 50), difficulties)
def test_the_more_was_seen_the_less_one_outcome_moves(value: float, seen: int, difficulty: int) -> None:
    early = updated_value(Known(value, seen), difficulty=difficulty, passed=True)
    late = updated_value(Known(value, seen + 5), difficulty=difficulty, passed=True)

    assert late <= early


@given(st.dictionaries(st.sampled_from("abc"), known), st.integers(1, 4))
def test_harder_problems_are_less_likely_passed(mastery: dict[str, Known], difficulty: int) -> None:
    beliefs = believed(mastery)

    assert 0 < beliefs.success(["a", "z"], difficulty + 1) < beliefs.success(["a", "z"], difficulty) < 1


def test_mastery_is_the_predicted_success_on_a_middle_problem() -> None:
    beliefs = believed({"a": Known(80.0, 10_000)})

    assert round(beliefs.success(["a"], 3), 2) == 0.8


def test_a_topic_never_practised_is_believed_to_be_like_the_others() -> None:
    strong, weak = believed({"a": Known(90.0, 8)}), believed({"a": Known(10.0, 8)})

    assert strong.success(["z"], 3) > believed({}).success(["z"], 3) > weak.success(["z"], 3)
