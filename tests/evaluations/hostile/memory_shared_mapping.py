# expect: runtime_error; time: 10000
import mmap


def square(n):
    pages = mmap.mmap(-1, 1 << 30)
    pages.write(b'x' * (1 << 30))
    return n * n
