# expect: wrong_answer; family: tie
# Of lines that leave together the larger one goes first.
import heapq


def numbered_departure(lines, number):
    upcoming = [(first, -line) for line, (first, _) in enumerate(lines)]
    heapq.heapify(upcoming)
    for _ in range(number - 1):
        minute, line = upcoming[0]
        heapq.heapreplace(upcoming, (minute + lines[-line][1], line))
    return [upcoming[0][0], -upcoming[0][1]]
