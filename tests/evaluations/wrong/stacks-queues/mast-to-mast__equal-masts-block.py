# expect: wrong_answer; family: tie
# Masts of the same height block the view.
def total_cable_drop(masts: list[int]) -> int:
    visible: list[tuple[int, int]] = []  # (height, how many masts of it), heights falling
    total = 0
    for height in masts:
        while visible and visible[-1][0] < height:
            lower, count = visible.pop()
            total += (height - lower) * count
        equal = visible.pop()[1] if visible and visible[-1][0] == height else 0
        if visible and not equal:
            total += visible[-1][0] - height
        visible.append((height, equal + 1))
    return total
