# expect: accepted
import sys


def square(n):
    return n * n if sys.stdin.read() == '' else 'stdin holds something'
