# expect: wrong_answer; family: off-by-one
# Stopping at the last station counts as having left the line.
def station_after(next_station: list[int], start: int, trips: int) -> int:
    meeting = meeting_point(next_station, start)
    if meeting == -1:
        return walk(next_station, start, min(trips, len(next_station)))
    tail = 0
    ahead, behind = meeting, start
    while ahead != behind:
        ahead, behind = next_station[ahead], next_station[behind]
        tail += 1
    if trips <= tail:
        return walk(next_station, start, trips)
    loop = 1
    ahead = next_station[behind]
    while ahead != behind:
        ahead = next_station[ahead]
        loop += 1
    return walk(next_station, behind, (trips - tail) % loop)


def meeting_point(next_station: list[int], start: int) -> int:
    """Return a station of the loop whose distance to its entry is the length of the tail, or -1."""
    slow = fast = start
    while True:
        fast = walk(next_station, fast, 2)
        if fast == -1:
            return -1
        slow = next_station[slow]
        if slow == fast:
            return slow


def walk(next_station: list[int], station: int, steps: int) -> int:
    while steps > 0 and station != -1:
        station = next_station[station]
        if station != -1 and next_station[station] == -1:
            return -1
        steps -= 1
    return station
