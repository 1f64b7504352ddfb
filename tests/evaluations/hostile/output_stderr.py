# expect: output_limit; tests: 1
import sys


def square(n):
    while True:
        sys.stderr.write('x' * 100_000)
