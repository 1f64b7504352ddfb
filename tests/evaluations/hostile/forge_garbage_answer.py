# expect: runtime_error
import os


def square(n):
    os.write(3, b'\xff\x00\x01 accepted')
    return n * n
