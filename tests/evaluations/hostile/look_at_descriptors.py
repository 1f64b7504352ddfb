# expect: accepted
import os


def square(n):
    seen = []
    for number in range(4, 1024):
        try:
            os.fstat(number)
            seen.append(number)
        except OSError:
            pass
    return seen or n * n
