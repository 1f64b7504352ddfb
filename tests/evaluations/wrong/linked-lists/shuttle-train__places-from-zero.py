# expect: wrong_answer; family: off-by-one
# Places are counted from 0.
def wagons_at(wagons: list[int], k: int, places: list[int]) -> list[int]:
    departed = departure_order(wagons, k)
    return [departed[place % len(departed)] for place in places]


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
            departed += reversed(wagons[back - count : back])
            back -= count
        at_front = not at_front
    return departed
