# expect: wrong_answer; family: other
# The product stands in for the least common multiple.
from math import gcd


def lone_sounds(beats: int, drum: int, bell: int) -> int:
    both = beats // (drum * bell)
    return beats // drum + beats // bell - 2 * both
