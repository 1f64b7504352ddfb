def total_cable_drop(masts: list[int]) -> int:
    visible: list[tuple[int, int]] = []  # (height, how many masts of it), heights falling
    total = 0
    for height in masts:
        while visible and visible[-1][0] < height:
            lower, count = visible.pop()
            total += (height - lower) * count
        equal = visible.pop()[1] if visible and visible[-1][0] == height else 0
        if visible:
            total += visible[-1][0] - height
        visible.append((height, equal + 1))
    return total
