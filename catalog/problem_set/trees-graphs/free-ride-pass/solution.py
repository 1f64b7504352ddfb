import heapq


def cheapest_journey(stations: int, lines: list[list[int]], rides: int) -> int:
    tracks: list[list[tuple[int, int]]] = [[] for _ in range(stations)]
    for a, b, fare in lines:
        tracks[a].append((b, fare))
        tracks[b].append((a, fare))
    # State s: s free rides have been taken; 0 is the untouched pass, `rides` the used-up one.
    layers = rides + 1
    cheapest: list[int | None] = [None] * (stations * layers)
    todo = [(0, 0)]  # (coins, station * layers + state)
    while todo:
        coins, place = heapq.heappop(todo)
        if cheapest[place] is not None:
            continue
        cheapest[place] = coins
        station, state = divmod(place, layers)
        if station == stations - 1:
            return coins
        for other, fare in tracks[station]:
            target = other * layers + state
            if state in (0, rides) and cheapest[target] is None:
                heapq.heappush(todo, (coins + fare, target))
            if state < rides and cheapest[target + 1] is None:
                heapq.heappush(todo, (coins, target + 1))
    return -1
