# expect: runtime_error
import os


def square(n):
    while True:
        os.fork()
