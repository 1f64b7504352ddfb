# expect: output_limit; tests: 1
def square(n):
    return 'x' * 10_000_000
