"""The guard rails of planner-2: which problems may come next at all. Pure.

In this order: recovery after failures (K-29), never more than one step harder (K-30), nothing repeated while something
fresh fits, the next module opened early when nothing fits, a repetition when the whole track is dry; then at least
three topics in any five tasks and no topic twice in a row, where what is left has them (R110, requirement 6.6).
"""

from collections.abc import Collection, Sequence
from typing import NamedTuple

from studypaths.generation.candidates import Entry, NothingToChoose
from studypaths.generation.sequence import DIVERSITY_WINDOW, Reading, Step
from studypaths.generation.situation import Situation
from studypaths.generation.success import Believed

NEVER_REPEATED_WITHIN = 5
DISTINCT_TOPICS = 3
REPEATS_COMPARED = 8
REPEATING = ("repeat", "recovery_passed_before", "recovery_repeat")


class Pool(NamedTuple):
    """What may be chosen, the rule that led to it, and how many modules are open."""

    rule: str
    entries: list[Entry]
    modules: int


def pool_for(
    situation: Situation,
    beliefs: Believed,
    modules: int,
    reading: Reading,
    steps: Sequence[Step],
    taken: Collection[str],
) -> Pool:
    """The problems that the rails allow after `steps`; `NothingToChoose` when there are none."""
    pool = None
    if reading.recovery_limit is not None:
        easiest = situation.offer.easiest(modules)
        limit = min(max(reading.recovery_limit, easiest), reading.highest)
        pool = _recovery(situation, limit, steps, taken, modules)
    pool = pool or _fresh(situation, beliefs, reading, taken, modules)
    pool = pool or _repeated(situation, reading, steps, taken)
    entries = rotated(pool.entries, reading.recent_topics)
    again = pool.rule in REPEATING
    return pool._replace(entries=entries[:REPEATS_COMPARED] if again else entries)


def _recovery(
    situation: Situation, limit: int, steps: Sequence[Step], taken: Collection[str], modules: int
) -> Pool | None:
    """Problems up to `limit` of known topics: fresh ones, else one passed lately; else any, new topics before old."""
    easier = [e for e in situation.fresh(modules, taken) if e.difficulty <= limit]
    known = [e for e in easier if e.topic in situation.mastery]
    if known:
        return Pool("recovery", known, modules)
    again = _repeatable(situation, limit, steps, taken)
    passed = {step.problem_id for step in steps if step.passed}
    passed_again = [e for e in again if e.problem_id in passed]
    if passed_again:
        return Pool("recovery_passed_before", passed_again, modules)
    if easier:
        return Pool("recovery_new_topic", easier, modules)
    return Pool("recovery_repeat", again, modules) if again else None


def _fresh(
    situation: Situation, beliefs: Believed, reading: Reading, taken: Collection[str], modules: int
) -> Pool | None:
    """Problems never served. Those too hard to be worth trying now wait while a next module has likelier ones."""
    names, settings, highest = situation.offer.modules, situation.settings, reading.highest
    waiting: Pool | None = None
    found: list[Entry] = []
    for count, module in enumerate(names, start=1):
        more = [e for e in situation.fresh_of(module, taken) if e.difficulty <= highest]
        found += more
        if count < modules or not (more or count == modules):
            continue
        rule = "fresh" if count == modules else "module_dry"
        entries = rotated(found, reading.recent_topics)
        likely = [e for e in entries if beliefs.chance(e) >= settings.least_success]
        if likely:
            return Pool(rule, likely, count)
        waiting = waiting or (Pool(rule, entries, count) if entries else None)
    return waiting


def _repeated(situation: Situation, reading: Reading, steps: Sequence[Step], taken: Collection[str]) -> Pool:
    every = len(situation.offer.modules)
    again = _repeatable(situation, reading.highest, steps, taken)
    if again:
        return Pool("repeat", again, every)
    return Pool("first_task", _easiest_of_all(situation, reading, taken), every)


def _repeatable(
    situation: Situation, limit: int, steps: Sequence[Step], taken: Collection[str]
) -> list[Entry]:
    """Problems served before, longest ago first, without the last five (fewer where there are not more)."""
    by_id, done = situation.offer.by_id, situation.done
    found = [by_id[p] for p in sorted(done, key=done.__getitem__) if p in by_id and p not in taken]
    found = [entry for entry in found if entry.difficulty <= limit]
    lately = [step.problem_id for step in steps[-NEVER_REPEATED_WITHIN:]]
    for count in range(len(lately)):
        kept = [entry for entry in found if entry.problem_id not in lately[count:]]
        if kept:
            return kept
    return found


def _easiest_of_all(situation: Situation, reading: Reading, taken: Collection[str]) -> list[Entry]:
    """For a track that begins harder than any path does, or whose problems were all withdrawn and replaced."""
    previous = reading.previous
    fresh = list(situation.fresh(len(situation.offer.modules), taken))
    if not fresh or (previous is not None and previous.problem_id in situation.offer.by_id):
        raise NothingToChoose
    lowest = min(entry.difficulty for entry in fresh)
    return [entry for entry in fresh if entry.difficulty == lowest]


def rotated(entries: list[Entry], recent: Sequence[str]) -> list[Entry]:
    """Only a third topic after four tasks on two, else only topics other than the last one, where there are such."""
    lately = set(recent[1 - DIVERSITY_WINDOW :])
    if len(recent) >= DIVERSITY_WINDOW - 1 and len(lately) < DISTINCT_TOPICS:
        others = [entry for entry in entries if entry.topic not in lately]
        if others:
            return others
    return [entry for entry in entries if entry.topic != recent[-1]] or entries if recent else entries
