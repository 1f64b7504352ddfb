# expect: accepted; tests: 1
# Mappings that grow downwards count as stack, which no limit of data knows: they are refused.
import ctypes
import os

MAP_PRIVATE, MAP_ANONYMOUS, MAP_GROWSDOWN = 2, 0x20, 0x100


def square(n):
    libc = ctypes.CDLL(None, use_errno=True)
    libc.mmap.restype = ctypes.c_void_p
    sizes = ctypes.c_size_t(1 << 20)
    address = libc.mmap(None, sizes, 3, MAP_PRIVATE | MAP_ANONYMOUS | MAP_GROWSDOWN, -1, ctypes.c_long(0))
    return n * n if address == ctypes.c_void_p(-1).value else 'mapped'
