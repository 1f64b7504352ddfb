import heapq


def sum_of_reports(houses: list[int]) -> int:
    lower: list[int] = []  # negated: a heap with the largest position on top
    upper: list[int] = []
    lower_sum = upper_sum = total = 0
    for house in houses:
        moved = -heapq.heappushpop(lower, -house)
        lower_sum += house - moved
        heapq.heappush(upper, moved)
        upper_sum += moved
        if len(upper) > len(lower):
            moved = heapq.heappop(upper)
            upper_sum -= moved
            heapq.heappush(lower, -moved)
            lower_sum += moved
        well = -lower[0]
        total += well * len(lower) - lower_sum + upper_sum - well * len(upper)
    return total
