# expect: output_limit; tests: 1
def square(n):
    while True:
        print('x' * 100_000)
