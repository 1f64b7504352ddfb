# expect: output_limit; tests: 1
import os


def square(n):
    while True:
        os.write(3, b'x' * 100_000)
