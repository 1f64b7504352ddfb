# expect: runtime_error
def square(n):
    return object()
