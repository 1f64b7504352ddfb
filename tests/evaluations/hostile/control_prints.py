# expect: accepted
def square(n):
    print('working', n)
    return n * n
