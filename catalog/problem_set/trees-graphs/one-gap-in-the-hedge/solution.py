from collections import deque
from math import inf

SIDES = ((1, 0), (-1, 0), (0, 1), (0, -1))


def distances(rows: list[str], mark: str) -> list[list[float]]:
    """Steps from the marked cell, in a grid with a border of unreachable cells around it."""
    height, width = len(rows), len(rows[0])
    steps = [[inf] * (width + 2) for _ in range(height + 2)]
    row = next(i for i, cells in enumerate(rows) if mark in cells)
    start = (row + 1, rows[row].index(mark) + 1)
    steps[start[0]][start[1]] = 0
    todo = deque([start])
    while todo:
        i, j = todo.popleft()
        for down, across in SIDES:
            y, x = i + down, j + across
            if 1 <= y <= height and 1 <= x <= width and steps[y][x] == inf and rows[y - 1][x - 1] != "#":
                steps[y][x] = steps[i][j] + 1
                todo.append((y, x))
    return steps


def nearest(steps: list[list[float]], row: int, column: int) -> float:
    i, j = row + 1, column + 1
    return min(steps[i - 1][j], steps[i + 1][j], steps[i][j - 1], steps[i][j + 1])


def best_gap(rows: list[str]) -> list[int]:
    from_start, from_exit = distances(rows, "S"), distances(rows, "E")
    row = next(i for i, cells in enumerate(rows) if "E" in cells)
    best, cut = from_start[row + 1][rows[row].index("E") + 1], (-1, -1)
    for i, cells in enumerate(rows):
        for j, cell in enumerate(cells):
            if cell == "#":
                through = nearest(from_start, i, j) + nearest(from_exit, i, j) + 2
                if through < best:
                    best, cut = through, (i, j)
    return [-1, -1, -1] if best == inf else [int(best), *cut]
