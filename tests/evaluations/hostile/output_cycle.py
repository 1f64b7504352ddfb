# expect: runtime_error
def square(n):
    value = []
    value.append(value)
    return value
