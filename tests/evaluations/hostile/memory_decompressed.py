# expect: memory_limit; tests: 1; time: 5000
# A few kilobytes that unpack to much more than the limit.
import zlib


def square(n):
    packer = zlib.compressobj(1)
    packed = b''.join([packer.compress(bytes(1 << 20)) for _ in range(170)]) + packer.flush()
    return len(zlib.decompress(packed)) and n * n
