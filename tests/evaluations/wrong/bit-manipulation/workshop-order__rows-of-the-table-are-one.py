# expect: wrong_answer; family: aliasing
# The table of savings is one row, repeated: every set of jobs sees the savings of the last one.
def cheapest_order(base, savings):
    jobs = len(base)
    full = 2**jobs - 1
    saved = [[0] * jobs] * (full + 1)
    for mask in range(1, full + 1):
        newest = mask.bit_length() - 1
        for job in range(jobs):
            saved[mask][job] = saved[mask ^ (1 << newest)][job] + savings[newest][job]
    rest, choice = [0] * (full + 1), [0] * (full + 1)
    for mask in range(full - 1, -1, -1):
        best = 10**9
        for job in range(jobs):
            if mask >> job & 1:
                continue
            cost = max(1, base[job] - saved[mask][job]) + rest[mask | 1 << job]
            if cost < best:
                best, choice[mask] = cost, job
        rest[mask] = best
    order, mask = [], 0
    while mask != full:
        order.append(choice[mask])
        mask |= 1 << choice[mask]
    return order
