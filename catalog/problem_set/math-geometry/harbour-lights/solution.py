from math import lcm


def joint_flashes(a: int, b: int, limit: int) -> int:
    return limit // lcm(a, b)
