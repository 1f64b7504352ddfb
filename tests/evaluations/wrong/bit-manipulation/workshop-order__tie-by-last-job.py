# expect: wrong_answer; family: tie
# Of equally cheap orders it returns another than the first.
def cheapest_order(base, savings):
    n = len(base)
    full = 2**n - 1
    best, last = [0] + [10**9] * full, [0] * (full + 1)
    for mask in range(full):
        for j in range(n):
            if not mask >> j & 1:
                c = best[mask] + max(1, base[j] - sum(savings[i][j] for i in range(n) if mask >> i & 1))
                if c < best[mask | 1 << j]:
                    best[mask | 1 << j], last[mask | 1 << j] = c, j
    order, mask = [], full
    while mask:
        order.append(last[mask])
        mask ^= 1 << last[mask]
    return order[::-1]
