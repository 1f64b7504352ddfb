def xor_below(limit: int) -> int:
    """XOR of 0, 1, ..., limit - 1."""
    last = limit - 1
    return (last, 1, last + 1, 0)[last % 4]


def tag_checksum(first: int, count: int, shift: int) -> int:
    low = first & ((1 << shift) - 1)
    high = first >> shift
    high_xor = xor_below(high + count) ^ xor_below(high)
    return high_xor << shift | (low if count % 2 else 0)
