# expect: runtime_error|time_limit|memory_limit
import sys


def square(n):
    sys.setrecursionlimit(10**9)
    return eval('(' * 90 + '0' + ')' * 90) or square.__call__(n)
