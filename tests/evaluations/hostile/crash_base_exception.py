# expect: runtime_error
def square(n):
    raise BaseException('out')
