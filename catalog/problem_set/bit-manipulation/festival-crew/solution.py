# A crew's cost in one number: the fee first, then the number of helpers (at most 60).
FEE_UNIT = 64


def cheapest_crew(skills: int, volunteers: list[list[int]], fees: list[int]) -> list[int]:
    unreachable = FEE_UNIT * (sum(fees) + 1)
    best = [0] + [unreachable] * (2**skills - 1)
    for known, fee in zip(volunteers, fees):
        mask = sum(1 << skill for skill in known)
        price = fee * FEE_UNIT + 1
        for covered, cost in enumerate(best):
            together = covered | mask
            if cost + price < best[together]:
                best[together] = cost + price
    if best[-1] >= unreachable:
        return [-1, -1]
    return list(divmod(best[-1], FEE_UNIT))
