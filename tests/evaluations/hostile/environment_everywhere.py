# expect: accepted
# The environment as the kernel laid it on the stack, beside what os.environ says: nothing of the worker's may be there.
import ctypes
import os
import sys


def square(n):
    environ = ctypes.POINTER(ctypes.c_char_p).in_dll(ctypes.CDLL(None), 'environ')
    seen = []
    for index in range(64):
        if not environ or not environ[index]:
            break
        seen.append(environ[index].decode())
    seen += [flag for flag in sys.orig_argv[1:] + sys.argv[1:]]
    return seen or list(os.environ) or n * n
