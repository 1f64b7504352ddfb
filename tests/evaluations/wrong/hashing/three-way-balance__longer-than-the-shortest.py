# expect: wrong_answer; family: off-by-one
# A stretch of just the shortest length does not count.
def balanced_stretches(flowers: str, shortest: int) -> int:
    prefixes = [(0, 0)]
    for flower in flowers:
        red_green, green_blue = prefixes[-1]
        red_green += (flower == "r") - (flower == "g")
        green_blue += (flower == "g") - (flower == "b")
        prefixes.append((red_green, green_blue))
    usable: dict[tuple[int, int], int] = {}
    stretches = 0
    for end in range(shortest + 1, len(prefixes)):
        start = prefixes[end - shortest - 1]
        usable[start] = usable.get(start, 0) + 1
        stretches += usable.get(prefixes[end], 0)
    return stretches
