# expect: wrong_answer; family: off-by-one
# The last square cannot be paid with a voucher.
def cheapest_crossing(tolls, vouchers):
    rows, cols, far = len(tolls), len(tolls[0]), 10**9
    best = {(0, 0, u): tolls[0][0] if u == 0 else 0 for u in range(vouchers + 1)}
    for r in range(rows):
        for c in range(cols):
            if r == c == 0:
                continue
            last = r == rows - 1 and c == cols - 1
            for u in range(vouchers + 1):
                def come(k):
                    return min(best.get((r - 1, c, k), far), best.get((r, c - 1, k), far))
                best[r, c, u] = min(come(u) + tolls[r][c], come(u - 1) if u and not last else far)
    return best[rows - 1, cols - 1, vouchers]
