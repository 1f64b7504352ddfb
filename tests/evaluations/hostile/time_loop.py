# expect: time_limit; tests: 1
def square(n):
    while True:
        n += 1
