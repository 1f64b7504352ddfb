# expect: runtime_error
import sys


def square(n):
    sys.exit(0)
