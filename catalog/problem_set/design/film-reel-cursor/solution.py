from bisect import bisect_right
from itertools import accumulate


class Cursor:
    def __init__(self, *scenes: list[int]) -> None:
        self.colours = [colour for colour, _ in scenes]
        ends = list(accumulate(frames for _, frames in scenes))
        self.starts = [0, *ends[:-1]]
        self.last = ends[-1] - 1
        self.position = 0

    def scene(self) -> int:
        return bisect_right(self.starts, self.position) - 1

    def forward(self, frames: int) -> int:
        self.position = min(self.position + frames, self.last)
        return self.colours[self.scene()]

    def back(self, frames: int) -> int:
        self.position = max(self.position - frames, 0)
        return self.colours[self.scene()]

    def where(self) -> list[int]:
        scene = self.scene()
        return [scene, self.position - self.starts[scene]]


def run(operations: list[str], arguments: list[list]) -> list:
    cursor = Cursor(*arguments[0])
    results = [None]
    for name, values in zip(operations[1:], arguments[1:]):
        results.append(getattr(cursor, name)(*values))
    return results
