# expect: memory_limit; time: 10000
import ctypes


def square(n):
    libc = ctypes.CDLL(None)
    libc.malloc.restype = ctypes.c_void_p
    for _ in range(1000):
        block = libc.malloc(ctypes.c_size_t(16 << 20))
        if not block:
            raise MemoryError
        ctypes.memset(block, 1, 16 << 20)
    return n * n
