# expect: output_limit; tests: 1
import os


def square(n):
    while True:
        os.write(1, b'x' * 100_000)
