# expect: wrong_answer; family: duplicates
# Equal numbers are in order.
from collections import deque
from math import inf


def misfiled_cards(tree: list[int | None]) -> int:
    entries = iter(tree)
    todo: deque[tuple[int, float, float]] = deque()
    top = next(entries, None)
    if top is not None:
        todo.append((top, -inf, inf))
    misfiled = 0
    while todo:
        card, low, high = todo.popleft()
        misfiled += not low <= card <= high
        left, right = next(entries, None), next(entries, None)
        if left is not None:
            todo.append((left, low, min(high, card)))
        if right is not None:
            todo.append((right, max(low, card), high))
    return misfiled
