# expect: memory_limit
def square(n):
    return len(bytearray(4 << 30)) and n * n
