# expect: wrong_answer; family: off-by-one
# A party still counts on the leg that begins where it leaves.
def most_crowded_leg(stops: int, groups: list[list[int]]) -> list[int]:
    change = [0] * (stops + 1)
    for boards_at, leaves_at, people in groups:
        change[boards_at] += people
        change[leaves_at + 1] -= people
    best_leg, best_load = 0, 0
    load = 0
    for leg in range(stops - 1):
        load += change[leg]
        if load > best_load:
            best_leg, best_load = leg, load
    return [best_leg, best_load]
