# expect: runtime_error
import sys


def square(n):
    sys.setrecursionlimit(10**6)
    value = []
    for _ in range(100_000):
        value = [value]
    return value
