# expect: wrong_answer; family: off-by-one
# Cutting before the first segment is allowed.
def fairest_cut(weights: list[int]) -> int:
    total = sum(weights)
    best_cut, best_gap = 0, total
    left = 0
    for cut in range(1, len(weights)):
        left += weights[cut - 1]
        gap = abs(total - 2 * left)
        if best_gap is None or gap < best_gap:
            best_cut, best_gap = cut, gap
    return best_cut
