# expect: wrong_answer; family: off-by-one
# The second in which a lamp goes off counts as lit.
def lone_lamp_seconds(lamps: list[list[int]]) -> int:
    switches = sorted([(on, 1) for on, _ in lamps] + [(off, -1) for _, off in lamps])
    burning = previous = total = 0
    for second, change in switches:
        if burning == 1:
            total += second - previous + 1
        burning += change
        previous = second
    return total
