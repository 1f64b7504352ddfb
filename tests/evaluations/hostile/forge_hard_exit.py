# expect: runtime_error
import os


def square(n):
    os._exit(0)
