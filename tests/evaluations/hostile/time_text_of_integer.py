# expect: time_limit; tests: 1
# Text of a huge integer takes quadratic time, inside one call of the interpreter that no signal handler interrupts.
import sys


def square(n):
    sys.set_int_max_str_digits(0)
    return len(str(1 << 30_000_000)) and n * n
