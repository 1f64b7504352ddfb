# expect: wrong_answer; family: duplicates
# Equal fragments are counted more than once.
def count_fragments(melody):
    mod = 1_000_000_007
    ends, total = {}, 0
    for note in melody:
        new = (1 + total - ends.get(note, 0)) % mod
        ends[note] = (ends.get(note, 0) + new) % mod
        total = sum(ends.values()) % mod
    return total
