def count_close_trios(heights: list[int], gap: int) -> int:
    heights = sorted(heights)
    trios = 0
    first = 0
    for tallest in range(len(heights)):
        while heights[tallest] - heights[first] > gap:
            first += 1
        shorter = tallest - first
        trios += shorter * (shorter - 1) // 2
    return trios
