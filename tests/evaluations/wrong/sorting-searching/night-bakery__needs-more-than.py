# expect: wrong_answer; family: off-by-one
# Exactly enough loaves are not enough.
def loaves_ready(ovens: list[list[int]], minute: int) -> int:
    return sum((minute - warmup) // period for warmup, period in ovens if minute > warmup)


def earliest_minute(ovens: list[list[int]], loaves: int) -> int:
    too_early = 0
    enough = min(warmup + period * loaves for warmup, period in ovens)
    while enough - too_early > 1:
        middle = (too_early + enough) // 2
        if loaves_ready(ovens, middle) > loaves:
            enough = middle
        else:
            too_early = middle
    return enough
