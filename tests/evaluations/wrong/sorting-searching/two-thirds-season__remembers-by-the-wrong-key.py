# expect: wrong_answer; family: state
# The remembered sums forget for which level they were made: the first answer is everybody's.
SUMS = {}


def can_claim(level, scores, shortest):
    if shortest not in SUMS:
        sums = [0]
        for score in scores:
            sums.append(sums[-1] + (1 if score >= level else -2))
        SUMS[shortest] = sums
    sums, lowest = SUMS[shortest], 0
    for day in range(shortest, len(sums)):
        lowest = min(lowest, sums[day - shortest])
        if sums[day] >= lowest:
            return True
    return False


def best_level(scores, shortest):
    levels = sorted(set(scores))
    low, high = 0, len(levels) - 1
    while low < high:
        middle = (low + high + 1) // 2
        if can_claim(levels[middle], scores, shortest):
            low = middle
        else:
            high = middle - 1
    return levels[low]
