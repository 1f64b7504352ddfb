MODULUS = 1_000_000_007


def count_fragments(melody: str) -> int:
    ending_in = dict.fromkeys(melody, 0)
    total = 0
    for note in melody:
        others = total - ending_in[note]
        ending_in[note] = (1 + others) % MODULUS
        total = (others + ending_in[note]) % MODULUS
    return total
