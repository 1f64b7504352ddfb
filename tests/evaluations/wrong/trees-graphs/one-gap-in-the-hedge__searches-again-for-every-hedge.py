# expect: time_limit; family: slow
# It searches the whole garden again for every hedge.
from collections import deque


def length(grid, start, end):
    steps = {start: 0}
    todo = deque([start])
    while todo:
        i, j = todo.popleft()
        if (i, j) == end:
            return steps[end]
        for p in ((i + 1, j), (i - 1, j), (i, j + 1), (i, j - 1)):
            if 0 <= p[0] < len(grid) and 0 <= p[1] < len(grid[0]) and p not in steps and grid[p[0]][p[1]] != "#":
                steps[p] = steps[i, j] + 1
                todo.append(p)
    return float("inf")


def best_gap(rows):
    grid = [list(row) for row in rows]
    cells = {c: (i, j) for i, row in enumerate(rows) for j, c in enumerate(row)}
    best = [length(grid, cells["S"], cells["E"]), -1, -1]
    for i, row in enumerate(grid):
        for j in range(len(row)):
            if row[j] == "#":
                row[j] = "."
                steps = length(grid, cells["S"], cells["E"])
                row[j] = "#"
                if steps < best[0]:
                    best = [steps, i, j]
    return [-1, -1, -1] if best[0] == float("inf") else best
