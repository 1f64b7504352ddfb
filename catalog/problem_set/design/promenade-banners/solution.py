from bisect import bisect_right
from collections import Counter
from itertools import pairwise


class Promenade:
    def __init__(self, length: int) -> None:
        self.length = length
        self.starts = [0]  # where each stretch begins
        self.colours = [0]
        self.metres = Counter({0: length})
        self.history: list[
            tuple[int, int, list[int], list[int]]
        ] = []  # index, new size, old starts and colours

    def stretch(self, metre: int) -> int:
        return bisect_right(self.starts, metre) - 1

    def end(self, stretch: int) -> int:
        return self.starts[stretch + 1] if stretch + 1 < len(self.starts) else self.length

    def replace(self, low: int, high: int, starts: list[int], colours: list[int]) -> None:
        """Put these stretches in the place of those from low to high - 1, which cover the same metres."""
        border = self.end(high - 1)
        self.tally(self.starts[low:high], self.colours[low:high], border, -1)
        self.tally(starts, colours, border, 1)
        self.starts[low:high] = starts
        self.colours[low:high] = colours

    def tally(self, starts: list[int], colours: list[int], border: int, sign: int) -> None:
        for (begin, end), colour in zip(pairwise([*starts, border]), colours):
            self.metres[colour] += sign * (end - begin)

    def paint(self, first: int, last: int, colour: int) -> None:
        low, high = self.stretch(first), self.stretch(last) + 1
        starts, colours = [first], [colour]
        if self.starts[low] < first:
            starts.insert(0, self.starts[low])
            colours.insert(0, self.colours[low])
        if last + 1 < self.end(high - 1):
            starts.append(last + 1)
            colours.append(self.colours[high - 1])
        self.history.append((low, len(starts), self.starts[low:high], self.colours[low:high]))
        self.replace(low, high, starts, colours)

    def colour(self, metre: int) -> int:
        return self.colours[self.stretch(metre)]

    def count(self, colour: int) -> int:
        return self.metres[colour]

    def undo(self) -> bool:
        if not self.history:
            return False
        low, size, starts, colours = self.history.pop()
        self.replace(low, low + size, starts, colours)
        return True


def run(operations: list[str], arguments: list[list[int]]) -> list[int | bool | None]:
    promenade = Promenade(*arguments[0])
    results: list[int | bool | None] = [None]
    for name, values in zip(operations[1:], arguments[1:]):
        results.append(getattr(promenade, name)(*values))
    return results
