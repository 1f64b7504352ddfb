# expect: wrong_answer; family: tie
# Of crews with the same fee it keeps the first, not the smallest.
def cheapest_crew(skills, volunteers, fees):
    best = {0: (0, 0)}
    for known, fee in zip(volunteers, fees):
        mask = sum(1 << s for s in known)
        for covered, (f, n) in list(best.items()):
            t = covered | mask
            if t not in best or f + fee < best[t][0]:
                best[t] = (f + fee, n + 1)
    return list(best.get(2**skills - 1, (-1, -1)))
