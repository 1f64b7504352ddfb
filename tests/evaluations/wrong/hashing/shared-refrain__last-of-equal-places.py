# expect: wrong_answer; family: tie
# Of equally long refrains it returns the last.
MODULUS = (1 << 61) - 1
BASE = 911_382_323


def shared_refrain(first: str, second: str) -> list[int]:
    low, high = 0, min(len(first), len(second))
    while low < high:
        middle = (low + high + 1) // 2
        if earliest_shared(first, second, middle) >= 0:
            low = middle
        else:
            high = middle - 1
    return [low, earliest_shared(first, second, low) if low else 0]


def earliest_shared(first: str, second: str, length: int) -> int:
    in_second = set(block_hashes(second, length))
    return max((i for i, v in enumerate(block_hashes(first, length)) if v in in_second), default=-1)


def block_hashes(song: str, length: int) -> list[int]:
    codes = song.encode()
    value = 0
    for code in codes[:length]:
        value = (value * BASE + code) % MODULUS
    hashes = [value]
    leading = pow(BASE, length, MODULUS)
    for gone, code in zip(codes, codes[length:]):
        value = (value * BASE + code - gone * leading) % MODULUS
        hashes.append(value)
    return hashes
