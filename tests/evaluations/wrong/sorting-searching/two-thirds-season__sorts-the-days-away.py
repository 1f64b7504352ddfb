# expect: wrong_answer; family: mutation
# The levels to try are the scores sorted in place: the order of the days is lost.
def can_claim(level, scores, shortest):
    sums, lowest = [0], 0
    for day, score in enumerate(scores, start=1):
        sums.append(sums[-1] + (1 if score >= level else -2))
        if day >= shortest:
            lowest = min(lowest, sums[day - shortest])
            if sums[day] >= lowest:
                return True
    return False


def best_level(scores, shortest):
    levels = scores
    levels.sort()
    low, high = 0, len(levels) - 1
    while low < high:
        middle = (low + high + 1) // 2
        if can_claim(levels[middle], scores, shortest):
            low = middle
        else:
            high = middle - 1
    return levels[low]
