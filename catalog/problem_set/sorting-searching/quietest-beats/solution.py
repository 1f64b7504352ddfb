def beats_up_to(limit: int, first: list[int], second: list[int]) -> int:
    """Number of pairs whose difference is at most `limit`; both lists ascending."""
    low = high = count = 0
    for fork in first:
        while high < len(second) and second[high] <= fork + limit:
            high += 1
        while low < high and second[low] < fork - limit:
            low += 1
        count += high - low
    return count


def kth_beat(first: list[int], second: list[int], k: int) -> int:
    first, second = sorted(first), sorted(second)
    low, high = 0, max(first[-1] - second[0], second[-1] - first[0])
    while low < high:
        middle = (low + high) // 2
        if beats_up_to(middle, first, second) >= k:
            high = middle
        else:
            low = middle + 1
    return low
