# expect: wrong_answer; family: mutation
# The place to couple is looked up before the train is changed.
def final_order(wagons: int, orders: list[list[int]], show: int) -> list[int]:
    """Wagons and the locomotive 0 form a ring; turning the train round swaps the two directions."""
    ahead = [*range(1, wagons + 1), 0]
    behind = [wagons, *range(wagons)]
    for order in orders:
        if len(order) == 0:
            ahead, behind = behind, ahead
        else:
            splice(ahead, behind, order)
    front = []
    wagon = ahead[0]
    while wagon != 0 and len(front) < show:
        front.append(wagon)
        wagon = ahead[wagon]
    return front


def splice(ahead: list[int], behind: list[int], order: list[int]) -> None:
    first, last, target = order
    before, after = behind[first], ahead[last]
    following = ahead[target]
    ahead[before], behind[after] = after, before
    ahead[target], behind[first] = first, target
    ahead[last], behind[following] = following, last
