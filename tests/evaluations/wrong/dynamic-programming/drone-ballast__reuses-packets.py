# expect: wrong_answer; family: mutation
# The table is changed in the direction in which it is read, so a packet is used twice.
def fewest_packets(packets, load):
    best = [0] + [10**9] * load
    for weight in packets:
        for total in range(weight, load + 1):
            best[total] = min(best[total], best[total - weight] + 1)
    return best[load] if best[load] < 10**9 else -1
