def can_claim(level: int, scores: list[int], shortest: int) -> bool:
    sums = [0]
    lowest = 0  # smallest of the sums that lie at least `shortest` days back
    for day, score in enumerate(scores, start=1):
        sums.append(sums[-1] + (1 if score >= level else -2))
        if day >= shortest:
            lowest = min(lowest, sums[day - shortest])
            if sums[day] >= lowest:
                return True
    return False


def best_level(scores: list[int], shortest: int) -> int:
    levels = sorted(set(scores))
    low, high = 0, len(levels) - 1  # the lowest score can always be claimed
    while low < high:
        middle = (low + high + 1) // 2
        if can_claim(levels[middle], scores, shortest):
            low = middle
        else:
            high = middle - 1
    return levels[low]
