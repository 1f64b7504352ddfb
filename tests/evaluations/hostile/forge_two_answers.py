# expect: runtime_error
import os


def square(n):
    os.write(3, b'R0')
    return n * n
