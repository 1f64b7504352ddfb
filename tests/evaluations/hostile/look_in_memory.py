# expect: accepted
# Every readable page near what this process knows is searched for what the tests before printed: the supervisor, whose
# memory a test inherits, must not have kept it. (A test that finds another's input could show hidden ones.)
import ctypes
import os
import re
import sys

PAGE = 4096
libc = ctypes.CDLL(None)
libc.sbrk.restype = ctypes.c_void_p


def pages():
    reader, writer = os.pipe()
    os.set_blocking(writer, False)

    def is_readable(address):
        if libc.write(writer, ctypes.c_void_p(address), 1) != 1:
            return False
        return bool(os.read(reader, 1))

    starts = {id(sys.modules), id(pages), id(bytearray(1 << 20)), id(sys.stdout), libc.sbrk(0) - 1}
    seen = set()
    for start in starts:
        for step in (-PAGE, PAGE):
            address, missed = start & ~(PAGE - 1), 0
            while missed < 300 and address > 0 and len(seen) < 20_000:
                if address not in seen and is_readable(address):
                    yield ctypes.string_at(address, PAGE)
                    missed = 0
                else:
                    missed += 1
                seen.add(address)
                address += step


def square(n):
    print(f'printed by {n}.', flush=True)
    own = str(n).encode()
    others = {text for page in pages() for text in re.findall(rb'printed by (\d{7,})\.', page)} - {own}
    return sorted(map(repr, others)) or n * n
