"""Pages of docs/ that follow from the code are what the code says (practice 18, R121)."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from config import generated_docs
from config.generated_docs import UnknownPart, written_anew
from studypaths.api.filters import TaskFilters
from studypaths.states import TASK_MOVES

MOVE = re.compile(r"^    (\w+) --> (\w+)$", re.MULTILINE)


def test_every_page_is_up_to_date() -> None:
    """In a process of its own: here the tests have declared problems that are none of the API's."""
    command = [sys.executable, "manage.py", "write_docs", "--check"]
    done = subprocess.run(command, cwd=settings.BASE_DIR, capture_output=True, text=True, check=False)

    assert (done.returncode, done.stdout.strip()) == (0, "up to date"), done.stderr


def test_a_page_that_differs_is_named(tmp_path: Path) -> None:
    page = tmp_path / "states.md"
    page.write_text(written_anew((generated_docs.DOCS / "states.md").read_text()))
    assert generated_docs.stale_pages(tmp_path) == []

    page.write_text(page.read_text().replace("scheduled --> expired", "in_progress --> expired"))

    assert generated_docs.stale_pages(tmp_path) == [page]
    assert "in_progress --> expired" not in written_anew(page.read_text())


def test_a_part_that_nothing_generates_is_a_mistake() -> None:
    with pytest.raises(UnknownPart, match="weather"):
        written_anew("<!-- generated: weather -->\n<!-- end of generated part -->")


def test_the_diagram_has_every_move_and_no_other() -> None:
    drawn = set(MOVE.findall(generated_docs.task_moves()))

    assert drawn == {
        (str(source), str(target)) for source, targets in TASK_MOVES.items() for target in targets
    }


def test_every_filter_is_described() -> None:
    page = (generated_docs.DOCS / "api.md").read_text()

    assert [name for name in TaskFilters.base_filters if f"`{name}`" not in page] == []
