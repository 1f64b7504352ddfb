# expect: runtime_error
import os


def square(n):
    os.abort()
