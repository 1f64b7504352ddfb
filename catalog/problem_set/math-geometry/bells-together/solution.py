from math import gcd


def next_joint_ring(bells: list[list[int]], earliest: int) -> int:
    period, remainder = 1, 0
    for other, first in bells:
        shared = gcd(period, other)
        gap = first - remainder
        if gap % shared:
            return -1
        reduced = other // shared
        laps = gap // shared * pow(period // shared, -1, reduced) % reduced
        remainder += laps * period
        period *= reduced
    start = max(earliest, *(first for _, first in bells))
    return start + (remainder - start) % period
