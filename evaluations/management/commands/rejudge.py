"""rejudge PROBLEM: judge its submissions by other tests on the side, show who would change, then apply or discard."""

import getpass
import os
import threading
import time
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime
from io import StringIO
from typing import Any
from urllib.parse import quote
from uuid import UUID

import orjson
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.timezone import now
from rich.console import Console
from rich.markup import escape
from rich.progress import Progress
from rich.table import Column, Table

from catalog.languages import LANGUAGES
from evaluations.models import Rejudging
from evaluations.rejudging import judging, views
from evaluations.rejudging.applying import (
    apply_batches,
    begin_applying,
    discard_rejudging,
    rejudging_by_id,
)
from evaluations.rejudging.selection import (
    RejudgingRefused,
    left_over,
    newer_tests,
    plan_rejudging,
    start_rejudging,
)
from evaluations.states import ItemState, RejudgingState

TABLE_WIDTH = 200
ID_WIDTH = 36
SHOWN_AT_MOST = 100
LISTED_AT_MOST = 50
OUTCOMES = (ItemState.FAILED, ItemState.ERASED, ItemState.STALE, ItemState.CONFIRMED, ItemState.APPLIED)


def _jobs(value: str) -> int:
    if not value.isdecimal() or not 1 <= int(value) <= 64:
        raise ArgumentTypeError("must be a number from 1 to 64")
    return int(value)


def _instant(value: str) -> datetime:
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        raise ArgumentTypeError("must be a date or an instant of ISO 8601") from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


