# expect: runtime_error|accepted
import ctypes
import os


def square(n):
    if os.uname().machine == 'x86_64':
        ctypes.CDLL(None).syscall(0x40000000 + 39)
        return 'still alive'
    return n * n
