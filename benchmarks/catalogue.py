"""The benchmarks by name."""

from collections.abc import Callable, Iterator

from benchmarks import acts, due_reviews, history, judging, record, verdicts
from benchmarks.installation import Installation
from benchmarks.results import Result
from benchmarks.scales import Scale

Benchmark = Callable[[Installation, Scale], Iterator[Result]]

BENCHMARKS: dict[str, Benchmark] = {
    "transition": acts.transition,
    "batch": acts.batch,
    "judging": judging.judging,
    "verdict": verdicts.verdict,
    "history": history.history,
    "verify": record.verify,
    "rebuild": record.rebuild,
    "expiry": record.expiry,
    "due_reviews": due_reviews.due_reviews,
}
