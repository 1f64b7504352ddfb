# expect: wrong_answer; family: other
# It sorts by the difference where the ratio decides.
from functools import cmp_to_key


def least_loss(minutes: list[int], leaks: list[int]) -> int:
    def gain_of_swap(a: tuple[int, int], b: tuple[int, int]) -> int:
        return (a[0] - a[1]) - (b[0] - b[1])

    clock = lost = 0
    for duration, leak in sorted(zip(minutes, leaks, strict=True), key=cmp_to_key(gain_of_swap)):
        clock += duration
        lost += clock * leak
    return lost
