"""What a track offers to planning, at hand without waiting for a network.

With our own catalogue the offer is read again whenever its stamp changed. With a problem bank elsewhere it is the last
good answer that this process got; `refresh_offer` asks for a newer one, outside transactions.
"""

import time
from collections.abc import Iterable

import structlog
from django.conf import settings

from catalog.problem_bank import (
    ProblemBankRefused,
    ProblemBankUnreachable,
    ProblemNotFound,
    ProblemSummary,
    TrackNotFound,
    problem_bank,
)
from catalog.selectors import modules_of_track, offered_problems, stamp_of_offer
from studypaths.generation import Candidate, Offer

log = structlog.get_logger(__name__)

FIRST_MODULE = "arrays-strings"  # R085: where a path begins, where the track has it
ALL_DIFFICULTIES = (1, 5)
PROBLEMS_OF_A_MODULE = 200

Stamp = tuple[int, int | None]
_own: dict[str, tuple[Stamp, Offer]] = {}
_answers: dict[tuple[str, str], tuple[float, Offer]] = {}


def offer_at_hand(track_id: str) -> Offer | None:
    """The offer of a track; None when the problem bank elsewhere was not asked yet. Asks nobody but the database."""
    if settings.PROBLEM_BANK_URL:
        answer = _answers.get((settings.PROBLEM_BANK_URL, track_id))
        return answer[1] if answer else None
    stamp = stamp_of_offer(track_id)
    kept = _own.get(track_id)
    if kept is None or kept[0] != stamp:
        kept = _own[track_id] = (stamp, _offer_of_catalogue(track_id))
    return kept[1]


def refresh_offer(track_id: str) -> None:
    """Ask the problem bank elsewhere what it offers, unless it answered lately. Never inside a transaction.

    Raises `ProblemBankUnreachable`, `ProblemBankRefused`; the last good answer stays at hand then.
    """
    if not settings.PROBLEM_BANK_URL:
        return
    place = (settings.PROBLEM_BANK_URL, track_id)
    if place not in _answers or is_old(track_id):
        _answers[place] = (time.monotonic(), _offer_of_bank(track_id))


def is_old(track_id: str) -> bool:
    """Whether there is an answer of the problem bank elsewhere at hand, but no recent one."""
    answer = _answers.get((settings.PROBLEM_BANK_URL, track_id))
    return answer is not None and time.monotonic() - answer[0] > settings.PROBLEM_BANK_CACHE_SECONDS


def fetch_problems(problems: Iterable[tuple[str, int]]) -> None:
    """Ask the bank for problems (id and version) and their tests, so that its answers are at hand. In vain is no harm:
    whoever needs a problem asks again. A bank that is away is left alone.
    """
    bank = problem_bank()
    for problem_id, version in problems:
        try:
            bank.problem(problem_id, version)
            bank.hidden_bundle(problem_id, version)
        except (ProblemNotFound, ProblemBankRefused) as error:
            log.warning("problem_not_fetched", problem=problem_id, why=error.detail)
        except ProblemBankUnreachable as error:
            log.warning("problem_not_fetched", problem=problem_id, why=error.detail)
            return


def forget_offers() -> None:
    """Begin anew, as a new process does."""
    _own.clear()
    _answers.clear()


def _offer_of_catalogue(track_id: str) -> Offer:
    candidates = [
        Candidate(
            p["id"], p["version"], p["module"], tuple(p["topics"]), p["difficulty"], p["minutes_target"]
        )
        for p in offered_problems(track_id)
    ]
    return Offer(candidates, modules_of_track(track_id), FIRST_MODULE)


def _offer_of_bank(track_id: str) -> Offer:
    bank = problem_bank()
    try:
        modules = [module.slug for module in bank.track(track_id).modules]
    except TrackNotFound:
        modules = []
    found = [
        bank.problems(track=track_id, module=module, difficulty=ALL_DIFFICULTIES, limit=PROBLEMS_OF_A_MODULE)
        for module in modules
    ]
    return Offer(candidates_of(problem for problems in found for problem in problems), modules, FIRST_MODULE)


def candidates_of(problems: Iterable[ProblemSummary]) -> list[Candidate]:
    """Problems of the bank as planning sees them."""
    return [
        Candidate(p.id, p.version, p.module, tuple(p.topics), p.difficulty, p.minutes_target)
        for p in problems
    ]
