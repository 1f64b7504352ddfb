# expect: accepted
import sys

sys.setrecursionlimit(100_000)


def depth(k):
    return 0 if k == 0 else 1 + depth(k - 1)


def square(n):
    return depth(20_000) and n * n
