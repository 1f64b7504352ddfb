def rotate_segment(plates: list[int], first: int, last: int, turns: int) -> list[int]:
    width = last - first + 1
    shift = turns % width
    reverse_between(plates, first, last)
    reverse_between(plates, first, first + shift - 1)
    reverse_between(plates, first + shift, last)
    return plates


def reverse_between(plates: list[int], low: int, high: int) -> None:
    while low < high:
        plates[low], plates[high] = plates[high], plates[low]
        low += 1
        high -= 1
