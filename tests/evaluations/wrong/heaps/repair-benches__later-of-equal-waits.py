# expect: wrong_answer; family: tie
# Of equally long waits it returns the later.
import heapq


def repair_day(arrivals: list[int], minutes: list[int], benches: int) -> list[int]:
    order = sorted(range(len(arrivals)), key=arrivals.__getitem__)
    free_at = [0] * benches
    waiting: list[tuple[int, int]] = []  # (repair time, bicycle)
    arrived = now = end = 0
    longest, patient = -1, -1
    for _ in order:
        now = max(now, free_at[0])
        if not waiting and arrivals[order[arrived]] > now:
            now = arrivals[order[arrived]]
        while arrived < len(order) and arrivals[order[arrived]] <= now:
            heapq.heappush(waiting, (minutes[order[arrived]], order[arrived]))
            arrived += 1
        duration, bicycle = heapq.heappop(waiting)
        heapq.heapreplace(free_at, now + duration)
        end = max(end, now + duration)
        waited = now - arrivals[bicycle]
        if waited > longest or (waited == longest and bicycle > patient):
            longest, patient = waited, bicycle
    return [end, patient]
