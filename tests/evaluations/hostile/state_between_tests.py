# expect: accepted; family: tampering
import math

calls = []


def square(n):
    calls.append(n)
    before = getattr(math, 'seen', 0)
    math.seen = before + 1
    return n * n if len(calls) == 1 and before == 0 else 'state was carried over'
