# expect: wrong_answer; family: off-by-one
# It gives up a pot more than it must.
import heapq


def most_pots(batches: list[list[int]]) -> int:
    accepted: list[tuple[int, int]] = []  # (minus the minutes of a pot, how many of them)
    clock = pots = 0
    for count, minutes, deadline in sorted(batches, key=lambda batch: batch[2]):
        heapq.heappush(accepted, (-minutes, count))
        clock += count * minutes
        pots += count
        while clock > deadline:
            negated, available = heapq.heappop(accepted)
            longest = -negated
            given_up = min(available, (clock - deadline) // longest + 1)
            clock -= given_up * longest
            pots -= given_up
            if given_up < available:
                heapq.heappush(accepted, (-longest, available - given_up))
    return pots
