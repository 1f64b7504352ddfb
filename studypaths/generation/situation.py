"""What a plan is made from, and what of the track is open to it. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from studypaths.generation.candidates import Entry, Offer
from studypaths.generation.sequence import Settings, Step
from studypaths.generation.success import Known


@dataclass(frozen=True, slots=True)
class Situation:
    """What is known of a path when tasks are planned.

    `served` are the tasks so far in the order of serving (the last `sequence.WINDOW` are enough), `done` every problem
    ever served on the path with the number of the task that served it last, `mastery` by topic. `ordinal` counts the
    tasks served; with `seed`, the id of the path, it is the seed of a choice.
    """

    algorithm_version: str
    offer: Offer
    settings: Settings
    mastery: Mapping[str, Known]
    served: Sequence[Step]
    done: Mapping[str, int]
    seed: str
    ordinal: int

    def open_modules(self) -> int:
        """How many modules are open: each next one at 70 % completion or mean mastery 70 of the one before (6.7).

        Completion counts problems served, whatever their outcome: a learner who fails must not be locked in. A module
        that opened early stays open.
        """
        names = self.offer.modules
        count = min(self.offer.start + 1, len(names))
        while count < len(names) and (self._opens_next(names[count - 1]) or not self.is_new(names[count])):
            count += 1
        return count

    def _opens_next(self, module: str) -> bool:
        problems = self.offer.problems[module]
        if len(self.done.keys() & problems) >= self.settings.unlock_completion * len(problems):
            return True
        topics = self.offer.topics[module]
        values = [self.mastery[topic].value for topic in topics if topic in self.mastery]
        return sum(values) >= self.settings.unlock_mastery * len(topics)

    def is_new(self, module: str) -> bool:
        """Whether nothing of the module was served yet."""
        return self.offer.problems[module].isdisjoint(self.done)

    def fresh_of(self, module: str, taken: Collection[str]) -> list[Entry]:
        """Problems of a module that were never served and are not planned already."""
        done = self.done
        return [
            e for e in self.offer.by_module[module] if e.problem_id not in done and e.problem_id not in taken
        ]

    def fresh(self, modules: int, taken: Collection[str]) -> list[Entry]:
        """The same of the first `modules` modules."""
        return [e for module in self.offer.modules[:modules] for e in self.fresh_of(module, taken)]
