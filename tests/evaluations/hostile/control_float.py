# expect: accepted
def square(n):
    return float(n) * n
