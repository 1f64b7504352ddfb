# expect: wrong_answer; family: off-by-one
# It returns the menu before the k-th.
import heapq


def cheapest_sums(parts: list[int], dishes: list[int], k: int) -> list[int]:
    """The k smallest sums of one entry of `parts` (ascending) and one of `dishes`, ascending."""
    # Dishes beyond the k cheapest cannot be needed.
    todo = [(parts[0] + dish, 0, dish) for dish in heapq.nsmallest(k, dishes)]
    sums: list[int] = []
    while todo and len(sums) < k:
        price, at, dish = todo[0]
        sums.append(price)
        if at + 1 < len(parts):
            heapq.heapreplace(todo, (parts[at + 1] + dish, at + 1, dish))
        else:
            heapq.heappop(todo)
    return sums


def kth_cheapest_menu(courses: list[list[int]], k: int) -> int:
    parts = [0]
    for dishes in courses:
        parts = cheapest_sums(parts, dishes, k)
    return parts[max(0, k - 2)] if k <= len(parts) else -1
