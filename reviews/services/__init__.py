"""The acts of reviews: rate what was completed, offer what is due, undo a rating, change settings."""

from reviews.services.due import make_due_tasks
from reviews.services.results import after_correction, after_result
from reviews.services.settings import adopt_parameters, update_settings
from reviews.services.undo import NothingToUndo, undo_last_rating

__all__ = [
    "NothingToUndo",
    "adopt_parameters",
    "after_correction",
    "after_result",
    "make_due_tasks",
    "undo_last_rating",
    "update_settings",
]
