# expect: wrong_answer; family: mutation
# Sorting `volunteers` in place leaves `fees` in the old order: fees change hands.
def cheapest_crew(skills, volunteers, fees):
    volunteers.sort(key=len, reverse=True)
    best = {0: (0, 0)}
    for known, fee in zip(volunteers, fees):
        mask = sum(1 << skill for skill in known)
        for covered, (cost, helpers) in list(best.items()):
            offer = (cost + fee, helpers + 1)
            if offer < best.get(covered | mask, (10**18, 0)):
                best[covered | mask] = offer
    return list(best.get(2**skills - 1, (-1, -1)))
