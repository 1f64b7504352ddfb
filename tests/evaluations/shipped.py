"""The shipped problems as the evaluator gets them: every test of a problem, read from its folder, no database."""

from pathlib import Path

from django.conf import settings

from catalog.problem_files import read_problems
from catalog.shapes import bundle_of
from evaluations.bundles import judge_bundle
from evaluations.judge import Bundle

FILES = read_problems(Path(settings.BASE_DIR) / "catalog" / "problem_set")
PROBLEMS = {record.fields["id"]: record.fields for record in FILES.records}


def shipped_bundle(problem_id: str, language: str) -> Bundle:
    """All tests of a shipped problem for code in `language`."""
    return judge_bundle(bundle_of(PROBLEMS[problem_id], version=1), language)
