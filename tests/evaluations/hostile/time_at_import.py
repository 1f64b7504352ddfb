# expect: time_limit; tests: 1
while True:
    pass


def square(n):
    return n * n
