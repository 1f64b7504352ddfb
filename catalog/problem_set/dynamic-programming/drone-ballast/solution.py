def fewest_packets(packets: list[int], load: int) -> int:
    unreachable = len(packets) + 1
    best = [0] + [unreachable] * load
    for weight in packets:
        for total in range(load, weight - 1, -1):
            candidate = best[total - weight] + 1
            if candidate < best[total]:
                best[total] = candidate
    return best[load] if best[load] < unreachable else -1
