# expect: runtime_error; time: 10000
import mmap


def square(n):
    held = []
    while True:
        held.append(mmap.mmap(-1, 8 << 20, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS))
        held[-1].write(b'x' * (8 << 20))
