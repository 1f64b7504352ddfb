# expect: runtime_error; family: empty
# An empty belt has no first parcel.
from heapq import heapify, heappop, heapreplace


def clearing_cost(belts: list[list[int]]) -> int:
    heads = [(belt[0], number, 0) for number, belt in enumerate(belts)]
    heapify(heads)
    cost = turn = 0
    while heads:
        weight, number, place = heads[0]
        turn += 1
        cost += turn * weight
        if place + 1 < len(belts[number]):
            heapreplace(heads, (belts[number][place + 1], number, place + 1))
        else:
            heappop(heads)
    return cost
