# expect: compile_error
def square(n)
    return n
