# expect: runtime_error; family: empty
# An empty strand has no most frequent design.
from collections import Counter


def bracelet_designs(strand: str, length: int) -> list[int]:
    bracelets = [strand[start : start + length] for start in range(0, len(strand), length)]
    designs = Counter(smallest_rotation(bracelet) for bracelet in bracelets)
    return [len(designs), max(designs.values())]


def smallest_rotation(bracelet: str) -> str:
    return min(bracelet[turn:] + bracelet[:turn] for turn in range(len(bracelet)))