class Command(BaseCommand):
    """Exits 1 with one line when something cannot be done. Submissions that could not be judged are counted."""

    help = (
        "Judge the submissions of a problem by its current tests, on the side: show who would change, then apply"
        " or discard. Workers judge, behind what learners wait for; with --jobs this command does it."
    )

    def create_parser(self, prog_name: str, subcommand: str, **options: Any) -> CommandParser:
        """Here `--version` is that of the tests, not Django's."""
        return super().create_parser(prog_name, subcommand, conflict_handler="resolve", **options)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("problem", nargs="?", help="the problem whose submissions are judged again")
        parser.add_argument("--version", dest="to_version", type=int, help="of the tests; default: current")
        parser.add_argument("--language", default="", choices=["", *LANGUAGES], help="only this language")
        parser.add_argument("--since", type=_instant, help="only what was submitted since then")
        parser.add_argument("--reason", default="", help="recorded with every change")
        parser.add_argument(
            "--same-version", action="store_true", help="also what that version judged already"
        )
        parser.add_argument("--jobs", type=_jobs, help="judge here, so many at a time, instead of workers")
        parser.add_argument("--no-wait", action="store_true", help="leave it to the workers and return")
        _add_acts(parser)
        parser.add_argument("--json", action="store_true", help="the result as JSON; asks nothing")
        parser.add_argument("--yes", action="store_true", help="apply or discard without asking")

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            self._act(options)
        except RejudgingRefused as refused:
            raise CommandError(str(refused)) from None

    def _act(self, options: dict[str, Any]) -> None:
        if options["list"]:
            self._list(as_json=options["json"])
        elif options["show"]:
            self._show(rejudging_by_id(options["show"]), as_json=options["json"])
        elif options["apply"]:
            self._apply(rejudging_by_id(options["apply"]), options)
        elif options["discard"]:
            self._discard(rejudging_by_id(options["discard"]), options)
        elif options["problem"]:
            self._rejudge(options)
        else:
            raise CommandError("Name a problem, or one of --list, --show, --apply, --discard.")

    def _rejudge(self, options: dict[str, Any]) -> None:
        plan = plan_rejudging(
            problem_id=options["problem"],
            version=options["to_version"],
            language=options["language"],
            since=options["since"],
            same_version=options["same_version"],
        )
        rejudging = start_rejudging(
            plan=plan, reason=options["reason"], by=operator(), at=now(), wake=not options["jobs"]
        )
        if options["no_wait"] and not options["jobs"]:
            self._leave_to_workers(rejudging, as_json=options["json"])
            return
        self._until_ready(rejudging, options["jobs"])
        rejudging.refresh_from_db()
        if not (options["json"] and options["yes"]):  # one document: then it is that of what was applied
            self._show(rejudging, as_json=options["json"])
        if options["yes"]:
            self._apply(rejudging, options)
        elif not options["json"]:
            self._ask(rejudging, options)

    def _leave_to_workers(self, rejudging: Rejudging, *, as_json: bool) -> None:
        if as_json:
            self._write_json(rejudging)
            return
        waiting = views.counts_of([rejudging.id])[rejudging.id].total
        self.stdout.write(f"Rejudging {rejudging.id}: {waiting} submissions are waiting.")

    def _until_ready(self, rejudging: Rejudging, jobs: int | None) -> None:
        """Judge here, or watch the workers do it, until nothing is left."""
        try:
            if jobs:
                _judge_here(rejudging.id, jobs)
            else:
                _watch(rejudging.id)
        except KeyboardInterrupt:
            raise CommandError(
                f"Stopped watching. Workers go on with rejudging {rejudging.id}: see --show {rejudging.id}.",
                returncode=130,
            ) from None

    def _ask(self, rejudging: Rejudging, options: dict[str, Any]) -> None:
        answer = _answer("Apply, discard, or leave it for later? [a/d/L] ")
        if answer == "a":
            self._apply(rejudging, options | {"yes": True})
        elif answer == "d":
            self._discard(rejudging, options | {"yes": True})
        else:
            name = f"manage.py rejudge --apply {rejudging.id}"
            self.stdout.write(f"Nothing was changed. Later: {name}, or --discard.")

    # Closing

    def _apply(self, rejudging: Rejudging, options: dict[str, Any]) -> None:
        changed = views.counts_of([rejudging.id])[rejudging.id].changed
        question = f"Apply rejudging {rejudging.id}: {changed} results change? [y/N] "
        resumed = rejudging.state == RejudgingState.APPLYING
        if not options["json"] and (warning := newer_tests(rejudging)):
            self.stderr.write(warning)
        if rejudging.state in (RejudgingState.READY, RejudgingState.APPLYING):
            _confirm(question, options, decided=resumed)
        begin_applying(rejudging_id=rejudging.id, by=operator(), at=now())
        apply_batches(rejudging_id=rejudging.id, at=now())
        rejudging.refresh_from_db()
        if options["json"]:
            self._write_json(rejudging)
            return
        counts = views.counts_of([rejudging.id])[rejudging.id]
        self.stdout.write(f"Rejudging {rejudging.id} is {rejudging.state}: {_outcomes(counts)}.")
        if left := left_over(rejudging):
            self.stdout.write(
                f"{left} submissions were not judged by version {rejudging.to_version}: new, stale or failed ones."
                f" manage.py rejudge {rejudging.problem_id} takes them."
            )

    def _discard(self, rejudging: Rejudging, options: dict[str, Any]) -> None:
        if rejudging.state in (RejudgingState.JUDGING, RejudgingState.READY):
            _confirm(f"Discard rejudging {rejudging.id}? [y/N] ", options)
        discard_rejudging(rejudging_id=rejudging.id, by=operator(), at=now())
        if options["json"]:
            rejudging.refresh_from_db()
            self._write_json(rejudging)
            return
        self.stdout.write(f"Rejudging {rejudging.id} is discarded; nothing was changed.")

    # Showing

    def _list(self, *, as_json: bool) -> None:
        rejudgings = list(Rejudging.objects.order_by("-id")[:LISTED_AT_MOST])
        counts = views.counts_of([each.id for each in rejudgings])
        if as_json:
            self._write_document([_summary(each, counts[each.id]) for each in rejudgings])
            return
        table = Table(
            Column("id", no_wrap=True, min_width=ID_WIDTH),
            "problem",
            "version",
            "state",
            "judged",
            "changed",
            "begun",
            "reason",
        )
        for each in rejudgings:
            count = counts[each.id]
            progress = f"{count.judged} / {count.total}"
            begun = f"{each.created_at:%Y-%m-%d %H:%M}"
            table.add_row(
                str(each.id),
                each.problem_id,
                str(each.to_version),
                each.state,
                progress,
                str(count.changed),
                begun,
                escape(each.reason),
            )
        self.stdout.write(_text(table) if rejudgings else "There was no rejudging yet.")

    def _show(self, rejudging: Rejudging, *, as_json: bool) -> None:
        if as_json:
            self._write_json(rejudging)
        else:
            self._write_tables(rejudging)
        failed = views.counts_of([rejudging.id])[rejudging.id].of(ItemState.FAILED)
        if failed:
            self.stderr.write(f"{failed} submissions could not be judged; they stay as they are.")

    def _write_tables(self, rejudging: Rejudging) -> None:
        counts = views.counts_of([rejudging.id])[rejudging.id]
        scope = "".join(f", {each}" for each in _scope(rejudging))
        self.stdout.write(
            f"Rejudging {rejudging.id} of {rejudging.problem_id} by version {rejudging.to_version}{scope}:"
            f" {rejudging.state}, {counts.judged} of {counts.total} judged, {counts.changed} changed."
        )
        if warning := newer_tests(rejudging):
            self.stdout.write(warning)
        if outcomes := _outcomes(counts):
            self.stdout.write(f"So far {outcomes}.")
        if (matrix := views.matrix_of(rejudging)).rows:
            self.stdout.write(_text(_matrix(matrix)))
        items = list(views.changed_items(rejudging)[:SHOWN_AT_MOST])
        if items:
            self.stdout.write(_text(_changes(views.changes_of(rejudging, items, at=now()))))
        if counts.changed > len(items):
            self.stdout.write(f"… and {counts.changed - len(items)} more; --json has all of them.")

    def _write_json(self, rejudging: Rejudging) -> None:
        counts = views.counts_of([rejudging.id])[rejudging.id]
        matrix = views.matrix_of(rejudging)
        document = {
            **_summary(rejudging, counts),
            "warning": newer_tests(rejudging) or None,
            "matrix": [
                {"old": old, "new": new, "submissions": count}
                for old, row in matrix.rows
                for new, count in zip(matrix.columns, row, strict=True)
                if count
            ],
            "changes": [change.as_json() for change in views.all_changes(rejudging, at=now())],
        }
        self._write_document(document)

    def _write_document(self, document: object) -> None:
        options = orjson.OPT_INDENT_2 | orjson.OPT_UTC_Z
        self.stdout.write(orjson.dumps(document, option=options, default=str).decode())


