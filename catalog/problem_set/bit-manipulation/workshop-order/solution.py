def saved_amounts(savings: list[list[int]]) -> list[list[int]]:
    """For every mask of finished jobs, what they save on each job together."""
    jobs = len(savings)
    saved = [[0] * jobs]
    for mask in range(1, 2**jobs):
        newest = mask.bit_length() - 1
        row = savings[newest]
        saved.append([a + b for a, b in zip(saved[mask ^ (1 << newest)], row)])
    return saved


def cheapest_order(base: list[int], savings: list[list[int]]) -> list[int]:
    jobs = len(base)
    full = 2**jobs - 1
    saved = saved_amounts(savings)
    rest = [0] * (full + 1)
    choice = [0] * (full + 1)
    for mask in range(full - 1, -1, -1):
        discounts, best = saved[mask], 10**9
        for job in range(jobs):
            if mask >> job & 1:
                continue
            price = base[job] - discounts[job]
            cost = (price if price > 1 else 1) + rest[mask | 1 << job]
            if cost < best:  # strictly: the lowest job wins a tie
                best = cost
                choice[mask] = job
        rest[mask] = best
    order: list[int] = []
    mask = 0
    while mask != full:
        order.append(choice[mask])
        mask |= 1 << choice[mask]
    return order
