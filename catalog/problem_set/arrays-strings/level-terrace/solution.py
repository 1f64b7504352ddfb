def largest_level_terrace(ground: list[list[int]]) -> int:
    if len(ground) > len(ground[0]):
        ground = [list(column) for column in zip(*ground)]
    best = 0
    for top in range(len(ground)):
        strip = [0] * len(ground[0])
        for bottom in range(top, len(ground)):
            strip = [above + below for above, below in zip(strip, ground[bottom])]
            best = max(best, longest_zero_sum(strip) * (bottom - top + 1))
    return best


def longest_zero_sum(values: list[int]) -> int:
    first_seen = {0: 0}
    longest = total = 0
    for end, value in enumerate(values, 1):
        total += value
        start = first_seen.setdefault(total, end)
        if end - start > longest:
            longest = end - start
    return longest
