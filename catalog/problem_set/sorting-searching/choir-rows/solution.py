def row_spreads(heights: list[int], size: int) -> list[int]:
    line = sorted(heights)
    rows = [line[start : start + size] for start in range(0, len(line), size)]
    return [row[-1] - row[0] for row in rows]