def _summary(rejudging: Rejudging, counts: views.Counts) -> dict[str, Any]:
    columns = ("id", "problem_id", "to_version", "language", "since", "reason", "state", "created_by")
    times = ("created_at", "ready_at", "closed_by", "closed_at")
    return {
        **{column: getattr(rejudging, column) for column in (*columns, *times)},
        "submissions": counts.total,
        "states": counts.states,
        "changed": counts.changed,
    }


def _add_acts(parser: ArgumentParser) -> None:
    acts = parser.add_mutually_exclusive_group()
    acts.add_argument(
        "--list", action="store_true", help=f"the {LISTED_AT_MOST} latest rejudgings, newest first"
    )
    acts.add_argument("--show", type=UUID, metavar="ID", help="matrix and changes of a rejudging")
    acts.add_argument("--apply", type=UUID, metavar="ID", help="record what changed; again after a kill")
    acts.add_argument("--discard", type=UUID, metavar="ID", help="drop what was judged")


def operator() -> str:
    """Whoever runs the command, as an actor; by number in a container that knows no name for it."""
    try:
        name = getpass.getuser()
    except (KeyError, OSError):
        name = str(os.getuid())
    return f"system:shell:{quote(name, safe='')}"


def _judge_here(rejudging_id: UUID, jobs: int) -> None:
    """Judge with so many threads. When somebody stops it, they finish what they are at; workers do the rest."""
    stopped = threading.Event()
    with ThreadPoolExecutor(jobs) as pool:
        try:
            working = [pool.submit(judging.judge_all, rejudging_id, stopped) for _ in range(jobs)]
            _watch(rejudging_id, working)
        finally:
            stopped.set()
    for each in working:
        each.result()


def _watch(rejudging_id: UUID, working: Sequence[Future[None]] = ()) -> None:
    """Until everything is judged, or nobody of those who judge here is at work any more."""
    console = Console(stderr=True)
    with Progress(console=console, disable=not console.is_terminal) as bar:
        step = bar.add_task("Judging", total=None)
        while judging.is_being_judged(rejudging_id) and not (
            working and all(each.done() for each in working)
        ):
            counts = views.counts_of([rejudging_id])[rejudging_id]
            bar.update(step, completed=counts.judged, total=counts.total)
            time.sleep(judging.LOOK_AGAIN_SECONDS)


def _answer(question: str) -> str:
    """What somebody types; nothing where nobody is there to type."""
    try:
        return input(question).strip().lower()
    except EOFError:
        return ""


def _confirm(question: str, options: dict[str, Any], *, decided: bool = False) -> None:
    """Ask, unless that was decided or a program reads what is written."""
    if options["yes"] or decided:
        return
    if options["json"] or _answer(question) not in ("y", "yes"):
        raise CommandError("Nothing was changed. Answer y, or give --yes.")


def _scope(rejudging: Rejudging) -> Sequence[str]:
    parts = [rejudging.language]
    if rejudging.since:
        parts.append(f"since {rejudging.since.isoformat()}")
    return [part for part in parts if part]


def _outcomes(counts: views.Counts) -> str:
    return ", ".join(f"{counts.of(state)} {state}" for state in OUTCOMES if counts.of(state))


def _matrix(matrix: views.Matrix) -> Table:
    table = Table("from \\ to", *matrix.columns)
    for old, row in matrix.rows:
        table.add_row(old, *(_cell(old, new, count) for new, count in zip(matrix.columns, row, strict=True)))
    return table


def _cell(old: str, new: str, count: int) -> str:
    same: Callable[[int], str] = "({})".format
    return "" if not count else same(count) if old == new else str(count)


def _changes(changes: Sequence[views.Change]) -> Table:
    ids = [Column(name, no_wrap=True, min_width=ID_WIDTH) for name in ("task", "submission")]
    table = Table("learner", *ids, "verdict", "score", "what follows")
    for change in changes:
        item = change.item
        table.add_row(
            escape(change.user_id),
            str(item.task_id),
            str(item.submission_id),
            f"{item.old_verdict} -> {item.new_verdict}",
            f"{item.old_score:.4g} -> {item.new_score or 0:.4g}",
            escape("; ".join(change.follows) or item.state),
        )
    return table


def _text(table: Table) -> str:
    console = Console(file=StringIO(), width=TABLE_WIDTH)
    with console.capture() as text:
        console.print(table)
    return text.get()
