# expect: time_limit; tests: 1; time: 100
import time


def square(n):
    time.sleep(3600)
    return n * n
