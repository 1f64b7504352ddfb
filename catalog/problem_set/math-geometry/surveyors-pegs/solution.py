from math import gcd


def boundary_pegs(corners: list[list[int]]) -> int:
    following = corners[1:] + corners[:1]
    return sum(gcd(x2 - x1, y2 - y1) for (x1, y1), (x2, y2) in zip(corners, following))
