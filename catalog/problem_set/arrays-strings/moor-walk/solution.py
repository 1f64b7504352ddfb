EFFORT = {"=": 0, ".": 1, "~": 3}


def longest_walk(path: str, energy: int) -> int:
    longest = start = used = 0
    for end, ground in enumerate(path):
        used += EFFORT[ground]
        while used > energy:
            used -= EFFORT[path[start]]
            start += 1
        longest = max(longest, end - start + 1)
    return longest
