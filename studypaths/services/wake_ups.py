"""Messages to workers about planning, sent once the transaction is committed."""

from collections.abc import Iterable
from functools import partial
from uuid import UUID

from django.conf import settings
from django.db import transaction

from common import messages
from studypaths.projection import Row


def ask_to_plan(path_ids: Iterable[UUID], *, adds: bool = True) -> None:
    """Have a worker plan what comes next on these paths; without `adds`, only look again at their next tasks.

    If the message is lost, the next result or `next` does it.
    """
    for path_id in path_ids:
        send = partial(messages.send, "studypaths.tasks.plan_path", str(path_id), adds)
        transaction.on_commit(send, robust=True)


def ask_to_prefetch(tasks: Iterable[Row]) -> None:
    """Have a worker ask the problem bank elsewhere for what was planned, so that its answers are at hand."""
    problems = [(task["problem_id"], task["problem_version"]) for task in tasks]
    if problems and settings.PROBLEM_BANK_URL:
        send = partial(messages.send, "studypaths.tasks.prefetch_problems", problems)
        transaction.on_commit(send, robust=True)
