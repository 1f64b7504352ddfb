# expect: runtime_error
import os


def square(n):
    os.closerange(0, 100)
    return n * n
