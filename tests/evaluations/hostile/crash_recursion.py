# expect: runtime_error
def square(n):
    return square(n)
