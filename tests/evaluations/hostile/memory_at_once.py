# expect: memory_limit; time: 10000
def square(n):
    return len(bytearray(4 << 30)) and n * n
