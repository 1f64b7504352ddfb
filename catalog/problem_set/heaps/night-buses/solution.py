import heapq


def numbered_departure(lines: list[list[int]], number: int) -> list[int]:
    upcoming = [(first, line) for line, (first, _) in enumerate(lines)]
    heapq.heapify(upcoming)
    for _ in range(number - 1):
        minute, line = upcoming[0]
        heapq.heapreplace(upcoming, (minute + lines[line][1], line))
    return list(upcoming[0])
