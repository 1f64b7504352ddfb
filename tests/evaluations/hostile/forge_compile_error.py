# expect: runtime_error
import os


def square(n):
    os.write(3, b'C{}')
    os._exit(0)
