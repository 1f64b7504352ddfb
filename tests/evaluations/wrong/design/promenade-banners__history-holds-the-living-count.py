# expect: wrong_answer; family: aliasing
# The history copies the stretches but keeps the living count of metres, which an undo then does not bring back.
from bisect import bisect_right
from collections import Counter


class Promenade:
    def __init__(self, length):
        self.length, self.starts, self.colours, self.history = length, [0], [0], []
        self.metres = Counter({0: length})

    def stretch(self, metre):
        return bisect_right(self.starts, metre) - 1

    def end(self, stretch):
        return self.starts[stretch + 1] if stretch + 1 < len(self.starts) else self.length

    def paint(self, first, last, colour):
        self.history.append((self.starts[:], self.colours[:], self.metres))
        low, high = self.stretch(first), self.stretch(last) + 1
        for i in range(low, high):
            painted = min(self.end(i), last + 1) - max(self.starts[i], first)
            self.metres[self.colours[i]] -= painted
            self.metres[colour] += painted
        starts, colours = [first], [colour]
        if self.starts[low] < first:
            starts.insert(0, self.starts[low])
            colours.insert(0, self.colours[low])
        if last + 1 < self.end(high - 1):
            starts.append(last + 1)
            colours.append(self.colours[high - 1])
        self.starts[low:high], self.colours[low:high] = starts, colours

    def colour(self, metre):
        return self.colours[self.stretch(metre)]

    def count(self, colour):
        return self.metres[colour]

    def undo(self):
        if not self.history:
            return False
        self.starts, self.colours, self.metres = self.history.pop()
        return True


def run(operations, arguments):
    promenade = Promenade(*arguments[0])
    return [None] + [getattr(promenade, name)(*values) for name, values in zip(operations[1:], arguments[1:])]
