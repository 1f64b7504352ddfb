"""What a new version of a problem means for the layers above: submissions that were judged by the old tests."""

from collections.abc import Callable, Iterable, Mapping

SubmissionCount = Callable[[Iterable[str]], Mapping[str, int]]


def _none_known(problem_ids: Iterable[str]) -> Mapping[str, int]:
    return {}


_counts: list[SubmissionCount] = [_none_known]


def set_submission_count(count: SubmissionCount) -> None:
    """Let the layer that keeps submissions (it is above this one) say how many older versions judged."""
    _counts[:] = [count]


def outdated_submissions(problem_ids: Iterable[str]) -> Mapping[str, int]:
    """Problem -> how many of its submissions another version than the current one judged; 0 is left out."""
    return _counts[0](problem_ids)
