# expect: time_limit; family: slow
# It counts the lamps of every stretch anew.
def lone_lamp_seconds(lamps):
    cuts = sorted([on for on, _ in lamps] + [off for _, off in lamps])
    total = 0
    for start, end in zip(cuts, cuts[1:]):
        burning = 0
        for on, off in lamps:
            if on <= start and end <= off:
                burning += 1
        if burning == 1:
            total += end - start
    return total
