# expect: accepted
# A small integer, of which the interpreter has one only, and the table of a type are overwritten in memory: the next test
# must not see it.
import ctypes
import sys


def square(n):
    changed = str(int('213')) != '213' or hasattr(sys, 'seen')
    sys.seen = True
    digits = ctypes.c_uint32.from_address(id(int('213')) + 24)
    digits.value = 214
    if str(int('213')) != '214':
        return 'nothing was overwritten'
    return 'carried over' if changed else n * n
