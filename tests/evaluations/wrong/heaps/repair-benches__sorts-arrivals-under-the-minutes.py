# expect: wrong_answer; family: mutation
# Sorting `arrivals` in place parts them from `minutes` and from the numbers of the bicycles.
import heapq


def repair_day(arrivals, minutes, benches):
    arrivals.sort()
    free_at, waiting = [0] * benches, []
    arrived = end = 0
    longest, patient = -1, -1
    for _ in arrivals:
        now = free_at[0]
        if not waiting and arrivals[arrived] > now:
            now = arrivals[arrived]
        while arrived < len(arrivals) and arrivals[arrived] <= now:
            heapq.heappush(waiting, (minutes[arrived], arrived))
            arrived += 1
        duration, bicycle = heapq.heappop(waiting)
        heapq.heapreplace(free_at, now + duration)
        end = max(end, now + duration)
        waited = now - arrivals[bicycle]
        if waited > longest or (waited == longest and bicycle < patient):
            longest, patient = waited, bicycle
    return [end, patient]
