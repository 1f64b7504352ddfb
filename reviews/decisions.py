"""Why a review task is there: the record of the decision and a sentence for the learner. Pure."""

from datetime import date
from typing import Any

from reviews.scheduling import ALGORITHM, Reason
from studypaths.projection import Row

RULE = "review_due"
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
_LAST_TIME = {
    Reason.FAIL: "You did not solve this one on {day}",
    Reason.SLOW: "You solved this one on {day}, but it took you long",
    Reason.HEAVY_HINT: "You solved this one on {day} with several hints",
    Reason.MOCK_GAP: "This one was a gap in your mock interview on {day}",
    Reason.RETENTION: "You solved this one on {day}",
}


def decision_of(item: Row, *, reviewed_on: date, retrievability: float) -> dict[str, Any]:
    """The decision that a review task of `item` carries. `retrievability` (0-1) is that of the day it was made."""
    return {
        "algorithm_version": ALGORITHM,
        "rule": RULE,
        "why": sentence(Reason(item["reason"]), reviewed_on, retrievability),
        "minutes_target": item["minutes_target"],
        "inputs": {
            "reason": item["reason"],
            "due_at": item["due_at"],
            "stability": item["stability"],
            "retrievability": round(retrievability, 4),
            "reps": item["reps"],
            "lapses": item["lapses"],
        },
    }


def sentence(reason: Reason, reviewed_on: date, retrievability: float) -> str:
    """One sentence that a learner can read."""
    day = f"{reviewed_on.day} {_MONTHS[reviewed_on.month - 1]}"
    chance = f"the chance that you still know it is about {retrievability:.0%}"
    return (
        f"{_LAST_TIME[reason].format(day=day)}; by now {chance}, which makes it a good time to do it again."
    )
