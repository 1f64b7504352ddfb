"""Parts of the documentation that are written from the code: between two marks in a page of docs/.

<!-- generated: problems -->
...
<!-- end of generated part -->
"""

import re
from collections.abc import Callable
from pathlib import Path

from django.conf import settings

from common.problems import problem_kinds
from evaluations.states import EVALUATION_MOVES, REJUDGING_MOVES, RejudgingState
from studypaths.states import OPEN_STATUSES, TASK_MOVES, TERMINAL_STATUSES, TaskStatus

DOCS = Path(settings.BASE_DIR) / "docs"
END = "<!-- end of generated part -->"
PART = re.compile(rf"(<!-- generated: ([a-z-]+) -->\n).*?({END})", re.DOTALL)


class UnknownPart(ValueError):
    """A page asks for a part that nothing generates."""


def problem_table() -> str:
    """Every code that an answer may carry, by status."""
    rows = [f"| {kind.status} | `{kind.code}` | {kind.title} |" for kind in problem_kinds()]
    return "\n".join(["| Status | `code` | `title` |", "|---|---|---|", *rows])


def task_moves() -> str:
    """The moves of tasks as a Mermaid state diagram."""
    entry = [f"    [*] --> {TaskStatus.SCHEDULED}"]
    moves = [
        f"    {source} --> {target}" for source in TaskStatus for target in _in_order(TASK_MOVES[source])
    ]
    ends = [f"    {status} --> [*]" for status in _in_order(TERMINAL_STATUSES)]
    return _diagram([*entry, *moves, *ends])


def task_table() -> str:
    """The same as a table."""
    rows = [
        f"| `{source}` | {', '.join(f'`{target}`' for target in _in_order(TASK_MOVES[source])) or 'nothing'} |"
        f" {'open' if source in OPEN_STATUSES else 'terminal'} |"
        for source in TaskStatus
    ]
    return "\n".join(["| From | To | |", "|---|---|---|", *rows])


def evaluation_moves() -> str:
    """The moves of evaluations as a Mermaid state diagram."""
    moves = [
        f"    {source} --> {target}"
        for source, targets in EVALUATION_MOVES.items()
        for target in sorted(targets)
    ]
    return _diagram(["    [*] --> queued", *moves, "    done --> [*]"])


def rejudging_moves() -> str:
    """The moves of rejudgings as a Mermaid state diagram."""
    moves = [
        f"    {source} --> {target}"
        for source, targets in REJUDGING_MOVES.items()
        for target in RejudgingState
        if target in targets
    ]
    ends = [f"    {state} --> [*]" for state in RejudgingState if not REJUDGING_MOVES[state]]
    return _diagram([f"    [*] --> {RejudgingState.JUDGING}", *moves, *ends])


def _in_order(statuses: frozenset[TaskStatus]) -> list[TaskStatus]:
    return [status for status in TaskStatus if status in statuses]


def _diagram(lines: list[str]) -> str:
    return "\n".join(["```mermaid", "stateDiagram-v2", *lines, "```"])


PARTS: dict[str, Callable[[], str]] = {
    "problems": problem_table,
    "task-moves": task_moves,
    "task-table": task_table,
    "evaluation-moves": evaluation_moves,
    "rejudging-moves": rejudging_moves,
}


def written_anew(page: str) -> str:
    """`page` with its generated parts as the code has them now; `UnknownPart` for a name that is not in `PARTS`."""

    def part(found: re.Match[str]) -> str:
        if found[2] not in PARTS:
            raise UnknownPart(found[2])
        return f"{found[1]}{PARTS[found[2]]()}\n{found[3]}"

    return PART.sub(part, page)


def stale_pages(folder: Path = DOCS) -> list[Path]:
    """The pages whose generated parts differ from the code."""
    return [
        page for page in sorted(folder.rglob("*.md")) if written_anew(page.read_text()) != page.read_text()
    ]
