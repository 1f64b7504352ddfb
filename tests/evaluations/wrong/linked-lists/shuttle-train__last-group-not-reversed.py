# expect: wrong_answer; family: off-by-one
# A last group that is not full is not reversed.
def wagons_at(wagons: list[int], k: int, places: list[int]) -> list[int]:
    departed = departure_order(wagons, k)
    return [departed[place - 1] for place in places]


def departure_order(wagons: list[int], k: int) -> list[int]:
    front, back = 0, len(wagons)
    at_front = True
    departed: list[int] = []
    while front < back:
        count = min(k, back - front)
        if at_front:
            departed += wagons[front : front + count]
            front += count
        else:
            departed += (reversed(wagons[back - count : back]) if back - front > k else wagons[front:back])
            back -= count
        at_front = not at_front
    return departed
