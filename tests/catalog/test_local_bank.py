"""The problem bank in our own tables."""

import pytest
from django.utils import timezone

from catalog.problem_bank import LocalProblemBank, ProblemNotFound, TrackNotFound, problem_bank
from catalog.services import retire_problem, sync_tracks
from catalog.track_files import ModuleFile, TrackFile
from tests.catalog.samples import a_stdio_problem, imported

TRACK = "coding-interview-meta"
BANK = LocalProblemBank()

pytestmark = pytest.mark.usefixtures("tracks")


def ids(module: str = "arrays-strings", low: int = 1, high: int = 5, limit: int = 10) -> list[str]:
    found = BANK.problems(track=TRACK, module=module, difficulty=(low, high), limit=limit)
    return [problem.id for problem in found]


def test_without_an_address_the_bank_is_our_own_tables() -> None:
    assert isinstance(problem_bank(), LocalProblemBank)


def test_problems_are_chosen_by_module_and_difficulty_the_easy_ones_first() -> None:
    """R138: module-based selection."""
    imported(
        {"id": "hard", "difficulty": 5},
        {"id": "z-easy", "difficulty": 1},
        {"id": "a-easy", "difficulty": 1},
        {"id": "middle", "difficulty": 3},
        {"id": "other", "module": "hashing", "topics": ["hash-map"]},
    )

    assert ids() == ["a-easy", "z-easy", "middle", "hard"]
    assert ids(low=2, high=4) == ["middle"]
    assert ids(limit=2) == ["a-easy", "z-easy"]
    assert ids(module="hashing") == ["other"]


def test_a_retired_problem_is_not_offered_but_can_be_read_and_judged() -> None:
    imported({})
    retire_problem(problem_id="longest-climb", at=timezone.now())

    assert ids() == []
    assert BANK.problem("longest-climb").title == "Longest climb"
    assert len(BANK.hidden_bundle("longest-climb").hidden_tests) == 1


def test_a_module_that_the_track_does_not_have_offers_nothing() -> None:
    imported({})
    sync_tracks([TrackFile("short", "Short", "", {}, (ModuleFile("hashing", "Hashing", ()),))])

    assert BANK.problems(track="short", module="arrays-strings", difficulty=(1, 5), limit=5) == []


def test_the_names_of_ticket_005_exist() -> None:
    """R105, 005-2, 005-3."""
    imported({})

    (summary,) = BANK.get_problems_by_module("arrays-strings", (1, 2))
    metadata = BANK.get_problem_metadata("longest-climb")

    assert (summary.id, summary.version) == (metadata.id, metadata.version) == ("longest-climb", 1)


def test_earlier_versions_can_be_read_with_their_own_tests() -> None:
    imported({"title": "Old"})
    imported({"title": "New", "hidden_tests": []})

    assert [BANK.problem("longest-climb", version).title for version in (None, 1, 2)] == ["New", "Old", "New"]
    assert [len(BANK.hidden_bundle("longest-climb", version).hidden_tests) for version in (None, 1)] == [0, 1]


@pytest.mark.parametrize(("problem_id", "version"), [("nothing", None), ("nothing", 1), ("longest-climb", 7)])
def test_what_is_not_there_is_said_so(problem_id: str, version: int | None) -> None:
    imported({})

    with pytest.raises(ProblemNotFound):
        BANK.problem(problem_id, version)
    with pytest.raises(ProblemNotFound):
        BANK.hidden_bundle(problem_id, version)


def test_a_stdio_problem_can_be_solved_in_every_language() -> None:
    problem = a_stdio_problem()
    imported({name: problem.get(name, ...) for name in {*problem, "params", "entry_points", "starter"}})

    assert BANK.problem("echo").languages == ("python", "javascript")
    assert BANK.problem("echo").entry_points == {}


def test_a_function_can_be_solved_in_the_languages_it_has_a_name_in() -> None:
    imported({"entry_points": {"python": "f"}, "solutions": {"python": "x"}, "starter": {}})

    assert BANK.problem("longest-climb").languages == ("python",)


def test_the_outline_of_a_track_counts_what_planning_may_choose() -> None:
    imported({}, {"id": "b"}, {"id": "gone"})
    retire_problem(problem_id="gone", at=timezone.now())

    outline = BANK.track(TRACK)

    assert [module.position for module in outline.modules] == list(range(1, 15))
    assert {module.slug: module.problems for module in outline.modules if module.problems} == {
        "arrays-strings": 2
    }
    assert outline.modules[1].topics[0].slug == "two-pointers"


def test_an_unknown_track_is_said_so() -> None:
    with pytest.raises(TrackNotFound):
        BANK.track("nowhere")
