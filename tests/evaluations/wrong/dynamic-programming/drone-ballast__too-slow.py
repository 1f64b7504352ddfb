# expect: time_limit; family: slow
# It tries every choice of packets.
def fewest_packets(packets: list[int], load: int) -> int:
    def best(i: int, rest: int) -> float:
        if rest == 0:
            return 0
        if i == len(packets) or rest < 0:
            return float("inf")
        return min(best(i + 1, rest), 1 + best(i + 1, rest - packets[i]))

    answer = best(0, load)
    return -1 if answer == float("inf") else int(answer)
