from math import gcd


def lone_sounds(beats: int, drum: int, bell: int) -> int:
    both = beats // (drum * bell // gcd(drum, bell))
    return beats // drum + beats // bell - 2 * both
