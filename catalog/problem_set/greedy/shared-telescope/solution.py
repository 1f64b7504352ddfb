from bisect import bisect_right


def without_booked(requests: list[list[int]], booked: list[list[int]]) -> list[tuple[int, int, int]]:
    """Requests (end, start, need) on a time line from which the booked minutes are cut out."""
    starts, ends, before = [], [], [0]  # before[i]: booked minutes in the first i intervals
    for start, end in sorted(booked):
        starts.append(start)
        ends.append(end)
        before.append(before[-1] + end - start)

    def unbooked_until(minute: int) -> int:
        count = bisect_right(starts, minute)
        running = max(0, ends[count - 1] - minute) if count else 0
        return minute - before[count] + running

    remaining = []
    for start, end, need in requests:
        left, right = unbooked_until(start), unbooked_until(end)
        missing = need - (end - start - (right - left))
        if missing > 0:
            remaining.append((right, left, missing))
    return remaining


def extra_minutes(requests: list[list[int]], booked: list[list[int]]) -> int:
    starts: list[int] = []  # blocks of extra minutes, disjoint and ascending
    ends: list[int] = []
    before = [0]  # before[i]: minutes in the first i blocks
    for end, start, need in sorted(without_booked(requests, booked)):
        first = bisect_right(ends, start)
        served = before[-1] - before[first]
        if first < len(ends):
            served -= max(0, start - starts[first])
        if served >= need:
            continue
        total = before[-1] + need - served
        begin = end - (need - served)
        while ends and ends[-1] >= begin:
            begin -= ends.pop() - starts.pop()
            before.pop()
        starts.append(begin)
        ends.append(end)
        before.append(total)
    return before[-1]
