# expect: time_limit; tests: 1
import re


def square(n):
    re.match(r'(a|a)*$', 'a' * 40 + 'b')
    return n * n
