# expect: time_limit; tests: 1
def square(n):
    return len(str(3 ** (10**8))) and n * n
