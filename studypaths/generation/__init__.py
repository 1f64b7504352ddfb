"""What comes next, and why: an offer and what is known of a learner in, problems with their decisions out. Pure."""

from studypaths.generation.candidates import Candidate, Choice, NothingToChoose, Offer
from studypaths.generation.formula import choose_first_batch
from studypaths.generation.plans import NEWEST_VERSION, VERSIONS, Change, OpenTask, plan, replay
from studypaths.generation.sequence import PROBLEM, RECOVERY, REVIEW, WINDOW, Settings, Step
from studypaths.generation.situation import Situation
from studypaths.generation.success import Known

__all__ = [
    "NEWEST_VERSION",
    "PROBLEM",
    "RECOVERY",
    "REVIEW",
    "VERSIONS",
    "WINDOW",
    "Candidate",
    "Change",
    "Choice",
    "Known",
    "NothingToChoose",
    "Offer",
    "OpenTask",
    "Settings",
    "Situation",
    "Step",
    "choose_first_batch",
    "plan",
    "replay",
]
