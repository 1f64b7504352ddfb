"""Taking back the last rating of an item."""

from datetime import datetime
from uuid import UUID

from common.errors import Conflict, NotFound
from reviews.projection import REVIEW_ITEMS, REVIEW_LOGS, state_of
from reviews.selectors import NO_ITEM
from studypaths.journal import Journal, open_journal
from studypaths.projection import Row


class NothingToUndo(Conflict):
    """The item has no rating that may be taken back."""

    code = "nothing_to_undo"
    title = "There is no rating to undo"


def undo_last_rating(*, learner_id: UUID, item_id: UUID, by: str, at: datetime) -> Row:
    """Bring back the state before the last rating of an item, due date included; the item's row.

    Only the last rating, once, and only until the problem is offered again. The first rating of a problem cannot be
    undone: before it there was nothing. Raises `NotFound`, `NothingToUndo`.
    """
    with open_journal(learner_ids=[learner_id], by=by, at=at) as journal:
        item = journal.row(REVIEW_ITEMS, item_id)
        if item is None or item["learner_id"] != learner_id:
            raise NotFound(NO_ITEM)
        log = _last_rating(journal, item)
        journal.record(
            "review_undone",
            learner_id=learner_id,
            task_id=log["task_id"],
            path_id=journal.task(log["task_id"])["path_id"],
            payload={
                "review_item": item_id,
                "review_log": log["id"],
                "rating": log["rating"],
                "before": state_of(item),
                "after": log["state_before"],
            },
        )
        return journal.recorded(REVIEW_ITEMS, item_id)


def _last_rating(journal: Journal, item: Row) -> Row:
    if item["last_log_id"] is None:
        raise NothingToUndo("The last rating was undone already.")
    log = journal.row(REVIEW_LOGS, item["last_log_id"])
    if log is None:
        raise LookupError(f"review log {item['last_log_id']} is gone")
    if not log["state_before"]:
        raise NothingToUndo("The first rating of a problem stays: there is no state before it.")
    if item["offered_at"] is not None and item["offered_at"] > log["reviewed_at"]:
        raise NothingToUndo("The problem has been offered again since.")
    return log
