# expect: runtime_error
def cube(n):
    return n ** 3
