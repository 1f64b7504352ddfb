# expect: wrong_answer; family: other
# Of the choices with the same weight it keeps the first, not the smallest.
def fewest_packets(packets, load):
    best = [0] + [None] * load
    for weight in packets:
        for total in range(load, weight - 1, -1):
            if best[total] is None and best[total - weight] is not None:
                best[total] = best[total - weight] + 1
    return -1 if best[load] is None else best[load]
