# expect: time_limit; family: slow
# It walks through every leg of every party.
def most_crowded_leg(stops, groups):
    best = [0, 0]
    for k in range(stops - 1):
        load = sum(p for a, b, p in groups if a <= k < b)
        if load > best[1]:
            best = [k, load]
    return best
